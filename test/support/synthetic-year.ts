import { DateTime } from 'luxon'
import { decide, nextDueAt } from '../../src/publisher/core/decide.js'
import type { Finding, Outcome, Reason } from '../../src/publisher/core/outcome.js'
import { createPolicy } from '../../src/publisher/core/retry.js'
import type { Actor, Target, TargetEvent } from '../../src/publisher/core/target.js'
import { createPost, type NewTarget } from '../../src/store/create-post.js'
import type { Database } from '../../src/store/database.js'
import { recordTransition } from '../../src/store/record-transition.js'
import type { StoredTarget } from '../../src/store/stored-target.js'
import { load, newPost, newTarget } from './targets.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const policy = createPolicy({ settleBaseMs: 5 * SECOND, backoffBaseMs: 5 * SECOND })
const person: Actor = { kind: 'person', id: 'U1', name: 'Alice' }

export interface SyntheticYear {
  readonly from: DateTime
  readonly to: DateTime
  readonly seed: number
  readonly posts: number
  /** Weeks in which nothing is published. */
  readonly quietWeeks: readonly string[]
  readonly channels: readonly { readonly chat: 'slack'; readonly channelId: string }[]
  readonly accounts: readonly SyntheticAccount[]
}

export interface SyntheticAccount {
  readonly name: string
  readonly platform: string
  readonly readable: boolean
  /** Posts go to it only between these. */
  readonly from?: DateTime
  readonly to?: DateTime
}

/**
 * Fills a store with a history in which everything happens that can happen, through the real
 * decisions and the real statements. The same seed makes the same history.
 */
export async function storeYear(database: Database, year: SyntheticYear): Promise<void> {
  const chance = createChance(year.seed)
  for (let index = 0; index < year.posts; index++) {
    const at = year.from.toMillis() + Math.floor(chance.next() * +year.to.diff(year.from))
    if (year.quietWeeks.includes(weekId(at, year))) continue
    const accounts = year.accounts.filter(({ from, to }) => {
      return (from?.toMillis() ?? 0) <= at && at < (to?.toMillis() ?? Number.MAX_SAFE_INTEGER)
    })
    const chosen = accounts.filter(() => chance.of(0.5))
    const publishAt = chance.of(0.4) ? at + Math.floor(chance.next() * 3 * DAY) : undefined
    const list = chosen.map(({ name, platform }, place) =>
      newTarget({
        id: `t${index}-${place}`,
        account: name,
        platform,
        state: firstState(at, publishAt, chance),
      }),
    )
    const channel = chance.pick(year.channels)
    await createPost(database.orm, {
      ...newPost({ id: `p${index}`, createdAt: at, targets: list, text: `Post ${index}` }),
      conversation: { ...channel, teamId: 'T1' },
      ...(publishAt === undefined ? {} : { publishAt }),
    })
    for (const [place, { id }] of list.entries()) {
      const account = chosen[place]
      if (account) await live(database, await load(database, id), account, at, year, chance)
    }
  }
}

function firstState(at: number, publishAt: number | undefined, chance: Chance): NewTarget['state'] {
  if (chance.of(0.05)) {
    const reason: Reason = { class: 'policy', text: 'It waits for an approval.' }
    return { status: 'held', hold: 'approval', reason, heldAt: at }
  }
  return publishAt === undefined
    ? { status: 'queued', dueAt: at }
    : { status: 'scheduled', publishAt }
}

/** One target's life: what is due is done, what needs a person is done by one, or never. */
async function live(
  database: Database,
  first: StoredTarget,
  account: SyntheticAccount,
  createdAt: number,
  year: SyntheticYear,
  chance: Chance,
): Promise<void> {
  const context = { policy, can: { canLookUp: account.readable, canVerify: account.readable } }
  let stored = first
  let at = createdAt
  for (let steps = 0; steps < 60; steps++) {
    const event = nextEvent(stored.target, at, account, chance)
    if (!event || event.at >= year.to.toMillis()) return
    at = event.at
    const decision = decide(stored.target, event, context)
    if (decision.kind === 'moved') {
      stored = await recordTransition(database.orm, stored, event, decision)
    }
  }
}

function nextEvent(
  target: Target,
  now: number,
  account: SyntheticAccount,
  chance: Chance,
): TargetEvent | undefined {
  const { state, lease } = target
  const soon = now + Math.floor(chance.next() * 20 * SECOND)
  const later = now + Math.floor(chance.next() ** 3 * 6 * DAY) + SECOND
  const by = { at: later, who: person }
  if (lease && state.status !== 'publishing') return answer(target, soon, account, chance)
  switch (state.status) {
    case 'scheduled':
      if (chance.of(0.04)) return { type: 'cancelRequested', at: now + SECOND, who: person }
      if (chance.of(0.04)) {
        return { type: 'rescheduled', at: now + SECOND, who: person, publishAt: now + 5 * HOUR }
      }
      if (chance.of(0.04)) return { type: 'publishNowRequested', at: now + SECOND, who: person }
      if (chance.of(0.04)) return { type: 'edited', at: now + SECOND, who: person }
      return claim(target, now, chance)
    case 'waiting':
      if (chance.of(0.1)) return { type: 'publishNowRequested', at: now + SECOND, who: person }
      if (chance.of(0.05)) return { type: 'cancelRequested', at: now + SECOND, who: person }
      return claim(target, now, chance)
    case 'queued':
    case 'processing':
    case 'reconciling':
      return claim(target, now, chance)
    case 'publishing':
      // The worker may be gone: then the next one comes when the lease has ended.
      if (chance.of(0.03) && lease) {
        const endedAt = lease.expiresAt
        return chance.of(0.5) ? { type: 'leaseEnded', at: endedAt } : claim(target, endedAt, chance)
      }
      if (state.mutationAt === undefined) {
        const leaseExpiresAt = now + MINUTE
        return { type: 'mutationBegun', at: now, handles: {}, leaseExpiresAt }
      }
      return answer(target, Math.min(soon, (lease?.expiresAt ?? soon) - 1), account, chance)
    case 'unconfirmed':
      if (state.relookAt !== undefined && chance.of(0.7)) return claim(target, now, chance)
      if (chance.of(0.2)) return undefined
      return { type: 'verdictGiven', verdict: chance.of(0.6) ? 'live' : 'absent', ...by }
    case 'held':
      if (state.hold === 'approval') return { type: 'approved', ...by }
      if (chance.of(0.3) && state.hold === 'account') return { type: 'accountRestored', at: later }
      if (chance.of(0.2)) return { type: 'cancelRequested', ...by }
      if (chance.of(0.1)) return { type: 'rescheduled', ...by, publishAt: later + HOUR }
      return chance.of(0.8) ? { type: 'publishNowRequested', ...by } : undefined
    case 'failed':
      if (chance.of(0.3)) return { type: 'edited', ...by }
      return chance.of(0.7) ? { type: 'retryRequested', ...by } : undefined
    case 'published':
      if (state.recheckAt === undefined || state.rechecks > 1) return undefined
      return claim(target, now, chance)
    case 'cancelled':
      return undefined
  }
}

function claim(target: Target, now: number, chance: Chance): TargetEvent {
  // Mostly at once; sometimes the workers are busy, and sometimes nothing runs for a while.
  const idleMs = chance.of(0.03)
    ? 3 * MINUTE
    : chance.of(0.02)
      ? 40 * MINUTE
      : Math.floor(chance.next() * 3 * SECOND)
  const at = Math.max(now, nextDueAt(target) ?? now) + idleMs
  const reason: Reason = { class: 'auth', text: 'The token is refused.' }
  return {
    type: 'claimed',
    at,
    lease: { token: 'l', worker: 'w', expiresAt: at + MINUTE },
    gate: chance.of(0.02) ? { kind: 'held', reason } : { kind: 'open' },
    where: 'https://platform.example/profile',
  }
}

/** What the one that holds the claim reports. */
function answer(
  { state }: Target,
  at: number,
  account: SyntheticAccount,
  chance: Chance,
): TargetEvent {
  const jitter = chance.next()
  const where = 'https://platform.example/profile'
  if (state.status === 'published') {
    return chance.of(0.1)
      ? { type: 'sighted', at, sighting: { kind: 'gone', how: 'It is not listed.' } }
      : { type: 'sighted', at, sighting: { kind: 'live' } }
  }
  if (state.status === 'reconciling' || state.status === 'unconfirmed') {
    return { type: 'lookedUp', at, finding: finding(chance), jitter, where }
  }
  return { type: 'attempted', at, outcome: outcome(account, chance), jitter, where }
}

function finding(chance: Chance): Finding {
  const copies = [{ remoteId: '1', permalink: 'https://platform.example/1' }, { remoteId: '2' }]
  return chance.weighted<Finding>([
    [5, { kind: 'found', how: 'It is in the listing.' }],
    [1, { kind: 'found', how: 'It is there twice.', copies }],
    [2, { kind: 'absent', proof: 'settled', how: 'It is not in the listing.' }],
    [1, { kind: 'absent', proof: 'conclusive', how: 'The platform says so.' }],
    [9, { kind: 'unclear', how: 'The listing is cut off.' }],
    [1, { kind: 'error', reason: { class: 'network', text: 'No answer.' } }],
  ])
}

function outcome({ platform }: SyntheticAccount, chance: Chance): Outcome {
  const reason = (name: Reason['class']): Reason => ({ class: name, text: `It was ${name}.` })
  if (platform === 'manual') return { kind: 'ambiguous', reason: reason('unknown') }
  return chance.weighted<Outcome>([
    [70, { kind: 'published' }],
    [8, { kind: 'accepted', stage: 'finishing', note: 'It is being worked on.' }],
    [8, { kind: 'transient', reason: reason('platform') }],
    [3, { kind: 'transient', reason: reason('rate_limit'), retryAfterMs: 2 * MINUTE }],
    [3, { kind: 'permanent', reason: reason('validation') }],
    [1, { kind: 'permanent', reason: reason('auth') }],
    [8, { kind: 'ambiguous', reason: reason('network') }],
  ])
}

function weekId(at: number, year: SyntheticYear): string {
  return DateTime.fromMillis(at, { zone: year.from.zone }).toFormat("kkkk-'W'WW")
}

export interface Chance {
  /** Uniform in [0, 1). */
  next(): number
  of(probability: number): boolean
  pick<T>(list: readonly T[]): T
  weighted<T>(list: readonly (readonly [number, T])[]): T
}

/** Reproducible chance (mulberry32). */
export function createChance(seed: number): Chance {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const weighted = <T>(list: readonly (readonly [number, T])[]): T => {
    let left = next() * list.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, item] of list) {
      left -= weight
      if (left < 0) return item
    }
    throw new RangeError('nothing to choose from')
  }
  return {
    next,
    of: (probability) => next() < probability,
    pick: (list) => weighted(list.map((item) => [1, item] as const)),
    weighted,
  }
}
