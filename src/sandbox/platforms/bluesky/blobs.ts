import type { Call, Reply } from '../frame/exchange.js'
import type { World } from '../frame/world.js'
import type { LiveMedia, SandboxAccount } from '../types.js'
import { type Blob, blobCid } from './record.js'
import { refuseXrpc } from './xrpc.js'

const BLOB_MAX_BYTES = 50 * 1024 * 1024
/** The lexicon says only that unused blobs go after a short time; half an hour is a guess. */
const BLOB_LIFE_MS = 30 * 60_000

interface StoredBlob {
  blob: Blob
  media: LiveMedia
  account: string
  at: number
  used: boolean
}

/** Uploaded files, waiting for a record. @see lexicons/com/atproto/repo/uploadBlob.json */
export class Blobs {
  private readonly byCid: Map<string, StoredBlob>

  constructor(private readonly world: World) {
    this.byCid = world.keep('bluesky blobs')
  }

  upload({ body }: Call, account: SandboxAccount): Reply {
    if (body.type !== 'raw' || !body.contentType.includes('/')) {
      const message = 'Request encoding (Content-Type) required but not provided'
      throw refuseXrpc(400, 'InvalidRequest', message)
    }
    const { bytes, contentType } = body
    if (bytes.length > BLOB_MAX_BYTES) {
      throw refuseXrpc(413, 'PayloadTooLarge', 'request entity too large')
    }
    const cid = blobCid(bytes)
    const mimeType = contentType.replace(/;.*$/, '')
    const blob: Blob = { $type: 'blob', ref: { $link: cid }, mimeType, size: bytes.length }
    this.byCid.set(cid, {
      blob,
      media: this.world.media.keep(bytes, mimeType.startsWith('video/') ? 'video' : 'image'),
      account: account.id,
      at: this.world.now(),
      used: this.byCid.get(cid)?.used ?? false,
    })
    return { status: 200, body: { blob } }
  }

  /** A blob that the account may still use. */
  find(account: SandboxAccount, cid: string): StoredBlob | undefined {
    const stored = this.byCid.get(cid)
    const expired = stored && !stored.used && this.world.now() - stored.at > BLOB_LIFE_MS
    return stored?.account === account.id && !expired ? stored : undefined
  }

  /** Saves blobs from expiring, because a record uses them. */
  keep(media: LiveMedia[]): void {
    if (media.length === 0) return
    for (const stored of this.byCid.values()) {
      if (media.some(({ sha256 }) => sha256 === stored.media.sha256)) stored.used = true
    }
  }

  clear(): void {
    this.byCid.clear()
  }
}
