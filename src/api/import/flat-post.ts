import { z } from 'zod'
import { PLATFORMS } from '../../publisher/connectors/connector.js'
import { storableData } from '../../store/storable.js'
import type { Imported } from '../flat.js'
import { fingerprint } from '../keys.js'

/** The key under which a post that was published elsewhere is known here, by its id there. */
export function importKeyOf(id: string): string {
  return `import:${id}`
}

/** What became of one platform, as far as the record says. */
export interface ForeignResult {
  readonly platform: string
  /** The account, where the record names one. */
  readonly account?: string
  /** `unknown`: it was meant to go there, and nothing says how that ended. */
  readonly outcome: 'live' | 'failed' | 'unknown'
  readonly remoteId?: string
  readonly permalink?: string
  readonly error?: string
  readonly attempts: number
}

/** A post that was published elsewhere, read from the older flat shape. */
export interface ForeignPost {
  /** Its id there, or what stands for it. */
  readonly id: string
  readonly text: string
  readonly media: readonly { readonly url: string; readonly alt?: string }[]
  /** Milliseconds. */
  readonly createdAt?: number
  readonly publishedAt?: number
  readonly results: readonly ForeignResult[]
  /** What its targets do not hold, for the same answer afterwards. */
  readonly brought: Imported
}

export type ReadForeign =
  | { readonly kind: 'post'; readonly post: ForeignPost }
  | { readonly kind: 'problem'; readonly id: string | undefined; readonly message: string }

const word = z.string().nullish()
const idLike = z.union([z.string(), z.number()]).transform(String).nullish()
const instant = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value, context) => {
    if (value == null || value === '') return undefined
    const at = new Date(value).getTime()
    if (Number.isFinite(at)) return at
    context.addIssue({ code: 'custom', message: `"${value}" is not a time` })
    return z.NEVER
  })

const resultShape = z.looseObject({
  platform: z.string().optional(),
  account: word,
  success: z.boolean().nullish(),
  postId: idLike,
  post_id: idLike,
  permalink: word,
  url: word,
  error: z.unknown().optional(),
})
const medium = z.union([z.string(), z.looseObject({ url: z.string(), alt: word, alt_text: word })])
const list = z.union([z.array(z.string()), z.string()]).nullish()

const recordShape = z.looseObject({
  id: idLike,
  text: word,
  content: word,
  caption: word,
  message: word,
  body: word,
  media: z.union([medium, z.array(medium)]).nullish(),
  media_urls: z.union([medium, z.array(medium)]).nullish(),
  media_url: z.union([medium, z.array(medium)]).nullish(),
  image_url: word,
  video_url: word,
  alt_text: word,
  platforms: list,
  targets: list,
  status: word,
  error_message: word,
  // Some databases hand JSON out as text.
  insights: z.preprocess(
    (value) => (typeof value === 'string' ? fromText(value) : value),
    z.looseObject({ publish_results: z.array(resultShape).nullish() }).nullish(),
  ),
  publish_results: z.array(resultShape).nullish(),
  results: z.record(z.string(), resultShape).nullish(),
  created_at: instant,
  published_at: instant,
  last_retry_at: instant,
  post_url: word,
  instagram_media_id: idLike,
  retry_info: z
    .looseObject({
      is_retry: z.boolean().default(true),
      previous_attempts: z.number().int().min(0).default(1),
      retried_platform: z.string().default(''),
    })
    .nullish(),
})
type Record = z.infer<typeof recordShape>

function fromText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/**
 * Reads one record of the older flat shape, also when `publish_results` is missing; characters that
 * cannot be stored are left out. Pure.
 */
export function readForeign(raw: unknown): ReadForeign {
  const parsed = recordShape.safeParse(raw)
  const rawId = (raw as { id?: unknown } | null)?.id
  const id = typeof rawId === 'string' || typeof rawId === 'number' ? String(rawId) : undefined
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const field = issue?.path.join('.')
    return { kind: 'problem', id, message: `${field ? `${field}: ` : ''}${issue?.message}` }
  }
  const record = parsed.data
  const results = resultsOf(record)
  if (results.length === 0) {
    const message = 'It names no platform: there are no results, no ids and no list of platforms.'
    return { kind: 'problem', id, message }
  }
  const lastRetryAt = record.last_retry_at
  const info = record.retry_info
  return {
    kind: 'post',
    post: storableData<ForeignPost>({
      id: id ?? fingerprint(raw),
      text:
        [record.text, record.content, record.caption, record.message, record.body].find(Boolean) ??
        '',
      media: mediaOf(record),
      ...(record.created_at === undefined ? {} : { createdAt: record.created_at }),
      ...(record.published_at === undefined ? {} : { publishedAt: record.published_at }),
      results,
      brought: {
        ...(lastRetryAt === undefined ? {} : { lastRetryAt: new Date(lastRetryAt).toISOString() }),
        ...(info
          ? {
              retryInfo: {
                is_retry: info.is_retry,
                previous_attempts: info.previous_attempts,
                retried_platform: info.retried_platform,
              },
            }
          : {}),
      },
    }),
  }
}

function mediaOf(record: Record): ForeignPost['media'] {
  const given = [
    record.media ?? record.media_urls ?? record.media_url ?? [],
    record.image_url ?? [],
    record.video_url ?? [],
  ]
  const found = given.flat().map((one) => {
    const {
      url,
      alt,
      alt_text: altText,
    } = typeof one === 'string' ? { url: one, alt: undefined, alt_text: undefined } : one
    const words = alt ?? altText ?? record.alt_text
    return { url, ...(words ? { alt: words } : {}) }
  })
  return found.filter(({ url }, index) => found.findIndex((one) => one.url === url) === index)
}

/** Newer results stand in place of older ones for the same platform, or account where one is named. */
function resultsOf(record: Record): ForeignResult[] {
  const found = new Map<string, ForeignResult>()
  const put = (result: ForeignResult) => {
    const key = result.account ?? result.platform
    found.delete(key)
    found.set(key, result)
  }
  const given = record.insights?.publish_results ?? record.publish_results ?? []
  const listed = given.length > 0 ? given : byPlatform(record)
  for (const result of listed) if (result.platform) put(fromResult(result.platform, result, record))
  const knows = (platform: string) => [...found.values()].some((one) => one.platform === platform)
  const wrong = errorsIn(record.error_message ?? '')
  for (const platform of meantFor(record, wrong)) {
    if (!knows(platform)) put(derived(platform, record, wrong))
  }
  const unknown = [...found.values()].filter(({ outcome }) => outcome === 'unknown')
  const [only] = unknown
  // A reason that names nobody is about the only one it can be about.
  if (record.error_message && wrong.size === 0 && only && unknown.length === 1) {
    put({ ...only, outcome: 'failed', error: record.error_message })
  }
  return withPostUrl([...found.values()], record.post_url ?? undefined)
}

function byPlatform({ results }: Record): z.infer<typeof resultShape>[] {
  return Object.entries(results ?? {}).map(([platform, result]) => ({ ...result, platform }))
}

function fromResult(
  named: string,
  { account, success, ...result }: z.infer<typeof resultShape>,
  record: Record,
): ForeignResult {
  const platform = plainName(named)
  const remoteId = result.postId ?? result.post_id ?? idOf(platform, record)
  const permalink = result.permalink ?? result.url ?? linkOf(platform, record)
  const isLive = success ?? (remoteId !== undefined && !result.error)
  const error = errorText(result.error) ?? errorsIn(record.error_message ?? '').get(platform)
  return {
    platform,
    ...(account ? { account } : {}),
    attempts: attemptsAt(platform, record),
    ...(isLive
      ? { outcome: 'live', ...(remoteId ? { remoteId } : {}), ...(permalink ? { permalink } : {}) }
      : { outcome: 'failed', ...(error ? { error } : {}) }),
  }
}

/** Without a result: an id means live, an error means failed, and else only the whole status can say. */
function derived(
  platform: string,
  record: Record,
  wrong: ReadonlyMap<string, string>,
): ForeignResult {
  const common = { platform, attempts: attemptsAt(platform, record) }
  const remoteId = idOf(platform, record)
  const permalink = linkOf(platform, record)
  const error = wrong.get(platform)
  const link = permalink ? { permalink } : {}
  if (remoteId) return { ...common, outcome: 'live', remoteId, ...link }
  if (error !== undefined) return { ...common, outcome: 'failed', error }
  return record.status === 'posted'
    ? { ...common, outcome: 'live', ...link }
    : { ...common, outcome: 'unknown' }
}

/** Every platform that the record mentions anywhere. */
function meantFor(record: Record, wrong: ReadonlyMap<string, string>): Set<string> {
  const names = [record.platforms ?? record.targets ?? []]
    .flat()
    .flatMap((name) => name.split(','))
    .map((name) => plainName(name.trim()))
    .filter((name) => name !== '')
  const withIds = Object.entries(record)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .flatMap(([key]) => /^([a-z]+)_post_id$/.exec(key)?.[1] ?? [])
  return new Set([
    ...names,
    ...withIds.map(plainName),
    ...(record.instagram_media_id ? ['instagram'] : []),
    ...wrong.keys(),
  ])
}

const KNOWN: ReadonlySet<string> = new Set(PLATFORMS)

/** `facebook: too long; instagram: no picture` by platform. */
function errorsIn(message: string): Map<string, string> {
  const parts = message.split(/(?:^|;\s*)(?=[a-z]+:\s)/i).filter((part) => part.trim() !== '')
  return new Map(
    parts.flatMap((part): [string, string][] => {
      const [, platform, reason] = /^([a-z]+):\s+([\s\S]+)$/i.exec(part.trim()) ?? []
      const name = plainName(platform ?? '')
      return reason && KNOWN.has(name) ? [[name, reason.trim()]] : []
    }),
  )
}

function idOf(platform: string, record: Record): string | undefined {
  const named =
    record[`${platform}_post_id`] ?? (platform === 'x' ? record.twitter_post_id : undefined)
  const id = platform === 'instagram' ? (record.instagram_media_id ?? named) : named
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined
}

function linkOf(platform: string, record: Record): string | undefined {
  const link = record[`${platform}_permalink`]
  return typeof link === 'string' && link !== '' ? link : undefined
}

function attemptsAt(platform: string, { retry_info: info }: Record): number {
  const isRetried = info?.retried_platform.split(',').map(plainName).includes(platform)
  return isRetried ? (info?.previous_attempts ?? 0) + 1 : 1
}

/** The post's own link is that of the first platform that is live. */
function withPostUrl(results: ForeignResult[], postUrl: string | undefined): ForeignResult[] {
  const first = results.findIndex(({ outcome }) => outcome === 'live')
  if (!postUrl || results.some(({ permalink }) => permalink === postUrl)) return results
  return results.map((result, index) =>
    index === first && !result.permalink ? { ...result, permalink: postUrl } : result,
  )
}

function errorText(error: unknown): string | undefined {
  if (typeof error === 'string' && error !== '') return error
  const message = (error as { message?: unknown } | null | undefined)?.message
  return typeof message === 'string' && message !== '' ? message : undefined
}

function plainName(platform: string): string {
  const name = platform.trim().toLowerCase()
  return name === 'twitter' ? 'x' : name
}
