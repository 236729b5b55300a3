import { listAccounts } from '../../store/accounts.js'
import type { Orm } from '../../store/database.js'
import { loadHistory } from '../../store/load-history.js'
import { type Note, openNotes } from '../../store/notes.js'
import { loadAsides, loadPost, type PostWithTargets } from '../../store/posts.js'
import type { StoredTarget } from '../../store/stored-target.js'
import type { AccountFacts, PostView } from '../card.js'
import type { BotDeps } from '../deps.js'
import { earlierNotesFor } from '../notes.js'

/**
 * Everything the cards of a post are made from. The post is read first, so that its `changed` never
 * claims more than the rest shows.
 */
export async function loadView(
  deps: Pick<BotDeps, 'database' | 'platforms' | 'now'>,
  postId: string,
): Promise<PostView | undefined> {
  const { orm } = deps.database
  const loaded = await loadPost(orm, postId)
  if (!loaded) return undefined
  const [asides, history, accounts, earlierNotes] = await Promise.all([
    loadAsides(orm, postId),
    loadHistory(orm, postId),
    loadAccountFacts(orm, loaded.targets),
    loadEarlierNotes(orm, loaded),
  ])
  return {
    ...loaded,
    ...asides,
    history,
    earlierNotes,
    accounts,
    now: deps.now(),
    retrySafety: (account) => safetyOf(deps, account),
  }
}

/** Only what is queued says why it waits. */
async function loadAccountFacts(
  orm: Orm,
  targets: readonly StoredTarget[],
): Promise<Map<string, AccountFacts>> {
  if (!targets.some(({ target }) => target.state.status === 'queued')) return new Map()
  const accounts = await listAccounts(orm)
  return new Map(
    accounts.map(({ name, pausedUntil }) => [
      name,
      pausedUntil ? { pausedUntil: pausedUntil.getTime() } : {},
    ]),
  )
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
