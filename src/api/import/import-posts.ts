import { hashContent, keyOf, type Request } from '../../bot/handle/draft.js'
import { fitMedia } from '../../bot/media/fit-media.js'
import { takeMedia } from '../../bot/media/intake.js'
import { listAccounts, type StoredAccount } from '../../store/accounts.js'
import type { Conversation } from '../../store/create-post.js'
import { isUniqueViolation } from '../../store/database.js'
import { findBySource } from '../../store/find-by-source.js'
import { createId } from '../../store/ids.js'
import { type ImportedTarget, importPost } from '../../store/import-post.js'
import type { ApiDeps } from '../deps.js'
import { type ForeignPost, type ForeignResult, importKeyOf, readForeign } from './flat-post.js'

export interface ImportOptions {
  /** Where the threads of what is not live everywhere are made. */
  readonly conversation: Conversation
  /** Accounts by platform, where a platform has more than one. */
  readonly accounts: Readonly<Record<string, string>>
  /** Imports posts whose media cannot be fetched any more, without them. */
  readonly withoutMedia: boolean
}

/** What became of one record. */
export type ImportResult =
  | {
      readonly kind: 'imported'
      readonly id: string
      readonly postId: string
      readonly note?: string
    }
  /** It was imported before and is left as it is. */
  | { readonly kind: 'known'; readonly id: string; readonly postId: string }
  | { readonly kind: 'problem'; readonly id: string | null; readonly message: string }

export type ImportDeps = Pick<ApiDeps, 'database' | 'now' | 'random' | 'platforms' | 'media'>

/**
 * Brings in posts in the older flat shape. What was live stays live with its ids and links, what
 * failed can be retried from its thread, and nothing is sent. The same record again changes nothing.
 */
export async function importPosts(
  records: readonly unknown[],
  options: ImportOptions,
  deps: ImportDeps,
): Promise<ImportResult[]> {
  const known = await listAccounts(deps.database.orm)
  const results: ImportResult[] = []
  for (const record of records) results.push(await importOne(record, known, options, deps))
  return results
}

class Refusal extends Error {
  override readonly name = 'Refusal'
}

async function importOne(
  record: unknown,
  known: readonly StoredAccount[],
  options: ImportOptions,
  deps: ImportDeps,
): Promise<ImportResult> {
  const read = readForeign(record)
  if (read.kind === 'problem') return { ...read, id: read.id ?? null }
  const { post } = read
  const { orm } = deps.database
  const earlier = await findBySource(orm, importKeyOf(post.id))
  if (earlier) return { kind: 'known', id: post.id, postId: earlier.id }
  try {
    const places = post.results.map((result) => ({
      result,
      account: accountFor(result, known, options.accounts),
    }))
    const contents = await contentsOf(post, places, options, deps)
    const { id: postId, created } = await store(post, contents, options, deps)
    if (!created) return { kind: 'known', id: post.id, postId }
    const { note } = contents
    return { kind: 'imported', id: post.id, postId, ...(note ? { note } : {}) }
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'problem', id: post.id, message: error.message }
    if (!isUniqueViolation(error)) throw error
    const message = 'One of its ids belongs to another post here already.'
    return { kind: 'problem', id: post.id, message }
  }
}

interface Place {
  readonly result: ForeignResult
  readonly account: StoredAccount
}

/** @throws Refusal when it is not plain which account is meant */
function accountFor(
  { platform, account }: ForeignResult,
  known: readonly StoredAccount[],
  chosen: Readonly<Record<string, string>>,
): StoredAccount {
  const wanted = account ?? chosen[platform]
  const there = known.filter((one) => one.platform === platform)
  const [only, another] = there
  const found = there.find(({ name }) => name === (wanted ?? platform))
  if (found) return found
  if (only && !another && chosen[platform] === undefined) return only
  throw new Refusal(
    wanted !== undefined
      ? `There is no ${platform} account called "${wanted}" here.`
      : only
        ? `There is more than one ${platform} account here; say which is meant.`
        : `There is no ${platform} account here.`,
  )
}

interface Contents {
  readonly targets: Request['targets']
  readonly places: readonly Place[]
  readonly note?: string
}

/** The frozen content of every target. Media are fetched only where something may be sent again. */
async function contentsOf(
  post: ForeignPost,
  places: readonly Place[],
  { withoutMedia }: ImportOptions,
  deps: ImportDeps,
): Promise<Contents> {
  const mayBeSent = places.some(({ result }) => result.outcome !== 'live')
  const sources = mayBeSent ? post.media.map((medium) => ({ from: 'url', ...medium }) as const) : []
  const intake = await takeMedia(sources, deps, undefined)
  const [problem] = intake.problems
  if (problem && !withoutMedia) throw new Refusal(`Its media cannot be fetched: ${problem.message}`)
  const names = places.map(({ account }) => account.name)
  const fitted = await fitMedia(intake, names, deps)
  const targets = places.map(({ account: { name, platform } }) => {
    const content = { text: post.text, media: [...fitted.mediaOf(name)] }
    return { account: name, platform, content, contentHash: hashContent(content, fitted.hashes) }
  })
  if (problem) return { targets, places, note: `Imported without media: ${problem.message}` }
  const isEmpty = mayBeSent && post.text === '' && intake.media.length === 0
  const note = 'It has neither text nor media, so it has to be edited before it can be sent again.'
  return { targets, places, ...(isEmpty ? { note } : {}) }
}

function store(
  post: ForeignPost,
  { targets, places }: Contents,
  { conversation }: ImportOptions,
  deps: ImportDeps,
): Promise<{ id: string; created: boolean }> {
  const importedAt = deps.now()
  const createdAt = post.createdAt ?? post.publishedAt ?? importedAt
  const imported: ImportedTarget[] = targets.map((target, index) => {
    const id = createId('t', createdAt, deps.random)
    const { result } = places[index] as Place
    return {
      id,
      ...target,
      attempt: result.attempts,
      state: stateOf(result, post, importedAt),
      idempotencyKey: keyOf(id, target.contentHash),
    }
  })
  const request = { text: post.text, targets, imported: post.brought }
  return importPost(
    deps.database.orm,
    {
      id: createId('p', createdAt, deps.random),
      conversation,
      author: { id: IMPORT.id, name: IMPORT.name },
      text: post.text,
      request,
      sourceKey: importKeyOf(post.id),
      createdAt,
    },
    imported,
    { isQuiet: places.every(({ result }) => result.outcome === 'live'), importedAt },
  )
}

const IMPORT = { kind: 'api', id: 'import', name: 'the import' } as const

function stateOf(
  { outcome, remoteId, permalink, error }: ForeignResult,
  { publishedAt, createdAt }: ForeignPost,
  now: number,
): ImportedTarget['state'] {
  switch (outcome) {
    case 'live':
      return {
        status: 'published',
        publishedAt: publishedAt ?? createdAt ?? now,
        // Without an id, the record's word is all there is.
        ...(remoteId === undefined ? { how: 'person', who: IMPORT } : { how: 'answer', remoteId }),
        ...(permalink === undefined ? {} : { permalink }),
        rechecks: 0,
        missing: 0,
      }
    case 'failed':
      return {
        status: 'failed',
        failedAt: createdAt ?? now,
        reason: {
          class: 'unknown',
          text: error ?? 'It failed where it was published before; the reason was not kept.',
          next: 'That was written down elsewhere: if the reason leaves a doubt, look there before you press Retry failed.',
        },
      }
    case 'unknown':
      return {
        status: 'unconfirmed',
        evidence: [{ at: now, text: 'The imported record does not say whether it went out.' }],
        askedAt: now,
        relooks: 0,
      }
  }
}
