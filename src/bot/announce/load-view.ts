import { z } from 'zod'
import { accountsNamed, type StoredAccount } from '../../store/accounts.js'
import type { Orm } from '../../store/database.js'
import { type EndedOnAccount, loadEnded } from '../../store/last-hour.js'
import { loadThread } from '../../store/load-thread.js'
import { type Note, openNotes } from '../../store/notes.js'
import type { PostWithTargets } from '../../store/posts.js'
import { loadPreflights } from '../../store/preflights.js'
import type { StoredTarget } from '../../store/stored-target.js'
import type { AccountFacts, PostView } from '../card.js'
import { endOf } from '../credential-end.js'
import type { BotDeps } from '../deps.js'
import { earlierNotesFor } from '../notes.js'
import { AFTER_MS, BEFORE_MS, failedSince, isSettling } from '../playbook.js'

/** Everything the cards of a post are made from, in as few statements as it takes: it is made often. */
export async function loadView(
  deps: Pick<BotDeps, 'database' | 'platforms' | 'now'>,
  postId: string,
): Promise<PostView | undefined> {
  const { orm } = deps.database
  const thread = await loadThread(orm, postId)
  if (!thread) return undefined
  const { areNotesOpen, ...loaded } = thread
  const ahead = loaded.targets.some(({ target }) => target.state.status === 'scheduled')
  const [accounts, earlierNotes, ended, preflights] = await Promise.all([
    loadAccountFacts(orm, loaded.targets),
    areNotesOpen ? loadEarlierNotes(orm, loaded) : new Map(),
    loadSurroundings(orm, loaded),
    ahead ? loadPreflights(orm, postId) : [],
  ])
  return {
    ...loaded,
    earlierNotes,
    accounts,
    now: deps.now(),
    preflights,
    ...(ended ? { ended } : {}),
    retrySafety: (account) => safetyOf(deps, account),
    canRemove: (account) => deps.platforms.canRemove(account),
  }
}

/** What waits says why and whether it can go out, and what has failed whether its credential works. */
async function loadAccountFacts(
  orm: Orm,
  targets: readonly StoredTarget[],
): Promise<Map<string, AccountFacts>> {
  const isAsked = (stored: StoredTarget) =>
    ['queued', 'scheduled'].includes(stored.target.state.status) ||
    failedSince(stored) !== undefined
  const asked = targets.filter(isAsked).map(({ account }) => account)
  if (asked.length === 0) return new Map()
  const accounts = await accountsNamed(orm, asked)
  return new Map(
    accounts.map((account) => [
      account.name,
      { ...factsOf(account), ...(account.isDown ? { isDown: true } : {}) },
    ]),
  )
}

function factsOf({ pausedUntil, checkedAt, checked }: StoredAccount): AccountFacts {
  const known = checkedSchema.safeParse(checked).data
  const endsAt = endOf(checked)
  return {
    ...(pausedUntil ? { pausedUntil: pausedUntil.getTime() } : {}),
    ...(endsAt === undefined ? {} : { endsAt }),
    ...(known && checkedAt
      ? {
          checked: {
            at: checkedAt.getTime(),
            kind: known.kind,
            words: known.warning ?? known.reason?.text ?? known.identity ?? '',
          },
        }
      : {}),
  }
}

/** A CredentialCheck as it was stored. */
const checkedSchema = z.object({
  kind: z.enum(['ok', 'refused', 'unknown']),
  identity: z.string().optional(),
  warning: z.string().optional(),
  reason: z.object({ text: z.string() }).optional(),
})

/**
 * What else was sent at the time of a post's failures, to tell how far the trouble went. Undefined
 * while other targets of the post are still under way, and without failures.
 */
async function loadSurroundings(
  orm: Orm,
  { post, targets }: PostWithTargets,
): Promise<readonly EndedOnAccount[] | undefined> {
  const failures = targets.flatMap((stored) => failedSince(stored) ?? [])
  if (failures.length === 0 || isSettling(targets)) return undefined
  const at = Math.max(...failures)
  return loadEnded(orm, { postId: post.id, from: at - BEFORE_MS, until: at + AFTER_MS })
}

/** An account that is no longer in the accounts file has nothing to say. */
function safetyOf(deps: Pick<BotDeps, 'platforms'>, account: string): string | undefined {
  try {
    return deps.platforms.retrySafety(account) || undefined
  } catch {
    return undefined
  }
}

const EARLIER_NOTES = 2
const NOTES_LOADED = 50

async function loadEarlierNotes(
  orm: Orm,
  { post, targets }: PostWithTargets,
): Promise<Map<string, Note[]>> {
  const open = targets.filter(({ target: { state } }) => {
    return state.status !== 'published' && state.status !== 'cancelled'
  })
  const notes = await openNotes(orm, {
    workspaceId: post.workspaceId,
    destinations: open.map(({ account, platform }) => ({ name: account, platform })),
    limit: NOTES_LOADED,
  })
  return new Map(
    open.map((stored) => [stored.id, earlierNotesFor(stored, notes).slice(0, EARLIER_NOTES)]),
  )
}
