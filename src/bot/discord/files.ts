import type { RawFile } from 'discord.js'
import type { MediaCard } from '../card-replies.js'
import { shorten } from '../wording.js'
import { escapeText } from './markdown.js'
import { markerLine } from './marker.js'

/** The bytes of a stored medium; undefined when they are no longer kept. */
export type LoadBytes = (mediaId: string) => Promise<Uint8Array | undefined>

/** @see https://docs.discord.com/developers/reference#uploading-files */
const LARGEST_FILE = 10 * 1024 * 1024
const LARGEST_MESSAGE = 24 * 1024 * 1024
const MOST_FILES = 10
const LONGEST_DESCRIPTION = 1_024

/** Files for a message, and lines about those that cannot be in it. */
export interface Enclosed {
  readonly content: string
  readonly files: readonly (RawFile & { readonly description?: string })[]
}

/** The files to be posted by hand; what is too large for Discord is named, with its address. */
export async function enclose(card: MediaCard, bytes: LoadBytes): Promise<Enclosed> {
  const files: Enclosed['files'][number][] = []
  const left: string[] = []
  let size = 0
  if (card.text !== undefined) files.push(textFile(card.text))
  for (const { id, filename, alt, sourceUrl } of card.media) {
    const data = await bytes(id)
    const room = files.length < MOST_FILES && size + (data?.byteLength ?? 0) <= LARGEST_MESSAGE
    if (data && data.byteLength > 0 && data.byteLength <= LARGEST_FILE && room) {
      size += data.byteLength
      const description = alt ? { description: shorten(alt, LONGEST_DESCRIPTION) } : {}
      files.push({ name: filename, data, ...description })
    } else {
      const why = data ? 'is too large for Discord' : 'is no longer kept'
      left.push(`${escapeText(filename)} ${why}${sourceUrl ? `: ${sourceUrl}` : '.'}`)
    }
  }
  return { content: mediaWords(card, left), files }
}

/** Their addresses instead of the files, and why. */
export function listInstead(card: MediaCard, why: string): string {
  const links = card.media.map(({ filename, sourceUrl }) => sourceUrl ?? escapeText(filename))
  return mediaWords(card, [why, ...links])
}

export function mediaWords({ account, key }: MediaCard, lines: readonly string[]): string {
  const said = shorten([`Files for **${escapeText(account)}**`, ...lines].join('\n'), 1_900)
  return `${said}\n${markerLine('reply', key)}`
}

export function textFile(text: string): RawFile {
  return { name: 'text.txt', data: Buffer.from(text), contentType: 'text/plain; charset=utf-8' }
}
