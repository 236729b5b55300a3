import { createHash } from 'node:crypto'
import type { Content, LinkCard, Media } from '../../publisher/connectors/connector.js'
import { createId } from '../../store/ids.js'
import { saveMedia } from '../../store/media.js'
import type { BotDeps } from '../deps.js'
import { type FetchOptions, fetchMedia, fetchPage } from '../media/fetch.js'
import { fitMedia } from '../media/fit-media.js'
import { inspect } from '../media/inspect.js'
import { decodePage } from './decode-page.js'
import { readPageFacts } from './page-facts.js'

/** How long a page and its picture may take together when nothing else is said: people are waiting. */
const WAIT_MS = 6_000
const PICTURE_CAPS = { image: 5_000_000, video: 0 }
/** Accounts with texts of their own can have as many links; no post makes us read the web. */
const MOST_PAGES = 5

type Deps = Pick<BotDeps, 'database' | 'now' | 'random' | 'platforms' | 'media' | 'log'>

/** What was read for one link, before its picture is made to fit a platform. */
interface Read {
  readonly card: LinkCard
  readonly thumb?: { readonly media: Media; readonly sha256: string }
}

/**
 * The cards of these contents by account, read once from each linked page, to be frozen with the
 * content: later the page may say something else.
 * A page that cannot be read in time has no card.
 */
export async function readCards(
  contents: ReadonlyMap<string, Content>,
  deps: Deps,
  waitMs = WAIT_MS,
): Promise<ReadonlyMap<string, LinkCard>> {
  const links = [...contents].flatMap(([account, content]) => {
    const url = deps.platforms.linkCard(account, content)
    return url === undefined ? [] : [{ account, url }]
  })
  const urls = [...new Set(links.map(({ url }) => url))].slice(0, MOST_PAGES)
  const pages = new Map(
    await Promise.all(
      urls.map(async (url) => [url, await readQuietly(url, deps, waitMs)] as const),
    ),
  )
  const cards = new Map<string, LinkCard>()
  for (const { account, url } of links) {
    const read = pages.get(url)
    if (!read) continue
    const thumb = await thumbFor(account, read, deps)
    cards.set(account, { ...read.card, ...(thumb ? { thumb } : {}) })
  }
  return cards
}

/** No post waits or fails for its card. */
async function readQuietly(url: string, deps: Deps, waitMs: number): Promise<Read | undefined> {
  try {
    return await readPage(url, deps, waitMs)
  } catch (error) {
    deps.log.warn({ error: (error as Error).message }, 'a linked page could not be read')
    return undefined
  }
}

async function readPage(url: string, deps: Deps, waitMs: number): Promise<Read | undefined> {
  const { allowPrivate } = deps.media
  const options: FetchOptions = { allowPrivate, timeoutMs: Math.ceil(waitMs / 2) }
  const page = await fetchPage(url, options)
  if (page.kind === 'problem') return undefined
  const html = decodePage(page.bytes, page.contentType)
  const facts = html === undefined ? undefined : readPageFacts(html, page.url)
  if (!facts) return undefined
  const { title, description, picture } = facts
  const thumb = picture === undefined ? undefined : await takePicture(picture, options, deps)
  return { card: { url, title, description }, ...(thumb ? { thumb } : {}) }
}

async function takePicture(
  url: string,
  options: FetchOptions,
  deps: Deps,
): Promise<Read['thumb'] | undefined> {
  const fetched = await fetchMedia(url, { ...options, caps: PICTURE_CAPS })
  const inspected = fetched.kind === 'fetched' ? inspect(fetched.bytes) : fetched
  if (fetched.kind === 'problem' || inspected.kind === 'problem') return undefined
  const { type, width, height, animated } = inspected
  if (type.kind !== 'image') return undefined
  const { bytes } = fetched
  const facts = {
    kind: type.kind,
    mime: type.mime,
    bytes: bytes.byteLength,
    width,
    height,
    ...(animated ? { animated } : {}),
    filename: `card.${type.extension}`,
  }
  const at = deps.now()
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const wanted = { id: createId('m', at, deps.random), sha256, facts, bytes, at }
  const id = await saveMedia(deps.database.orm, wanted)
  return { media: { id, ...facts }, sha256 }
}

/** The picture as this account's platform takes it; a card without one is better than none. */
async function thumbFor(account: string, { thumb }: Read, deps: Deps): Promise<Media | undefined> {
  if (!thumb) return undefined
  const given = { media: [thumb.media], hashes: new Map([[thumb.media.id, thumb.sha256]]) }
  const [fitted] = (await fitMedia(given, [account], deps)).mediaOf(account)
  if (!fitted) return undefined
  const problems = deps.platforms.check(account, { text: '', media: [fitted] })
  return problems.length === 0 ? fitted : undefined
}
