import { type Call, jsonObject, Refused, type Reply } from '../frame/exchange.js'
import type { StoredPost } from '../frame/posts.js'
import type { SandboxAccount } from '../types.js'

const COMMON = ['chat_id', 'parse_mode', 'disable_notification', 'protect_content']
/** The methods, and what each takes. @see core.telegram.org/bots/api */
export const PARAMS: Record<string, string[]> = {
  sendMessage: [...COMMON, 'text', 'link_preview_options', 'entities'],
  sendPhoto: [...COMMON, 'photo', 'caption', 'caption_entities'],
  sendVideo: [...COMMON, 'video', 'caption', 'caption_entities', 'supports_streaming'],
  sendMediaGroup: [...COMMON, 'media'],
  editMessageText: [...COMMON, 'message_id', 'text', 'link_preview_options', 'entities'],
  editMessageCaption: [...COMMON, 'message_id', 'caption', 'caption_entities'],
  deleteMessage: ['chat_id', 'message_id'],
  getChat: ['chat_id'],
  getChatMember: ['chat_id', 'user_id'],
  getMe: [],
}

/** A post; every item of a media group has an id of its own. */
export interface Message extends StoredPost {
  groupIds: string[]
}

export interface Request {
  call: Call
  bot: SandboxAccount
  params: Record<string, unknown>
}

/** A channel is named by `@username` or by its number. */
export function isChat(account: SandboxAccount, wanted: string): boolean {
  return (
    account.id === wanted ||
    `@${account.username}` === wanted ||
    String(chatNumber(account)) === wanted
  )
}

function chatNumber({ id, username }: SandboxAccount): number {
  if (/^-?\d+$/.test(id)) return Number(id)
  const sum = [...username].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 1e9, 7)
  return -1_001_000_000_000 - sum
}

export function chatObject(account: SandboxAccount) {
  const { name: title, username } = account
  return { id: chatNumber(account), type: 'channel', title, username }
}

export function botUser({ username }: SandboxAccount) {
  return { id: 424_242, is_bot: true, first_name: 'Sandbox bot', username: `${username}_bot` }
}

export function failure(error_code: number, description: string, parameters?: object): Reply {
  const more = parameters === undefined ? {} : { parameters }
  return { status: error_code, body: { ok: false, error_code, description, ...more } }
}

export function refuse(code: number, description: string): Refused {
  return new Refused(failure(code, description))
}

export function tooMany(retry_after: number): Reply {
  return failure(429, `Too Many Requests: retry after ${retry_after}`, { retry_after })
}

export function valuesOf({ body, query }: Call): Record<string, unknown> {
  const form = body.type === 'form' ? Object.fromEntries(body.fields) : {}
  return { ...Object.fromEntries(query), ...form, ...jsonObject(body) }
}

export function paramsOf(call: Call): Record<string, unknown> {
  if (call.body.type === 'invalid' || call.body.type === 'raw') {
    throw refuse(400, "Bad Request: can't parse the request body")
  }
  return valuesOf(call)
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function messageObject(post: Message, chat: SandboxAccount) {
  const [id] = post.groupIds
  const file = { file_id: `file-${id}`, file_unique_id: id }
  const kind = post.media[0]?.kind
  return {
    message_id: Number(id),
    date: Math.floor(post.at / 1000),
    chat: chatObject(chat),
    sender_chat: chatObject(chat),
    ...(kind === undefined ? { text: post.text } : { caption: post.text || undefined }),
    ...(kind === 'image' ? { photo: [{ ...file, width: 1, height: 1 }] } : {}),
    ...(kind === 'video' ? { video: { ...file, width: 1, height: 1, duration: 1 } } : {}),
  }
}
