import { type PictureTrack, readPictureTrack } from './picture-track.js'
import { readSoundTrack, type SoundTrack } from './sound-track.js'

/** What a video's own description says. */
export interface VideoFacts extends PictureTrack {
  readonly width: number
  readonly height: number
  readonly durationMs: number
  readonly sound?: SoundTrack
  /** The description stands behind the pictures, so that nobody can begin before having it all. */
  readonly describedLast?: true
}

/** More than hours of video have of pictures or sounds; a small file can claim many more. */
const MAX_SAMPLES = 300_000

/**
 * Size and length of an MP4 or QuickTime file, from `moov`: `mvhd` and the first track with a
 * picture. A quarter turn in the track's matrix (phones) swaps width and height.
 * @returns undefined when the file has no picture track or is cut off before its description
 * @see ISO/IEC 14496-12, and "QuickTime File Format" at developer.apple.com
 */
export function readVideo(bytes: Uint8Array): VideoFacts | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const moov = child(view, 'moov')
  const header = moov && child(moov, 'mvhd')
  if (!moov || !header) return undefined
  const tracks = [...boxes(moov)].flatMap(({ type, body }) => (type === 'trak' ? [body] : []))
  const picture = tracks.find((track) => pictureSize(track) !== undefined)
  const size = picture && pictureSize(picture)
  if (!size) return undefined
  const readable = (track: DataView) => samplesIn(track) <= MAX_SAMPLES
  const stored = readable(picture) ? readPictureTrack(only(header, picture)) : {}
  const [sound] = tracks.flatMap((track) =>
    track === picture || !readable(track) ? [] : (readSoundTrack(only(header, track)) ?? []),
  )
  return {
    ...size,
    durationMs: durationOf(header),
    ...stored,
    ...(sound ? { sound } : {}),
    ...(isLast(view) ? { describedLast: true as const } : {}),
  }
}

function isLast(file: DataView): boolean {
  const order = [...boxes(file)].map(({ type }) => type)
  return order.includes('mdat') && order.indexOf('mdat') < order.indexOf('moov')
}

const SAMPLE_TABLES = ['mdia', 'minf', 'stbl']

/** What a track claims to hold. */
function samplesIn(parent: DataView): number {
  let samples = 0
  for (const { type, body } of boxes(parent)) {
    if (SAMPLE_TABLES.includes(type)) samples += samplesIn(body)
    if ((type === 'stsz' || type === 'stz2') && body.byteLength >= 12) samples += body.getUint32(8)
  }
  return samples
}

/** A file that has nothing but the description of this track. */
function only(mvhd: DataView, trak: DataView): Uint8Array {
  const bytesOf = ({ buffer, byteOffset, byteLength }: DataView) =>
    new Uint8Array(buffer, byteOffset, byteLength)
  const whole = (type: string, ...bodies: Uint8Array[]) => {
    const body = Buffer.concat(bodies)
    const header = Buffer.alloc(8)
    header.writeUInt32BE(body.length + 8)
    header.write(type, 4, 'latin1')
    return Buffer.concat([header, body])
  }
  return whole('moov', whole('mvhd', bytesOf(mvhd)), whole('trak', bytesOf(trak)))
}

function pictureSize(trak: DataView): { width: number; height: number } | undefined {
  const tkhd = child(trak, 'tkhd')
  if (!tkhd) return undefined
  // Full box, times, id, duration; then the matrix and the size as 16.16 fixed point.
  const matrixAt = tkhd.getUint8(0) === 1 ? 52 : 40
  if (tkhd.byteLength < matrixAt + 44) return undefined
  const width = tkhd.getUint32(matrixAt + 36) / 65_536
  const height = tkhd.getUint32(matrixAt + 40) / 65_536
  if (width < 1 || height < 1) return undefined // a sound track
  const isTurned = tkhd.getInt32(matrixAt) === 0 && tkhd.getInt32(matrixAt + 4) !== 0
  const [w, h] = [Math.round(width), Math.round(height)]
  return isTurned ? { width: h, height: w } : { width: w, height: h }
}

function durationOf(mvhd: DataView): number {
  const isLong = mvhd.getUint8(0) === 1
  if (mvhd.byteLength < (isLong ? 32 : 20)) return 0
  const scale = mvhd.getUint32(isLong ? 20 : 12)
  const duration = isLong ? Number(mvhd.getBigUint64(24)) : mvhd.getUint32(16)
  return scale === 0 ? 0 : Math.round((duration / scale) * 1000)
}

function child(parent: DataView, type: string): DataView | undefined {
  for (const box of boxes(parent)) if (box.type === type) return box.body
  return undefined
}

function* boxes(parent: DataView): Generator<{ type: string; body: DataView }> {
  let at = 0
  while (at + 8 <= parent.byteLength) {
    const type = String.fromCharCode(...[4, 5, 6, 7].map((i) => parent.getUint8(at + i)))
    const short = parent.getUint32(at)
    const headerSize = short === 1 ? 16 : 8
    if (at + headerSize > parent.byteLength) return
    const named = short === 1 ? Number(parent.getBigUint64(at + 8)) : short
    // Size 0 means "to the end".
    const size = named === 0 ? parent.byteLength - at : named
    if (size < headerSize || at + size > parent.byteLength) return
    const body = new DataView(parent.buffer, parent.byteOffset + at + headerSize, size - headerSize)
    if (body.byteLength > 0) yield { type, body }
    at += size
  }
}
