import { type Call, isObject, jsonObject, Refused, type Reply } from '../frame/exchange.js'
import { inspectMedia } from '../frame/media.js'
import type { Platform } from '../frame/platform.js'
import { Posts, type StoredPost } from '../frame/posts.js'
import { RollingLimit } from '../frame/rolling-limit.js'
import type { World } from '../frame/world.js'
import type { Fault, LiveMedia, SandboxAccount } from '../types.js'
import { parseText } from './text.js'

const TEXT_MAX = 4096
const CAPTION_MAX = 1024
const MEGABYTE = 1024 * 1024
/** Bytes of an upload and of a fetched address. @see Bot API "Sending files" */
const MAX_BYTES = {
  photo: { uploaded: 10 * MEGABYTE, fetched: 5 * MEGABYTE },
  video: { uploaded: 50 * MEGABYTE, fetched: 20 * MEGABYTE },
}
const COMMON = ['chat_id', 'parse_mode', 'disable_notification', 'protect_content']
const PARAMS: Record<string, string[]> = {
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

interface Message extends StoredPost {
  groupIds: string[]
}

interface Request {
  call: Call
  bot: SandboxAccount
  params: Record<string, unknown>
}

/** A Telegram channel through the Bot API. @see core.telegram.org/bots/api; npm @grammyjs/types */
export function createTelegram(world: World): Platform {
  const posts = new Posts<Message>(world.now, 0)
  const perSecond = new RollingLimit(30, 1000, world.now, world.switches.quotas)
  let lastMessageId = 0

  async function answer(call: Call): Promise<Reply> {
    const [, token] = /^bot(.+)$/.exec(call.segments[0] ?? '') ?? []
    const method = call.segments[1] ?? ''
    if (token === undefined) throw refuse(404, 'Not Found')
    const bot = world.accountOfToken('telegram', token)
    if (!bot) throw refuse(401, 'Unauthorized')
    const allowed = PARAMS[method]
    const verb = call.method === 'POST' || (call.method === 'GET' && method.startsWith('get'))
    if (!allowed || !verb || call.segments.length > 2)
      throw refuse(404, 'Not Found: method not found')
    if (!perSecond.take(bot.id)) throw new Refused(tooMany(1))
    const params = paramsOf(call)
    const unknown = Object.keys(params).find((name) => !allowed.includes(name))
    if (unknown !== undefined) throw refuse(400, `Bad Request: unknown parameter ${unknown}`)
    return { status: 200, body: { ok: true, result: await run(method, { call, bot, params }) } }
  }

  function run(method: string, request: Request): unknown {
    switch (method) {
      case 'getMe':
        return botUser(request.bot)
      case 'getChat':
        return chatObject(chatOf(request))
      case 'getChatMember':
        return chatMember(request)
      case 'sendMessage':
        return sendMessage(request)
      case 'sendPhoto':
        return sendFile(request, 'photo')
      case 'sendVideo':
        return sendFile(request, 'video')
      case 'sendMediaGroup':
        return sendMediaGroup(request)
      case 'deleteMessage':
        return posts.remove(existing(request, 'delete').id)
      default:
        return edit(request, method === 'editMessageText' ? 'text' : 'caption')
    }
  }

  /** @throws Refused unless the bot may post to the chat */
  function chatOf({ bot, params }: Request): SandboxAccount {
    const wanted = String(params.chat_id ?? '')
    const chat = world.accounts('telegram').find((known) => isChat(known, wanted))
    if (wanted === '') throw refuse(400, 'Bad Request: chat_id is empty')
    if (!chat) throw refuse(400, 'Bad Request: chat not found')
    if (chat.token !== bot.token) {
      throw refuse(403, 'Forbidden: bot is not a member of the channel chat')
    }
    return chat
  }

  function chatMember(request: Request) {
    chatOf(request)
    const user = botUser(request.bot)
    if (String(request.params.user_id) !== String(user.id))
      throw refuse(400, 'Bad Request: user not found')
    const rights = { can_post_messages: true, can_edit_messages: true, can_delete_messages: true }
    return { status: 'administrator', user, can_be_edited: false, ...rights }
  }

  function textOf({ params }: Request, name: 'text' | 'caption'): string {
    const given = params[name] === undefined ? '' : String(params[name])
    const mode = params.parse_mode === undefined ? undefined : String(params.parse_mode)
    const parsed = parseText(given, mode)
    if ('error' in parsed) throw refuse(400, parsed.error)
    const text = parsed.text.trim()
    if (name === 'text' && text === '') throw refuse(400, 'Bad Request: message text is empty')
    if (text.length > (name === 'text' ? TEXT_MAX : CAPTION_MAX)) {
      throw refuse(400, `Bad Request: message ${name === 'text' ? '' : 'caption '}is too long`)
    }
    return text
  }

  function sendMessage(request: Request) {
    return messageObject(store(request, textOf(request, 'text'), [], 1))
  }

  async function sendFile(request: Request, kind: 'photo' | 'video') {
    chatOf(request)
    const text = textOf(request, 'caption')
    const media = await fileOf(request, kind, request.params[kind], kind)
    return messageObject(store(request, text, [media], 1))
  }

  /** One post to the audience, but a message with an id of its own for each item. */
  async function sendMediaGroup(request: Request) {
    chatOf(request)
    const { media } = request.params
    const items: unknown = typeof media === 'string' ? parseJson(media) : media
    if (!Array.isArray(items) || items.length < 2 || items.length > 10) {
      throw refuse(400, 'Bad Request: there must be 2 to 10 items')
    }
    const files: LiveMedia[] = []
    const captions: string[] = []
    for (const item of items) {
      const { type, media: source, ...more } = isObject(item) ? item : {}
      if (type !== 'photo' && type !== 'video')
        throw refuse(400, "Bad Request: can't parse media type")
      files.push(await fileOf(request, type, source))
      const params = { parse_mode: more.parse_mode ?? request.params.parse_mode, ...more }
      captions.push(textOf({ ...request, params }, 'caption'))
    }
    const text = captions.filter((caption) => caption !== '').join('\n')
    const post = store(request, text, files, items.length)
    const shared = { media_group_id: post.id }
    return post.groupIds.map((id, index) => ({
      ...messageObject(post),
      message_id: Number(id),
      ...shared,
      caption: captions[index] || undefined,
    }))
  }

  /** A file that is uploaded (by its field's name or `attach://…`) or named by an address. */
  async function fileOf(
    { call }: Request,
    kind: 'photo' | 'video',
    source: unknown,
    fieldName?: string,
  ): Promise<LiveMedia> {
    const files = call.body.type === 'form' ? call.body.files : []
    const name = String(source ?? '').replace(/^attach:\/\//, '')
    const wanted = source === undefined ? fieldName : name
    const upload = files.find(({ field }) => field === wanted)
    const expected = kind === 'photo' ? 'image' : 'video'
    if (!upload && !/^https?:\/\//.test(name)) {
      throw refuse(400, 'Bad Request: wrong file identifier/HTTP URL specified')
    }
    const bytes = upload
      ? upload.bytes
      : await world.media.fetch(name).catch(() => {
          throw refuse(400, 'Bad Request: failed to get HTTP URL content')
        })
    const url = upload ? {} : { url: name }
    if (bytes === undefined) return { kind: expected, ...url }
    if (inspectMedia(bytes)?.kind !== expected) {
      throw refuse(400, 'Bad Request: wrong type of the web page content')
    }
    if (bytes.length > MAX_BYTES[kind][upload ? 'uploaded' : 'fetched']) {
      throw refuse(upload ? 413 : 400, 'Request Entity Too Large')
    }
    return { ...world.media.keep(bytes, expected), ...url }
  }

  function store(request: Request, text: string, media: LiveMedia[], count: number): Message {
    const chat = chatOf(request)
    const ids = Array.from({ length: count }, () => {
      lastMessageId += 1
      return String(lastMessageId)
    })
    const id = ids[0] ?? ''
    const at = world.now()
    return posts.add({
      id,
      account: chat.id,
      text,
      media,
      createdAt: new Date(at).toISOString(),
      permalink: `${request.call.root}/${chat.username}/${id}`,
      at,
      liveAt: at,
      groupIds: ids,
    })
  }

  function existing(request: Request, verb: 'edit' | 'delete'): Message {
    const chat = chatOf(request)
    const post = posts.get(String(request.params.message_id))
    if (post?.account !== chat.id) throw refuse(400, `Bad Request: message to ${verb} not found`)
    return post
  }

  function edit(request: Request, name: 'text' | 'caption') {
    const post = existing(request, 'edit')
    const text = textOf(request, name)
    if ((name === 'text') !== (post.media.length === 0)) {
      throw refuse(400, `Bad Request: there is no ${name} in the message to edit`)
    }
    if (text === post.text) throw refuse(400, 'Bad Request: message is not modified')
    post.text = text
    return { ...messageObject(post), edit_date: Math.floor(world.now() / 1000) }
  }

  function messageObject(post: Message) {
    const chat = world.accounts('telegram').find(({ id }) => id === post.account)
    const file = { file_id: `file-${post.id}`, file_unique_id: post.id }
    const kind = post.media[0]?.kind
    return {
      message_id: Number(post.id),
      date: Math.floor(post.at / 1000),
      chat: chat && chatObject(chat),
      sender_chat: chat && chatObject(chat),
      ...(kind === undefined ? { text: post.text } : { caption: post.text || undefined }),
      ...(kind === 'image' ? { photo: [{ ...file, width: 1, height: 1 }] } : {}),
      ...(kind === 'video' ? { video: { ...file, width: 1, height: 1, duration: 1 } } : {}),
    }
  }

  function spoil(fault: Fault): Reply {
    switch (fault.kind) {
      case 'no_id':
        return { status: 200, body: { ok: true, result: {} } }
      case 'rate_limit':
        return tooMany(fault.retryAfterS ?? 60)
      case 'bad_token':
        return failure(401, 'Unauthorized')
      case 'forbidden':
        return failure(403, 'Forbidden: bot was kicked from the channel chat')
      case 'duplicate_refusal':
        return failure(400, 'Bad Request: sandbox fault')
      default:
        return failure(fault.status ?? 500, 'Internal Server Error')
    }
  }

  return {
    posts,
    answer,
    spoil,
    purposeOf: (call) => {
      if (call.body.type === 'unread') return undefined
      const wanted = String(valuesOf(call).chat_id ?? '')
      const token = call.segments[0]?.replace(/^bot/, '')
      const chats = world.accounts('telegram')
      const chat =
        chats.find((known) => isChat(known, wanted)) ?? chats.find((c) => c.token === token)
      const sends = call.method === 'POST' && call.segments[1]?.startsWith('send')
      return { kind: sends ? 'mutation' : 'read', account: chat?.id }
    },
    postIdAt: ([channel, id, ...rest]) => {
      if (!channel || channel.startsWith('bot') || !/^\d+$/.test(id ?? '') || rest.length > 0)
        return
      return posts.all().find(({ groupIds }) => groupIds.includes(id ?? ''))?.id ?? id
    },
    reset: () => {
      posts.clear()
      perSecond.clear()
      lastMessageId = 0
    },
  }
}

/** A channel is named by `@username` or by its number. */
function isChat(account: SandboxAccount, wanted: string): boolean {
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

function chatObject(account: SandboxAccount) {
  const { name: title, username } = account
  return { id: chatNumber(account), type: 'channel', title, username }
}

function botUser({ username }: SandboxAccount) {
  return { id: 424_242, is_bot: true, first_name: 'Sandbox bot', username: `${username}_bot` }
}

function failure(error_code: number, description: string, parameters?: object): Reply {
  const more = parameters === undefined ? {} : { parameters }
  return { status: error_code, body: { ok: false, error_code, description, ...more } }
}

function refuse(code: number, description: string): Refused {
  return new Refused(failure(code, description))
}

function tooMany(retry_after: number): Reply {
  return failure(429, `Too Many Requests: retry after ${retry_after}`, { retry_after })
}

function valuesOf({ body, query }: Call): Record<string, unknown> {
  const form = body.type === 'form' ? Object.fromEntries(body.fields) : {}
  return { ...Object.fromEntries(query), ...form, ...jsonObject(body) }
}

function paramsOf(call: Call): Record<string, unknown> {
  if (call.body.type === 'invalid' || call.body.type === 'raw') {
    throw refuse(400, "Bad Request: can't parse the request body")
  }
  return valuesOf(call)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
