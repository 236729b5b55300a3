import { type Call, isObject, jsonObject, type Reply } from '../frame/exchange.js'
import { inspectMedia } from '../frame/media.js'
import type { World } from '../frame/world.js'
import type { LiveMedia } from '../types.js'
import { refuseLinkedIn } from './errors.js'

const IMAGE_MAX_PIXELS = 36_152_320
const IMAGE_TYPES = ['jpg', 'png', 'gif']
const PART_BYTES = 4 * 1024 * 1024

interface Asset {
  urn: string
  owner: string
  kind: 'image' | 'video'
  parts: (Uint8Array | undefined)[]
  media?: LiveMedia
}

/** Images and videos: initialize, PUT the bytes, and for videos finalize. @see "Images API" */
export class LinkedInAssets {
  private readonly byUrn: Map<string, Asset>

  constructor(private readonly world: World) {
    this.byUrn = world.keep('linkedin assets')
  }

  /** @param mayActFor whether the token may act for an owner */
  start(call: Call, kind: Asset['kind'], mayActFor: (owner: string) => boolean): Reply {
    const request = jsonObject(call.body)?.initializeUploadRequest
    const input = isObject(request) ? request : {}
    const { owner, fileSizeBytes } = input
    if (typeof owner !== 'string') {
      throw refuseLinkedIn(400, 'MISSING_FIELD', 'owner is required')
    }
    if (!mayActFor(owner)) throw refuseLinkedIn(403, 'ACCESS_DENIED', `May not act for ${owner}`)
    if (kind === 'video' && !(typeof fileSizeBytes === 'number' && fileSizeBytes > 0)) {
      throw refuseLinkedIn(400, 'MISSING_FIELD', 'fileSizeBytes is required')
    }
    const number = this.world.nextId()
    const urn = `urn:li:${kind}:C4D${number}`
    const count = kind === 'image' ? 1 : Math.ceil(Number(fileSizeBytes) / PART_BYTES)
    this.byUrn.set(urn, { urn, owner, kind, parts: new Array(count).fill(undefined) })
    const address = (part: number) => `${call.root}/dms-uploads/${encodeURIComponent(urn)}/${part}`
    if (kind === 'image')
      return { status: 200, body: { value: { image: urn, uploadUrl: address(0) } } }
    const uploadInstructions = Array.from({ length: count }, (_, part) => ({
      uploadUrl: address(part),
      firstByte: part * PART_BYTES,
      lastByte: Math.min((part + 1) * PART_BYTES, Number(fileSizeBytes)) - 1,
    }))
    return { status: 200, body: { value: { video: urn, uploadInstructions, uploadToken: '' } } }
  }

  /** The bytes of one part; 201 with an `etag` that finalizing asks for. */
  receive(call: Call): Reply {
    const [, urn = '', part = ''] = call.segments
    const asset = this.byUrn.get(urn)
    if (!asset || !(Number(part) < asset.parts.length) || call.body.type !== 'raw') {
      throw refuseLinkedIn(400, 'INVALID_REQUEST', 'Upload not expected here')
    }
    asset.parts[Number(part)] = call.body.bytes
    if (asset.kind === 'image') this.complete(asset)
    return { status: 201, headers: { etag: `etag-${part}-${call.body.bytes.length}` } }
  }

  finalize(call: Call): Reply {
    const request = jsonObject(call.body)?.finalizeUploadRequest
    const { video, uploadedPartIds } = isObject(request) ? request : {}
    const asset = this.byUrn.get(String(video))
    const expected = asset?.parts.map((part, index) => `etag-${index}-${part?.length}`)
    if (!asset || JSON.stringify(uploadedPartIds) !== JSON.stringify(expected)) {
      throw refuseLinkedIn(
        400,
        'INVALID_REQUEST',
        'uploadedPartIds do not match the uploaded parts',
      )
    }
    this.complete(asset)
    return { status: 200 }
  }

  /** What a post shows of an asset. @throws Refused unless it is AVAILABLE and the author's */
  use(urn: string, author: string): LiveMedia {
    const asset = this.byUrn.get(urn)
    if (!asset?.media || asset.owner !== author) {
      throw refuseLinkedIn(400, 'INVALID_URN_ID', `${urn} is not an available asset of the author`)
    }
    return asset.media
  }

  clear(): void {
    this.byUrn.clear()
  }

  private complete(asset: Asset): void {
    const bytes = new Uint8Array(Buffer.concat(asset.parts.map((part) => part ?? new Uint8Array())))
    const found = inspectMedia(bytes)
    const tooLarge = found?.kind === 'image' && found.width * found.height >= IMAGE_MAX_PIXELS
    const format = found?.kind === 'video' || IMAGE_TYPES.includes(found?.type ?? '')
    // A file that is not what was announced ends as PROCESSING_FAILED: it never gets media.
    if (found?.kind !== asset.kind || tooLarge || !format) return
    asset.media = this.world.media.keep(bytes, asset.kind)
  }
}
