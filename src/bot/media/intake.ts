import { createHash } from 'node:crypto'
import type { Media } from '../../publisher/connectors/connector.js'
import { createId } from '../../store/ids.js'
import { saveMedia } from '../../store/media.js'
import type { MediaSource } from '../command.js'
import type { BotDeps } from '../deps.js'
import type { FieldProblem } from '../reply.js'
import { inPieces } from '../wording.js'
import { type FetchOptions, fetchMedia } from './fetch.js'
import { inspect } from './inspect.js'

/** More than any platform takes in one post. */
const MOST_MEDIA = 20

export interface Intake {
  readonly media: readonly Media[]
  /** SHA-256 of the bytes, by the medium's id. */
  readonly hashes: ReadonlyMap<string, string>
  readonly problems: readonly FieldProblem[]
}

/**
 * Fetches, checks and keeps media, frozen before anything is queued. One after the other, so that
 * one post never holds more than one of them twice in memory.
 */
export async function takeMedia(
  sources: readonly MediaSource[],
  deps: Pick<BotDeps, 'database' | 'now' | 'random' | 'media'>,
  access: FetchOptions['access'],
): Promise<Intake> {
  const media: Media[] = []
  const hashes = new Map<string, string>()
  const problems: FieldProblem[] = []
  if (sources.length > MOST_MEDIA) {
    const message = `${sources.length} pictures and videos are too many; ${MOST_MEDIA} is the most.`
    return { media, hashes, problems: [{ field: 'media', message }] }
  }
  for (const [index, source] of sources.entries()) {
    const taken = await takeOne(source, index, deps, access)
    if ('message' in taken) problems.push(taken)
    else {
      media.push(taken.medium)
      hashes.set(taken.medium.id, taken.sha256)
    }
  }
  return { media, hashes, problems }
}

async function takeOne(
  source: MediaSource,
  index: number,
  deps: Pick<BotDeps, 'database' | 'now' | 'random' | 'media'>,
  access: FetchOptions['access'],
): Promise<FieldProblem | { medium: Media; sha256: string }> {
  const field = source.from === 'upload' ? 'media' : 'media_url'
  const fetched = await fetchMedia(source.url, {
    allowPrivate: deps.media.allowPrivate,
    // A typed address never borrows the chat's token, even when it points at the chat's files.
    ...(source.from === 'upload' ? { access } : {}),
  })
  if (fetched.kind === 'problem') return problemOf(field, source, fetched)
  const inspected = inspect(fetched.bytes)
  if (inspected.kind === 'problem') {
    // A chat that does not know our token answers with its login page.
    const isPage = source.from === 'upload' && fetched.contentType.startsWith('text/html')
    return problemOf(field, source, isPage ? NOT_HANDED_OVER : inspected)
  }
  const { kind: _media, type, ...shown } = inspected
  const facts = {
    kind: type.kind,
    mime: type.mime,
    bytes: fetched.bytes.byteLength,
    ...shown,
    filename: filenameOf(source, index, type.extension),
    ...(source.from === 'url' ? { sourceUrl: source.url } : {}),
  }
  const at = deps.now()
  const sha256 = createHash('sha256').update(fetched.bytes).digest('hex')
  const wanted = { id: createId('m', at, deps.random), sha256, facts, bytes: fetched.bytes, at }
  const id = await saveMedia(deps.database.orm, wanted)
  const alt = source.alt === undefined || source.alt === '' ? {} : { alt: source.alt }
  return { medium: { id, ...facts, ...alt }, sha256 }
}

const NOT_HANDED_OVER = {
  message: 'The chat did not hand the file over.',
  next: 'Check that the app may read files, or give an address with media:.',
}

function problemOf(
  field: 'media' | 'media_url',
  source: MediaSource,
  { message, next }: { message: string; next?: string },
): FieldProblem {
  const named = source.filename ?? source.url
  const about = message.includes(named) ? message : `${named}: ${message}`
  return { field, message: about, ...(next === undefined ? {} : { next }) }
}

/** A plain name with the ending that the bytes deserve. */
function filenameOf(source: MediaSource, index: number, extension: string): string {
  const last = source.filename ?? decode(new URL(source.url).pathname.split('/').at(-1) ?? '')
  const plain = last
    .replace(/\.[^.]*$/, '')
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
  const [base] = inPieces(plain, 80)
  return `${base || `media-${index + 1}`}.${extension}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
