import { z } from 'zod'
import { type Call, jsonObject, type Reply } from '../frame/exchange.js'
import { inspectMedia } from '../frame/media.js'
import type { World } from '../frame/world.js'
import type { LiveMedia, SandboxAccount } from '../types.js'
import { invalidRequest, refuseX } from './problems.js'

const LIFE_MS = 86_400_000
const MAX_BYTES: Record<string, number> = {
  tweet_image: 5 * 1024 * 1024,
  tweet_gif: 15 * 1024 * 1024,
  tweet_video: 512 * 1024 * 1024,
}
const TYPES: Record<string, string[]> = {
  tweet_image: ['jpg', 'png', 'gif', 'webp'],
  tweet_gif: ['gif'],
  tweet_video: ['mp4'],
}
const category = z.enum(['tweet_image', 'tweet_gif', 'tweet_video'])
const initializeSchema = z.strictObject({
  media_type: z.enum(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'video/mp4']),
  total_bytes: z.int().min(1),
  media_category: category,
})
const metadataSchema = z.strictObject({
  id: z.string().regex(/^\d{1,19}$/),
  metadata: z.strictObject({ alt_text: z.strictObject({ text: z.string().max(1000) }) }),
})

interface Upload {
  id: string
  account: string
  category: string
  totalBytes: number
  segments: Map<number, Uint8Array>
  media?: LiveMedia
  polls: number
  expiresAt: number
}

/** Media uploads of X: simple, and initialize, append, finalize, STATUS. @see X API openapi 2.167 */
export class XMedia {
  private readonly uploads: Map<string, Upload>

  constructor(private readonly world: World) {
    this.uploads = world.keep('x media')
  }

  /** Answers what begins with `/2/media/`. */
  answer(call: Call, account: SandboxAccount): Reply {
    const [, , action, third, fourth] = call.segments
    const route = `${call.method} ${action} ${fourth ?? third ?? ''}`.trim()
    switch (route) {
      case 'POST upload':
        return this.simple(call, account)
      case 'GET upload':
        return this.status(call, account)
      case 'POST upload initialize':
        return this.initialize(call, account)
      case 'POST upload append':
        return this.append(call, this.own(account, third))
      case 'POST upload finalize':
        return this.finalize(this.own(account, third))
      case 'POST metadata':
        return this.describe(call, account)
      default:
        throw refuseX(404, 'Not Found', 'Not Found')
    }
  }

  /**
   * The media of a post.
   * @throws Refused unless they are the account's own, ready, and one video or one GIF or pictures
   */
  attach(account: SandboxAccount, ids: string[]): LiveMedia[] {
    const found = ids.map((id) => {
      const upload = this.uploads.get(id)
      const usable = upload?.account === account.id && upload.expiresAt > this.world.now()
      if (!usable || !upload.media || this.stateOf(upload) !== 'succeeded') {
        throw invalidRequest('Your media IDs are invalid.')
      }
      return { media: upload.media, alone: upload.category !== 'tweet_image' }
    })
    if (found.length > 1 && found.some(({ alone }) => alone)) {
      throw invalidRequest('Four pictures, or one GIF, or one video')
    }
    return found.map(({ media }) => media)
  }

  clear(): void {
    this.uploads.clear()
  }

  private own(account: SandboxAccount, id = ''): Upload {
    const upload = this.uploads.get(id)
    if (upload?.account !== account.id) throw invalidRequest('The media id is unknown')
    return upload
  }

  private open(account: SandboxAccount, category: string, totalBytes: number): Upload {
    const upload: Upload = {
      id: this.world.nextId(),
      account: account.id,
      category,
      totalBytes,
      segments: new Map(),
      polls: 0,
      expiresAt: this.world.now() + LIFE_MS,
    }
    if (totalBytes > (MAX_BYTES[category] ?? 0)) throw invalidRequest('The media is too large')
    this.uploads.set(upload.id, upload)
    return upload
  }

  private simple(call: Call, account: SandboxAccount): Reply {
    const { bytes, fields } = mediaOf(call, ['media', 'media_category'])
    const chosen = category.safeParse(fields.media_category)
    if (!chosen.success || chosen.data === 'tweet_video') {
      throw invalidRequest('media_category must be tweet_image or tweet_gif')
    }
    const upload = this.open(account, chosen.data, bytes.length)
    upload.segments.set(0, bytes)
    return this.finalize(upload)
  }

  private initialize(call: Call, account: SandboxAccount): Reply {
    const input = initializeSchema.safeParse(jsonObject(call.body))
    if (!input.success) throw invalidRequest(z.prettifyError(input.error))
    const upload = this.open(account, input.data.media_category, input.data.total_bytes)
    return { status: 200, body: { data: dataOf(upload) } }
  }

  private append(call: Call, upload: Upload): Reply {
    const { bytes, fields } = mediaOf(call, ['media', 'segment_index'])
    const index = Number(fields.segment_index)
    if (!Number.isInteger(index) || index < 0 || index > 999) {
      throw invalidRequest('segment_index must be 0 to 999')
    }
    upload.segments.set(index, bytes)
    return { status: 200, body: { data: { expires_at: Math.floor(upload.expiresAt / 1000) } } }
  }

  private finalize(upload: Upload): Reply {
    const parts = [...upload.segments.entries()].sort(([a], [b]) => a - b)
    const bytes = new Uint8Array(Buffer.concat(parts.map(([, part]) => part)))
    const found = inspectMedia(bytes)
    if (bytes.length !== upload.totalBytes || parts.some(([index], at) => index !== at)) {
      throw invalidRequest('Segments do not add up to total_bytes')
    }
    if (!found || !TYPES[upload.category]?.includes(found.type)) {
      throw invalidRequest('The media does not fit its category')
    }
    upload.media = this.world.media.keep(bytes, found.kind)
    return {
      status: 200,
      body: { data: { ...dataOf(upload), size: bytes.length, ...this.processing(upload) } },
    }
  }

  private status(call: Call, account: SandboxAccount): Reply {
    const id = call.query.get('media_id')
    if (call.query.get('command') !== 'STATUS' || !id) {
      throw invalidRequest('command=STATUS and media_id are needed')
    }
    const upload = this.own(account, id)
    const data = { ...dataOf(upload), ...this.processing(upload) }
    upload.polls += 1
    return { status: 200, body: { data } }
  }

  /** Only videos are processed after they were uploaded. */
  private stateOf({ category, polls }: Upload): 'pending' | 'in_progress' | 'succeeded' {
    if (category !== 'tweet_video' || polls >= this.world.switches.processingPolls)
      return 'succeeded'
    return polls === 0 ? 'pending' : 'in_progress'
  }

  private processing(upload: Upload): object {
    const state = this.stateOf(upload)
    if (upload.category !== 'tweet_video') return {}
    if (state === 'succeeded') return { processing_info: { state, progress_percent: 100 } }
    return { processing_info: { state, check_after_secs: 1 } }
  }

  private describe(call: Call, account: SandboxAccount): Reply {
    const input = metadataSchema.safeParse(jsonObject(call.body))
    if (!input.success) throw invalidRequest(z.prettifyError(input.error))
    const { id, metadata } = input.data
    const { media } = this.own(account, id)
    if (!media) throw invalidRequest('The media is not uploaded yet')
    media.alt = metadata.alt_text.text
    return { status: 200, body: { data: { id, associated_metadata: metadata } } }
  }
}

function dataOf({ id, category }: Upload) {
  const prefix = category === 'tweet_video' ? 7 : category === 'tweet_gif' ? 16 : 3
  return { id, media_key: `${prefix}_${id}`, expires_after_secs: LIFE_MS / 1000 }
}

/** The bytes of `media`, raw in multipart bodies and base64 in JSON, and the other fields. */
function mediaOf({ body }: Call, allowed: string[]) {
  const json = jsonObject(body)
  const fields = json ?? (body.type === 'form' ? Object.fromEntries(body.fields) : {})
  const unknown = Object.keys(fields).find((name) => !allowed.includes(name))
  if (unknown !== undefined) throw invalidRequest(`Unknown property ${unknown}`)
  const file = body.type === 'form' ? body.files.find(({ field }) => field === 'media') : undefined
  const bytes = file?.bytes ?? new Uint8Array(Buffer.from(String(json?.media ?? ''), 'base64'))
  if (bytes.length === 0) throw invalidRequest('media is required')
  return { bytes, fields }
}
