import { tablesIn } from './track-tables.js'

/** How the pictures of a video are stored. */
export interface PictureTrack {
  /** Such as `avc1` or `hvc1`. @see https://mp4ra.org/registered-types/sampleentries */
  readonly codec?: string
  /** On average, to two places. */
  readonly framesPerSecond?: number
}

/**
 * Codec and frame rate of a track with pictures, as far as its description tells them.
 * @param file with its description; the pictures themselves need not be there
 */
export function readPictureTrack(file: Uint8Array): PictureTrack {
  const { stsd, stts, timescale = 0 } = tablesIn(file)
  const codec = stsd?.entries[0]?.type
  const counts = stts?.sample_counts ?? []
  const pictures = counts.reduce((sum, count) => sum + count, 0)
  const ticks = counts.reduce((sum, count, at) => sum + count * (stts?.sample_deltas[at] ?? 0), 0)
  const rate = Math.round(((pictures * timescale) / ticks) * 100) / 100
  return {
    ...(codec === undefined ? {} : { codec }),
    ...(Number.isFinite(rate) && rate > 0 ? { framesPerSecond: rate } : {}),
  }
}
