import {
  beginOutage,
  endOutage,
  type Outage,
  openOutages,
  recentEndings,
  takeProbe,
  waitsToBeSent,
} from '../store/outages.js'
import { askForSlot, giveSlotBack } from '../store/slots.js'
import type { StoredTarget } from '../store/stored-target.js'
import { heardIn, isOutage, isSilent, nextProbeMs, OUTAGE_WITHIN_MS } from './core/outage.js'
import type { Finding, Outcome } from './core/outcome.js'
import type { AccountGate } from './core/target.js'
import type { PublisherDeps } from './deps.js'

/** Between two looks at which platforms are down. */
const FOLLOW_MS = 1_000
/** A look-up that was answered lets others look for so long, also where nothing can be sent. */
const READS_FOR_MS = 60_000
/** What waits for a platform comes back spread over this part of a backoff after its next probe. */
const SPREAD = 0.4
const DOWN =
  'The platform seems to be down; one attempt at a time is made to see whether it answers.'

/**
 * What all workers together may send: an account's limits, and one probe at a time to a platform
 * that is down. Kept in the store; this only remembers for a second which platforms those are.
 */
export function createTraffic(deps: PublisherDeps) {
  const { orm } = deps.database
  let outages: readonly Outage[] = []
  let knownUntil = 0
  /** Until when look-ups may go on, by platforms that are down. */
  const readsUntil = new Map<string, number>()

  async function outageOf(platform: string): Promise<Outage | undefined> {
    if (deps.now() >= knownUntil) {
      knownUntil = deps.now() + FOLLOW_MS
      outages = await openOutages(orm)
    }
    return outages.find((outage) => outage.platform === platform)
  }

  /**
   * Whether this target has to wait because its platform is down, or is the one that finds out.
   * @returns when the next probe may be made; undefined to go ahead
   */
  async function probeAfter(platform: string, now: number): Promise<number | undefined> {
    const outage = await outageOf(platform)
    if (!outage) return undefined
    const probeAt = outage.probeAt.getTime()
    if (probeAt > now) return probeAt
    const nextAt = now + nextProbeMs(outage.probes + 1, deps.policy)
    const isTaken = await takeProbe(orm, platform, now, nextAt)
    knownUntil = 0 // what is remembered is too old to wait by
    if (isTaken) return undefined
    const current = await outageOf(platform)
    return current && Math.max(now + 1, current.probeAt.getTime())
  }

  const mayRead = (platform: string, now: number) => (readsUntil.get(platform) ?? 0) > now

  /** Whether a target that is due may go on now, beyond what its account's own state says. */
  async function pass(stored: StoredTarget, gate: AccountGate): Promise<AccountGate> {
    const { id: targetId, account, platform, target } = stored
    const { state } = target
    const now = deps.now()
    const sends = ['scheduled', 'queued', 'waiting'].includes(state.status)
    const isPaused = gate.kind === 'paused' && gate.untilAt > now
    const isDue = (stored.dueAt ?? Number.POSITIVE_INFINITY) <= now && !target.lease
    if (gate.kind === 'held' || isPaused || !isDue) return gate
    const looks = state.status === 'reconciling'
    if (!sends && !looks) return gate
    const probeAt = looks && mayRead(platform, now) ? undefined : await probeAfter(platform, now)
    if (probeAt !== undefined) {
      const untilAt = probeAt + deps.random() * SPREAD * deps.policy.backoffBaseMs
      return { kind: 'paused', untilAt, why: DOWN }
    }
    const limits = deps.limits?.(account)
    if (!limits || !sends) return gate
    const promised = 'promised' in state && state.promised === true
    const ask = { targetId, now, expiresAt: now + deps.leaseMs, promised }
    const answer = await askForSlot(orm, account, ask, limits)
    if (answer.kind === 'taken') return gate
    const why = 'The account sends no more at once than its limits allow.'
    return { kind: 'paused', untilAt: answer.untilAt, promised: answer.promised, why }
  }

  /** Gives back what a target had taken. */
  async function left({ id, account }: StoredTarget): Promise<void> {
    if (deps.limits?.(account)) await giveSlotBack(orm, account, id)
  }

  /** What an attempt's outcome says about its platform. Never throws: the next one tells as well. */
  async function heard({ platform }: StoredTarget, outcome: Outcome): Promise<void> {
    try {
      const now = deps.now()
      const told = heardIn(outcome)
      if (told === 'nothing') return
      if (told === 'answer') {
        if ((await outageOf(platform)) && (await endOutage(orm, platform, now))) {
          knownUntil = 0
          deps.log.warn({ platform }, 'the platform answers again')
        }
        return
      }
      if (await outageOf(platform)) return
      const recent = await recentEndings(orm, platform, now - OUTAGE_WITHIN_MS)
      if (!isOutage(recent, now)) return
      const probeAt = now + nextProbeMs(0, deps.policy)
      if (await beginOutage(orm, { platform, at: now, probeAt })) {
        deps.log.warn({ platform }, 'the platform seems to be down; it is probed by one attempt')
      }
      knownUntil = 0
    } catch (error) {
      deps.log.warn({ error: (error as Error).message }, 'an outage could not be judged')
    }
  }

  /**
   * What a look-up says about its platform. Being able to read proves nothing about sending, so an
   * answer ends an outage only when nothing waits to be sent. Never throws.
   */
  async function looked({ platform }: StoredTarget, finding: Finding): Promise<void> {
    try {
      if (!(await outageOf(platform))) return
      const now = deps.now()
      if (finding.kind === 'error' && isSilent(finding.reason)) {
        readsUntil.delete(platform)
        return
      }
      readsUntil.set(platform, now + READS_FOR_MS)
      if (await waitsToBeSent(orm, platform)) return
      if (await endOutage(orm, platform, now)) knownUntil = 0
    } catch (error) {
      deps.log.warn({ error: (error as Error).message }, 'an outage could not be judged')
    }
  }

  return { pass, left, heard, looked }
}

export type Traffic = ReturnType<typeof createTraffic>
