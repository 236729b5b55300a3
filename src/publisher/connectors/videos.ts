import type { Media, Problem } from './connector.js'

/** How a platform wants videos to be stored, where it says so. */
export interface VideoRule {
  /** In words for people, with the names under which files have them. */
  readonly codecs?: { readonly words: string; readonly names: readonly string[] }
  readonly framesPerSecond?: { readonly min: number; readonly max: number }
  readonly sound?: { readonly words: string; readonly names: RegExp; readonly maxHertz: number }
  /** The description has to stand before the pictures. */
  readonly describedFirst?: true
}

/** H.264 and H.265, also as cameras name them whose pictures carry Dolby Vision. */
export const H264_AND_H265 = {
  words: 'H.264 and H.265',
  names: ['avc1', 'avc3', 'hvc1', 'hev1', 'dvav', 'dva1', 'dvh1', 'dvhe'],
}

/** AAC in an MP4 or QuickTime file; without what is inside, `mp4a` is AAC nearly always. */
export const AAC_TO_48_KHZ = {
  words: 'AAC up to 48 kHz',
  names: /^mp4a(\.40(\.\d+)?|\.6[678])?$/i,
  maxHertz: 48_000,
}

const CODECS: Readonly<Record<string, string>> = {
  avc1: 'H.264',
  avc3: 'H.264',
  hvc1: 'H.265',
  hev1: 'H.265',
  av01: 'AV1',
  vp08: 'VP8',
  vp09: 'VP9',
  mp4v: 'MPEG-4 Visual',
  apch: 'Apple ProRes',
  apcn: 'Apple ProRes',
  apcs: 'Apple ProRes',
  apco: 'Apple ProRes',
  ap4h: 'Apple ProRes',
  'mp4a.69': 'MP3',
  'mp4a.6b': 'MP3',
  'ac-3': 'Dolby Digital',
  'ec-3': 'Dolby Digital Plus',
  alac: 'Apple Lossless',
  lpcm: 'uncompressed sound (PCM)',
  sowt: 'uncompressed sound (PCM)',
  twos: 'uncompressed sound (PCM)',
  Opus: 'Opus',
}

/** What the platform would refuse in how this video is stored; what its file does not tell passes. */
export function checkStorage(platform: string, video: Media, rule: VideoRule): readonly Problem[] {
  const { filename, codec, framesPerSecond, describedLast } = video
  const problems: Problem[] = []
  const { codecs, framesPerSecond: rates, describedFirst } = rule
  if (codec !== undefined && codecs && !codecs.names.includes(codec)) {
    const message = `${filename} holds ${CODECS[codec] ?? codec}; ${platform} takes ${codecs.words}.`
    problems.push({ field: 'media', message, next: 'Export it as MP4 with H.264.' })
  }
  // An average is seldom whole: 23.976 is shown as 24, and taken.
  const shown = Math.round(framesPerSecond ?? 0)
  if (framesPerSecond !== undefined && rates && (shown < rates.min || shown > rates.max)) {
    const message = `${filename} has ${framesPerSecond} pictures a second; ${platform} takes ${rates.min} to ${rates.max}.`
    problems.push({ field: 'media', message, next: 'Export it with 30 a second.' })
  }
  problems.push(...checkSound(platform, video, rule))
  if (describedLast && describedFirst) {
    const message = `${filename} has its description (moov) at the end; ${platform} wants it first.`
    const next = 'Export it for the web ("fast start"); nothing of it is lost.'
    problems.push({ field: 'media', message, next })
  }
  return problems
}

function checkSound(platform: string, { filename, sound }: Media, rule: VideoRule): Problem[] {
  if (!sound || !rule.sound) return []
  const { words, names, maxHertz } = rule.sound
  const { codec, hertz = 0 } = sound
  const isKnown = names.test(codec)
  if (isKnown && hertz <= maxHertz) return []
  const what = isKnown ? `has ${hertz / 1000} kHz` : `is ${CODECS[codec] ?? codec}`
  const message = `The sound of ${filename} ${what}; ${platform} takes ${words}.`
  return [{ field: 'media', message, next: 'Export it with AAC sound at 48 kHz.' }]
}
