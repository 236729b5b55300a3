import { randomUUID } from 'node:crypto'
import type { Context } from '../../src/publisher/core/decide.js'
import type { Reason } from '../../src/publisher/core/outcome.js'
import { createPolicy } from '../../src/publisher/core/retry.js'
import type {
  Actor,
  Decision,
  Lease,
  Status,
  Target,
  TargetState,
} from '../../src/publisher/core/target.js'
import { createPost, type NewPost, type NewTarget } from '../../src/store/create-post.js'
import type { Database } from '../../src/store/database.js'
import { loadTarget } from '../../src/store/load-targets.js'
import { accounts } from '../../src/store/schema.js'
import type { StoredTarget } from '../../src/store/stored-target.js'
import { NOON } from './clock.js'

export const policy = createPolicy({ settleBaseMs: 5_000, backoffBaseMs: 5_000 })
/** A platform that can be read. */
export const readable: Context = { policy, can: { canLookUp: true, canVerify: true } }
/** A platform that cannot. */
export const unreadable: Context = { policy, can: { canLookUp: false, canVerify: false } }

export const alice: Actor = { kind: 'person', id: 'U1', name: 'Alice' }
export const reason: Reason = { class: 'platform', text: 'The platform is down.' }
export const authReason: Reason = { class: 'auth', text: 'The token is refused.' }

const STATES: { readonly [S in Status]: Extract<TargetState, { status: S }> } = {
  scheduled: { status: 'scheduled', publishAt: NOON },
  queued: { status: 'queued', dueAt: NOON },
  publishing: { status: 'publishing', startedAt: NOON, mutationAt: NOON },
  processing: {
    status: 'processing',
    stage: 'finishing',
    note: 'The platform works on the video.',
    polls: 0,
    pollAt: NOON,
    deadlineAt: NOON + 600_000,
    mutationAt: NOON,
  },
  waiting: { status: 'waiting', retryAt: NOON, reason },
  reconciling: {
    status: 'reconciling',
    evidence: [{ at: NOON, text: 'The connection was reset.' }],
    mutationAt: NOON,
    lookUps: 0,
    lookUpErrors: 0,
    absences: 0,
    lookUpAt: NOON,
  },
  unconfirmed: {
    status: 'unconfirmed',
    evidence: [{ at: NOON, text: 'The connection was reset.' }],
    askedAt: NOON,
    mutationAt: NOON,
    relooks: 0,
    relookAt: NOON,
  },
  held: { status: 'held', hold: 'account', reason: authReason, heldAt: NOON },
  failed: { status: 'failed', reason, failedAt: NOON },
  published: {
    status: 'published',
    publishedAt: NOON,
    how: 'answer',
    remoteId: 'r1',
    missing: 0,
    rechecks: 0,
    recheckAt: NOON,
  },
  cancelled: { status: 'cancelled', who: alice, cancelledAt: NOON },
}

export const STATUSES = Object.keys(STATES) as readonly Status[]

export function leaseUntil(expiresAt: number, worker = 'worker-1'): Lease {
  return { token: `${worker}-token`, worker, expiresAt }
}

/**
 * A target in a state, due at NOON where something is due, with one attempt made wherever a state
 * comes after one. `publishing` is leased for a minute.
 * @param fields changes to the state
 * @param rest changes to the target around it
 */
export function target<S extends Status>(
  status: S,
  fields: Partial<Extract<TargetState, { status: S }>> = {},
  rest: Partial<Omit<Target, 'state'>> = {},
): Target {
  const state = { ...STATES[status], ...fields } as TargetState
  const attempt = status === 'scheduled' || status === 'queued' ? 0 : 1
  return {
    state,
    attempt,
    automatic: attempt,
    dueSince: NOON,
    handles: {},
    ...(status === 'publishing' ? { lease: leaseUntil(NOON + 60_000) } : {}),
    ...rest,
  }
}

/** The target without a field that `exactOptionalPropertyTypes` does not let one set to undefined. */
export function without<T extends Target>(made: T, field: string): T {
  const { [field]: _gone, ...state } = made.state as unknown as Record<string, unknown>
  return { ...made, state: state as unknown as TargetState }
}

export type Moved = Extract<Decision, { kind: 'moved' }>

/** @throws when the decision was a refusal */
export function movedTo(decision: Decision): Moved {
  if (decision.kind === 'refused') throw new Error(`expected a move, but: ${decision.why}`)
  return decision
}

/** The state of a decided move, if it is the expected one. @throws when it is another */
export function stateOf<S extends Status>(
  decision: Decision,
  status: S,
): Extract<TargetState, { status: S }> {
  const { state } = movedTo(decision).target
  if (state.status !== status) throw new Error(`expected ${status}, not ${state.status}`)
  return state as Extract<TargetState, { status: S }>
}

export function newTarget(changes: Partial<NewTarget> = {}): NewTarget {
  return {
    id: `t${randomUUID().slice(0, 12)}`,
    account: 'facebook',
    platform: 'facebook',
    state: { status: 'queued', dueAt: NOON },
    content: { text: 'Hello', media: [] },
    contentHash: 'hash',
    idempotencyKey: randomUUID(),
    ...changes,
  }
}

export function newPost(changes: Partial<NewPost> = {}): NewPost {
  return {
    id: `p${randomUUID().slice(0, 12)}`,
    conversation: { chat: 'slack', teamId: 'T1', channelId: 'C1' },
    author: { id: 'U1', name: 'Alice' },
    text: 'Hello',
    request: {},
    createdAt: NOON,
    targets: [newTarget()],
    ...changes,
  }
}

export async function addAccount(
  { orm }: Database,
  name = 'facebook',
  changes: Partial<typeof accounts.$inferInsert> = {},
): Promise<void> {
  await orm.insert(accounts).values({
    name,
    platform: 'facebook',
    credentials: '',
    fingerprint: name,
    createdAt: new Date(NOON),
    ...changes,
  })
}

/** Stores a post with these targets and reads the targets back. */
export async function storeTargets(
  database: Database,
  list: readonly Partial<NewTarget>[],
): Promise<StoredTarget[]> {
  const made = list.map(newTarget)
  await createPost(database.orm, newPost({ targets: made }))
  return Promise.all(made.map(({ id }) => load(database, id)))
}

/** @throws when there is no such target */
export async function load({ orm }: Database, id: string): Promise<StoredTarget> {
  const loaded = await loadTarget(orm, id)
  if (!loaded) throw new Error(`no target ${id}`)
  return loaded.stored
}
