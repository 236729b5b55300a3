import { loadTarget } from '../store/load-targets.js'
import {
  type DuePreflight,
  duePreflights,
  keptMedia,
  recordPreflight,
} from '../store/preflights.js'
import { type Examined, judgePreflight } from './core/preflight.js'
import { checkAccount } from './credentials.js'
import type { PublisherDeps } from './deps.js'
import { repeat } from './relay.js'

const LOOK_EVERY_MS = 15_000
const AT_A_TIME = 50
/** A check that did not work says nothing; it is made again, but not at once. */
const UNKNOWN_FOR_MS = 5 * 60_000

/**
 * Looks at what is scheduled, when it is scheduled, a day and an hour ahead: credentials, permissions,
 * media and the platform's rules. What would fail is told in the thread while it can still be mended.
 */
export function startPreflight(
  deps: PublisherDeps,
  everyMs = LOOK_EVERY_MS,
): { stop(): Promise<void> } {
  const unknownUntil = new Map<string, number>()
  return repeat(
    () => lookAhead(deps, unknownUntil),
    everyMs,
    (error) => deps.log.warn({ error: (error as Error).message }, 'could not look ahead'),
  )
}

/** One round: each account is asked once, for all of its targets. */
async function lookAhead(deps: PublisherDeps, unknownUntil: Map<string, number>): Promise<void> {
  const { orm } = deps.database
  const credentials = new Map<string, Promise<Examined['credential']>>()
  const ask = (account: string) => {
    const asked = credentials.get(account) ?? credentialOf(account, deps)
    credentials.set(account, asked)
    return asked
  }
  for (const due of await duePreflights(orm, deps.now(), AT_A_TIME)) {
    const stored = (await loadTarget(orm, due.targetId))?.stored
    const { state } = stored?.target ?? {}
    if (!stored || state?.status !== 'scheduled' || state.publishAt !== due.publishAt) continue
    const { account, content, postId, contentHash } = stored
    if ((unknownUntil.get(account) ?? 0) > deps.now()) continue
    const credential = await ask(account)
    if (credential.kind === 'unknown') {
      unknownUntil.set(account, deps.now() + UNKNOWN_FOR_MS)
      // An hour ahead the rest is looked at all the same.
      if (due.stage !== 'hour') continue
    }
    const kept = await keptMedia(
      orm,
      content.media.map(({ id }) => id),
    )
    const lost = content.media.filter(({ id }) => !kept.has(id)).map(({ filename }) => filename)
    const rules = deps.connector(account)?.check(content) ?? []
    const problem = judgePreflight({ credential, lost, content: rules }, due.publishAt)
    await recordPreflight(orm, { ...keyOf(due), postId, contentHash, at: deps.now(), problem })
  }
}

async function credentialOf(account: string, deps: PublisherDeps): Promise<Examined['credential']> {
  const checked = await checkAccount(account, deps)
  return checked ?? { kind: 'gone' }
}

function keyOf({ targetId, stage, publishAt }: DuePreflight) {
  return { targetId, stage, publishAt }
}
