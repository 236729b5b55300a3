import type { MediaSource } from './command.js'
import type { FieldProblem } from './reply.js'

/**
 * The media of a form: uploads first, then addresses with space between them. Descriptions stand on
 * one line each, in the order of the media; a single medium takes all that was written.
 */
export function mediaOfForm(written: {
  uploads: readonly MediaSource[]
  addresses: string
  alt: string
}): { media: MediaSource[]; problems: FieldProblem[] } {
  const problems: FieldProblem[] = []
  const urls = written.addresses.split(/\s+/).filter((word) => word !== '')
  for (const url of urls) {
    if (/^https?:\/\/\S+$/i.test(url)) continue
    const message = `"${url.slice(0, 60)}" is not an address that starts with http:// or https://.`
    problems.push({ field: 'media_url', message })
  }
  const media = [...written.uploads, ...urls.map((url): MediaSource => ({ from: 'url', url }))]
  return { media: describe(media, written.alt.trim(), problems), problems }
}

function describe(
  media: readonly MediaSource[],
  written: string,
  problems: FieldProblem[],
): MediaSource[] {
  const [only] = media
  if (written === '') return [...media]
  if (only && media.length === 1) return [{ ...only, alt: written }]
  const alts = written.split('\n').map((line) => line.trim())
  if (alts.length > media.length) {
    const message = `There are ${alts.length} descriptions, and ${media.length} pictures or videos.`
    problems.push({ field: 'alt', message, next: 'Write one line for each, in their order.' })
  }
  return media.map((one, index) => {
    const alt = alts[index]
    return alt ? { ...one, alt } : one
  })
}
