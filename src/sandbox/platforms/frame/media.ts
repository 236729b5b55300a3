import { createHash } from 'node:crypto'
import { imageSize } from 'image-size'
import type { LiveMedia } from '../types.js'

export type MediaFacts =
  | { kind: 'image'; type: string; width: number; height: number }
  | { kind: 'video'; type: 'mp4' }

export interface MediaShelf {
  /** Keeps the bytes for the public pages and says what a post shows of them. */
  keep(bytes: Uint8Array, kind: LiveMedia['kind']): Pick<LiveMedia, 'kind' | 'bytes' | 'sha256'>
  get(sha256: string): { bytes: Uint8Array; kind: LiveMedia['kind'] } | undefined
  /**
   * Fetches an address as a platform would.
   * @returns undefined when fetching is switched off
   * @throws Error when there is no usable answer
   */
  fetch(url: string): Promise<Uint8Array | undefined>
}

const SHELF_CAP_BYTES = 64 * 1024 * 1024
const FETCH_TIMEOUT_MS = 10_000

export function createMediaShelf(
  source: boolean | ((url: string) => Promise<Uint8Array>),
  kept: Map<string, { bytes: Uint8Array; kind: LiveMedia['kind'] }>,
): MediaShelf {
  let held = [...kept.values()].reduce((sum, { bytes }) => sum + bytes.length, 0)

  return {
    keep: (bytes, kind) => {
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      if (!kept.has(sha256)) {
        kept.set(sha256, { bytes, kind })
        held += bytes.length
        for (const [oldest, entry] of kept) {
          if (held <= SHELF_CAP_BYTES || oldest === sha256) break
          kept.delete(oldest)
          held -= entry.bytes.length
        }
      }
      return { kind, bytes: bytes.length, sha256 }
    },
    get: (sha256) => kept.get(sha256),
    fetch: async (url) => {
      if (typeof source === 'function') return source(url)
      if (!/^https?:\/\//.test(url)) throw new Error('not an http address')
      if (!source) return undefined
      const answer = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) })
      if (!answer.ok) throw new Error(`answered ${answer.status}`)
      return new Uint8Array(await answer.arrayBuffer())
    },
  }
}

/** What the bytes are, judged by the bytes alone; undefined for neither picture nor video. */
export function inspectMedia(bytes: Uint8Array): MediaFacts | undefined {
  if (Buffer.from(bytes.subarray(4, 8)).toString('latin1') === 'ftyp') {
    return { kind: 'video', type: 'mp4' }
  }
  try {
    const { width, height, type } = imageSize(bytes)
    return { kind: 'image', type: type ?? 'unknown', width, height }
  } catch {
    return undefined
  }
}

const CONTENT_TYPES: Record<string, string> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  mp4: 'video/mp4',
}

/** Content type for serving kept bytes to a browser; never one that could run as a document. */
export function contentTypeOf(bytes: Uint8Array): string {
  return CONTENT_TYPES[inspectMedia(bytes)?.type ?? ''] ?? 'application/octet-stream'
}
