import { tablesIn } from './track-tables.js'

/** How the sound of a video is stored. */
export interface SoundTrack {
  /** Such as `mp4a.40.2` (AAC) or `lpcm`. @see https://mp4ra.org/registered-types/sampleentries */
  readonly codec: string
  readonly hertz?: number
}

/** Codec and sample rate of a track with sound; undefined for any other, or when it does not tell. */
export function readSoundTrack(file: Uint8Array): SoundTrack | undefined {
  const { stsd, handler, timescale = 0 } = tablesIn(file)
  const [entry] = stsd?.entries ?? []
  if (handler !== 'soun' || !entry) return undefined
  const { type, samplerate } = entry as { type: string; samplerate?: number }
  // An entry has no room for rates above 65,535; then it says 0, and the track's clock is the rate.
  const hertz = Number(samplerate) || (timescale > 65_535 ? timescale : 0)
  return { codec: nameOf(entry) ?? type, ...(hertz > 0 ? { hertz } : {}) }
}

/** With what the entry holds inside, where the library can tell. */
function nameOf(entry: object): string | undefined {
  try {
    return (entry as { getCodec?: () => string }).getCodec?.()
  } catch {
    return undefined
  }
}
