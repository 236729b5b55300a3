import { z } from 'zod'
import { repeat } from '../repeat.js'
import { loadCheck } from '../store/accounts.js'
import { loadTarget } from '../store/load-targets.js'
import {
  type DuePreflight,
  duePreflights,
  keptMedia,
  recordPreflight,
} from '../store/preflights.js'
import { isAway } from '../store/server-connections.js'
import { type Examined, judgePreflight } from './core/preflight.js'
import { checkAccount } from './credentials.js'
import type { PublisherDeps } from './deps.js'
import { messageOf } from './record.js'

const LOOK_EVERY_MS = 15_000
const AT_A_TIME = 50
/** A check that is younger tells enough. One that did not work is made again, but not at once. */
const CHECKED_FOR_MS = 5 * 60_000

/**
 * Looks at what is scheduled, when it is scheduled, a day and an hour ahead: credentials, permissions,
 * media and the platform's rules. What would fail is told in the thread while it can still be mended.
 */
export function startPreflight(
  deps: PublisherDeps,
  everyMs = LOOK_EVERY_MS,
): { stop(): Promise<void> } {
  return repeat(
    (stopping) => lookAhead(deps, stopping),
    everyMs,
    (error) => deps.log.warn({ error: (error as Error).message }, 'could not look ahead'),
  )
}

/** One round: each account is asked once at most, for all of its targets. */
async function lookAhead(deps: PublisherDeps, stopping: AbortSignal): Promise<void> {
  const { orm } = deps.database
  const checks = new Map<string, Promise<Checked>>()
  const ask = (account: string) => {
    const asked = checks.get(account) ?? checkOf(account, deps)
    checks.set(account, asked)
    return asked
  }
  const checkedAfter = deps.now() - CHECKED_FOR_MS
  for (const due of await duePreflights(orm, { now: deps.now(), checkedAfter, limit: AT_A_TIME })) {
    if (stopping.aborted) return
    try {
      await look(due, ask, deps)
    } catch (error) {
      if (isAway(error)) throw error
      const { targetId } = due
      deps.log.error({ targetId, error: messageOf(error) }, 'could not look ahead at a target')
    }
  }
}

async function look(
  due: DuePreflight,
  ask: (account: string) => Promise<Checked>,
  deps: PublisherDeps,
): Promise<void> {
  const { orm } = deps.database
  const stored = (await loadTarget(orm, due.targetId))?.stored
  const { state } = stored?.target ?? {}
  if (!stored || state?.status !== 'scheduled' || state.publishAt !== due.publishAt) return
  const { account, content, postId, contentHash } = stored
  const { credential, checked } = await ask(account)
  // An hour ahead the rest is looked at all the same.
  if (credential.kind === 'unknown' && due.stage !== 'hour') return
  const kept = await keptMedia(
    orm,
    content.media.map(({ id }) => id),
  )
  const lost = content.media.filter(({ id }) => !kept.has(id)).map(({ filename }) => filename)
  const rules = deps.connector(account)?.check(content) ?? []
  const problem = judgePreflight({ credential, lost, content: rules }, due.publishAt)
  const at = deps.now()
  await recordPreflight(orm, { ...keyOf(due), postId, contentHash, at, problem, checked })
}

interface Checked {
  readonly credential: Examined['credential']
  /** As it is stored. */
  readonly checked: unknown
}

/** What the newest check said, while it is young; else what a new one says. */
async function checkOf(account: string, deps: PublisherDeps): Promise<Checked> {
  const last = deps.connector(account) && (await loadCheck(deps.database.orm, account))
  const isYoung = last !== undefined && deps.now() - last.at < CHECKED_FOR_MS
  const known = isYoung ? checkSchema.safeParse(last.checked).data : undefined
  if (known) return { credential: known, checked: last?.checked }
  const checked = await checkAccount(account, deps)
  return checked
    ? { credential: checked, checked }
    : { credential: { kind: 'gone' }, checked: null }
}

/** A CredentialCheck as it was stored. */
const checkSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ok'),
    expiresAt: z.number().exactOptional(),
    renews: z.literal(true).exactOptional(),
  }),
  z.object({
    kind: z.literal('refused'),
    reason: z.object({ text: z.string(), next: z.string().exactOptional() }),
  }),
  z.object({ kind: z.literal('unknown') }),
])

function keyOf({ targetId, stage, publishAt }: DuePreflight) {
  return { targetId, stage, publishAt }
}
