import type { Media } from '../../src/publisher/connectors/connector.js'
import type { Database } from '../../src/store/database.js'
import { saveMedia } from '../../src/store/media.js'

/** The head of a JPEG of this size: enough for whoever looks at the format and the size. */
export function jpegBytes(width: number, height: number): Uint8Array {
  const jfif = [0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]
  const size = [height >> 8, height & 255, width >> 8, width & 255]
  const frame = [0xff, 0xc0, 0, 17, 8, ...size, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]
  return Uint8Array.from([0xff, 0xd8, ...jfif, ...frame, 0xff, 0xd9])
}

/** The head of an MP4. */
export function mp4Bytes(): Uint8Array {
  return Uint8Array.from([0, 0, 0, 16, ...Buffer.from('ftypisom'), 0, 0, 2, 0])
}

export const IMAGE: Media = {
  id: 'image-1',
  kind: 'image',
  mime: 'image/jpeg',
  bytes: 60_000,
  width: 1080,
  height: 1080,
  filename: 'one.jpg',
  alt: 'A harbour in the morning',
}

export const SECOND_IMAGE: Media = { ...IMAGE, id: 'image-2', filename: 'two.jpg', alt: 'Boats' }

export const VIDEO: Media = {
  id: 'video-1',
  kind: 'video',
  mime: 'video/mp4',
  bytes: 900_000,
  width: 1080,
  height: 1920,
  durationMs: 12_000,
  filename: 'clip.mp4',
}

/** Bytes and addresses for the samples, as a media store would give them. */
export const sampleMedia = {
  bytes: async (media: Media) =>
    media.kind === 'image' ? jpegBytes(media.width, media.height) : mp4Bytes(),
  publicUrl: (media: Media) => `https://media.example/${media.filename}`,
}

/** Three bytes that nobody looks into: for what only passes pictures on. */
export const TINY_PICTURE = {
  id: 'm1',
  kind: 'image',
  mime: 'image/png',
  bytes: 3,
  width: 1,
  height: 1,
  filename: 'a.png',
} as const satisfies Media

/** Keeps TINY_PICTURE in the store. @returns its bytes */
export async function storeTinyPicture({ orm }: Database): Promise<Uint8Array> {
  const { id, ...facts } = TINY_PICTURE
  const bytes = new Uint8Array([1, 2, 3])
  await saveMedia(orm, { id, sha256: 'x', facts, bytes, at: Date.now() })
  return bytes
}
