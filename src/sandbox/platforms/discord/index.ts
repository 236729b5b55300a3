import { type Call, Refused, type Reply } from '../frame/exchange.js'
import { inspectMedia } from '../frame/media.js'
import type { Platform } from '../frame/platform.js'
import { Posts, type StoredPost } from '../frame/posts.js'
import type { World } from '../frame/world.js'
import type { Fault, LiveMedia, SandboxAccount } from '../types.js'
import { formIssues, invalidForm, type MessageForm, messageSchema } from './form.js'

const FILE_MAX_BYTES = 10 * 1024 * 1024
const GUILD = '1200000000000000001'
const CHANNEL = '1200000000000000002'
/** What HTTP libraries send by themselves; the real platform blocks some of them. */
const DEFAULT_AGENT = /^(node|undici|node-fetch|axios)?(\/|$)/i

interface WebhookMessage extends StoredPost {
  form: MessageForm
  files: { id: string; filename: string; size: number; media: LiveMedia | undefined }[]
  editedAt?: number
}

/** A Discord webhook as a target. @see discord-api-docs resources/webhook.mdx */
export function createDiscord(world: World): Platform {
  const posts = new Posts<WebhookMessage>(world.now, 0, world.keep('discord posts'))

  function answer(call: Call): Reply {
    const { id = '', token = '', edge, messageId, extra } = parse(call)
    if (DEFAULT_AGENT.test(call.headers['user-agent'] ?? '')) {
      throw refuse(403, 40333, 'internal network error')
    }
    const known = world.accounts('discord').find((account) => account.id === id)
    if (extra || (edge !== undefined && edge !== 'messages')) throw refuse(404, 0, '404: Not Found')
    if (!known) throw refuse(404, 10015, 'Unknown Webhook')
    const webhook = world.accountOfToken('discord', token)
    if (webhook?.id !== id) throw refuse(401, 50027, 'Invalid Webhook Token')
    const route = `${call.method} ${edge ?? ''} ${messageId === undefined ? '' : ':id'}`.trim()
    switch (route) {
      case 'GET':
        return { status: 200, body: webhookObject(webhook) }
      case 'POST':
        return execute(call, webhook)
      case 'GET messages :id':
        return { status: 200, body: messageObject(own(webhook, messageId), webhook) }
      case 'PATCH messages :id':
        return edit(call, webhook, own(webhook, messageId))
      case 'DELETE messages :id':
        posts.remove(own(webhook, messageId).id)
        return { status: 204 }
      default:
        throw refuse(405, 0, '405: Method Not Allowed')
    }
  }

  function own(webhook: SandboxAccount, id = ''): WebhookMessage {
    const message = posts.get(id)
    if (message?.account !== webhook.id) throw refuse(404, 10008, 'Unknown Message')
    return message
  }

  /** Without `wait=true` there is no body, and no word about a message that could not be saved. */
  function execute(call: Call, webhook: SandboxAccount): Reply {
    const form = formOf(call)
    const files = filesOf(call, form)
    if (!form.content?.trim() && !form.embeds?.length && files.length === 0) {
      throw refuse(400, 50006, 'Cannot send an empty message')
    }
    const id = world.nextId()
    const at = world.now()
    const message = posts.add({
      id,
      account: webhook.id,
      text: form.content ?? '',
      media: files.flatMap(({ media }) => media ?? []),
      createdAt: new Date(at).toISOString(),
      permalink: `${call.root}/channels/${GUILD}/${CHANNEL}/${id}`,
      at,
      liveAt: at,
      form,
      files,
    })
    if (call.query.get('wait') !== 'true') return { status: 204, headers: bucket() }
    return { status: 200, headers: bucket(), body: messageObject(message, webhook) }
  }

  function edit(call: Call, webhook: SandboxAccount, message: WebhookMessage): Reply {
    const form = formOf(call)
    message.form = { ...message.form, ...form }
    message.text = message.form.content ?? ''
    message.editedAt = world.now()
    return { status: 200, headers: bucket(), body: messageObject(message, webhook) }
  }

  function filesOf(call: Call, form: MessageForm): WebhookMessage['files'] {
    const uploads = call.body.type === 'form' ? call.body.files : []
    return uploads.map(({ field, name, bytes }) => {
      const index = /^files\[(\d+)\]$/.exec(field)?.[1]
      if (index === undefined) throw new Refused(invalidForm([{ path: field, message: 'Unknown' }]))
      if (bytes.length > FILE_MAX_BYTES) throw refuse(413, 40005, 'Request entity too large')
      const found = inspectMedia(bytes)
      const alt = form.attachments?.find(({ id }) => String(id) === index)?.description
      const kept = found && world.media.keep(bytes, found.kind)
      const media = kept && { ...kept, ...(alt === undefined ? {} : { alt }) }
      return { id: world.nextId(), filename: name, size: bytes.length, media }
    })
  }

  function bucket(): Record<string, string> {
    return {
      'x-ratelimit-bucket': 'sandbox-webhook',
      'x-ratelimit-limit': '5',
      'x-ratelimit-remaining': '4',
      'x-ratelimit-reset': (world.now() / 1000 + 2).toFixed(3),
      'x-ratelimit-reset-after': '2.000',
    }
  }

  function messageObject(message: WebhookMessage, webhook: SandboxAccount) {
    const { form, files, editedAt } = message
    const username = form.username ?? webhook.name
    return {
      id: message.id,
      type: 0,
      content: message.text,
      channel_id: CHANNEL,
      webhook_id: webhook.id,
      author: { id: webhook.id, username, discriminator: '0000', avatar: null, bot: true },
      attachments: files.map(({ media, ...file }) => ({ ...file, description: media?.alt })),
      embeds: form.embeds ?? [],
      mentions: [],
      mention_roles: [],
      mention_everyone: false,
      pinned: false,
      tts: false,
      flags: form.flags ?? 0,
      components: [],
      timestamp: message.createdAt,
      edited_timestamp: editedAt === undefined ? null : new Date(editedAt).toISOString(),
    }
  }

  function spoil(fault: Fault): Reply {
    switch (fault.kind) {
      case 'no_id':
        return { status: 200, body: {} }
      case 'rate_limit': {
        const retry_after = fault.retryAfterS ?? 60
        const headers = {
          ...bucket(),
          'retry-after': String(Math.ceil(retry_after)),
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset-after': String(retry_after),
          'x-ratelimit-scope': 'user',
        }
        const message = 'You are being rate limited.'
        return { status: 429, headers, body: { message, retry_after, global: false } }
      }
      case 'bad_token':
        return discordError(401, 50027, 'Invalid Webhook Token')
      case 'forbidden':
        return discordError(403, 50013, 'Missing Permissions')
      case 'duplicate_refusal':
        return invalidForm([{ path: 'content', message: 'Sandbox fault' }])
      default:
        return discordError(fault.status ?? 500, fault.status === 503 ? 130000 : 0, 'Server Error')
    }
  }

  return {
    posts,
    answer,
    spoil,
    purposeOf: (call) => {
      const { id, edge } = parse(call)
      const executes = call.method === 'POST' && edge === undefined
      return { kind: executes ? 'mutation' : 'read', account: id }
    },
    postIdAt: ([channels, , channel, id]) =>
      channels === 'channels' && channel === CHANNEL ? id : undefined,
    reset: () => posts.clear(),
  }
}

function webhookObject({ id, name, token }: SandboxAccount) {
  const place = { channel_id: CHANNEL, guild_id: GUILD, application_id: null }
  return { id, type: 1, name, avatar: null, token, ...place }
}

/** `/webhooks/…`, also below `/api`, a version, or both. */
function parse({ segments }: Call) {
  const below = segments[0] === 'api' ? 1 : 0
  const start = /^v(9|10)$/.test(segments[below] ?? '') ? below + 1 : below
  const [webhooks, id, token, edge, messageId, ...rest] = segments.slice(start)
  return { id, token, edge, messageId, extra: webhooks !== 'webhooks' || rest.length > 0 }
}

function formOf({ body }: Call): MessageForm {
  const payload =
    body.type === 'form' ? body.fields.find(([name]) => name === 'payload_json') : undefined
  const plain = body.type === 'form' ? Object.fromEntries(body.fields) : {}
  const input = body.type === 'json' ? body.value : payload ? parseJson(payload[1]) : plain
  if (body.type === 'invalid' || body.type === 'raw' || input === undefined) {
    throw refuse(400, 50109, 'The request body contains invalid JSON.')
  }
  const parsed = messageSchema.safeParse(input)
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => ({
      path: path.join('.') || '_',
      message,
    }))
    throw new Refused(invalidForm(issues))
  }
  const issues = formIssues(parsed.data)
  if (issues.length > 0) throw new Refused(invalidForm(issues))
  return parsed.data
}

function discordError(status: number, code: number, message: string): Reply {
  return { status, body: { message, code } }
}

function refuse(status: number, code: number, message: string): Refused {
  return new Refused(discordError(status, code, message))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
