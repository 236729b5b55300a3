import { type Call, isObject, Refused, type Reply } from '../frame/exchange.js'
import type { Platform } from '../frame/platform.js'
import { Posts } from '../frame/posts.js'
import { RollingLimit } from '../frame/rolling-limit.js'
import type { World } from '../frame/world.js'
import type { Fault, LiveMedia, SandboxAccount } from '../types.js'
import { fileOf } from './files.js'
import { parseText } from './text.js'
import {
  botUser,
  chatObject,
  failure,
  isChat,
  type Message,
  messageObject,
  PARAMS,
  paramsOf,
  parseJson,
  type Request,
  refuse,
  tooMany,
  valuesOf,
} from './wire.js'

const TEXT_MAX = 4096
const CAPTION_MAX = 1024
/** A Telegram channel through the Bot API. @see core.telegram.org/bots/api; npm @grammyjs/types */
export function createTelegram(world: World): Platform {
  const posts = new Posts<Message>(world.now, 0, world.keep('telegram posts'))
  const perSecond = new RollingLimit(30, 1000, world.now, world.switches.quotas)
  const lastIds = new Map<string, number>()

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

  function shown(request: Request, post: Message) {
    return messageObject(post, chatOf(request))
  }

  function sendMessage(request: Request) {
    return shown(request, store(request, textOf(request, 'text'), [], 1))
  }

  async function sendFile(request: Request, kind: 'photo' | 'video') {
    chatOf(request)
    const text = textOf(request, 'caption')
    const media = await fileOf(world, request, kind, request.params[kind], kind)
    return shown(request, store(request, text, [media], 1))
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
      files.push(await fileOf(world, request, type, source))
      const params = { parse_mode: more.parse_mode ?? request.params.parse_mode, ...more }
      captions.push(textOf({ ...request, params }, 'caption'))
    }
    const text = captions.filter((caption) => caption !== '').join('\n')
    const post = store(request, text, files, items.length)
    const shared = { media_group_id: post.id }
    return post.groupIds.map((id, index) => ({
      ...shown(request, post),
      message_id: Number(id),
      ...shared,
      caption: captions[index] || undefined,
    }))
  }

  function store(request: Request, text: string, media: LiveMedia[], count: number): Message {
    const chat = chatOf(request)
    const last = lastIdIn(chat)
    lastIds.set(chat.id, last + count)
    const ids = Array.from({ length: count }, (_, index) => String(last + 1 + index))
    const at = world.now()
    return posts.add({
      id: `${chatObject(chat).id}/${ids.join(',')}`,
      account: chat.id,
      text,
      media,
      createdAt: new Date(at).toISOString(),
      permalink: `${request.call.root}/${chat.username}/${ids[0]}`,
      at,
      liveAt: at,
      groupIds: ids,
    })
  }

  /** Messages of an earlier sandbox count, too. */
  function lastIdIn({ id }: SandboxAccount): number {
    const known = lastIds.get(id)
    if (known !== undefined) return known
    const own = posts.all().filter(({ account }) => account === id)
    return Math.max(0, ...own.flatMap(({ groupIds }) => groupIds.map(Number)))
  }

  function existing(request: Request, verb: 'edit' | 'delete'): Message {
    const chat = chatOf(request)
    const wanted = String(request.params.message_id)
    const post = posts
      .all()
      .find(({ account, groupIds: [first] }) => account === chat.id && first === wanted)
    if (!post || post.removed) throw refuse(400, `Bad Request: message to ${verb} not found`)
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
    return { ...shown(request, post), edit_date: Math.floor(world.now() / 1000) }
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
      const chats = world.accounts('telegram').filter(({ username }) => username === channel)
      const shown = posts.all().find(({ account, groupIds }) => {
        return groupIds.includes(id ?? '') && chats.some((chat) => chat.id === account)
      })
      return shown?.id ?? id
    },
    reset: () => {
      posts.clear()
      perSecond.clear()
      lastIds.clear()
    },
  }
}
