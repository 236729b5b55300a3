/** What a video's own description says. */
export interface VideoFacts {
  readonly width: number
  readonly height: number
  readonly durationMs: number
}

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
  for (const { type, body } of boxes(moov)) {
    const size = type === 'trak' ? pictureSize(body) : undefined
    if (size) return { ...size, durationMs: durationOf(header) }
  }
  return undefined
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
