import {
  beginOutage,
  endOutage,
  type OpenOutage,
  openOutages,
  type Place,
  placeOf,
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
 * (the host of it that accounts share) that is down. Kept in the store; this only remembers for a
 * second which those are.
 */
export function createTraffic(deps: PublisherDeps) {
  const { orm } = deps.database
  let outages: readonly OpenOutage[] = []
  let knownUntil = 0
  /** Until when look-ups may go on, by places that are down. */
  const readsUntil = new Map<string, number>()

  async function outageOf(account: string): Promise<OpenOutage | undefined> {
    if (deps.now() >= knownUntil) {
      knownUntil = deps.now() + FOLLOW_MS
      outages = await openOutages(orm)
    }
    return outages.find(({ accounts }) => accounts.includes(account))
  }

  /**
   * While a platform is down one target at a time is sent there, as a probe, and the others wait.
   * @returns when the next probe may be made; undefined to go ahead: this target is
   * the probe, or the platform is up again
   */
  async function probeAfter(
    account: string,
    outage: OpenOutage,
    now: number,
  ): Promise<number | undefined> {
    const probeAt = outage.probeAt.getTime()
    if (probeAt > now) return probeAt
    const nextAt = now + nextProbeMs(outage.probes + 1, deps.policy)
    const isTaken = await takeProbe(orm, outage, now, nextAt)
    knownUntil = 0 // what is remembered is too old to wait by
    if (isTaken) return undefined
    const current = await outageOf(account)
    return current && Math.max(now + 1, current.probeAt.getTime())
  }

  const mayRead = (place: Place, now: number) => (readsUntil.get(keyOf(place)) ?? 0) > now

  /**
   * Whether a target that is due may go on now, beyond what its account's own state says.
   * @param token of the claim that is about to be made
   */
  async function pass(
    stored: StoredTarget,
    gate: AccountGate,
    token: string,
  ): Promise<AccountGate> {
    const { id: targetId, account, target } = stored
    const { state } = target
    const now = deps.now()
    const sends = ['scheduled', 'queued', 'waiting'].includes(state.status)
    const isPaused = gate.kind === 'paused' && gate.untilAt > now
    const isDue = (stored.dueAt ?? Number.POSITIVE_INFINITY) <= now && !target.lease
    // Begun already, and about to send: neither a pause nor an outage stops it.
    const resumes = state.status === 'processing' && state.stage === 'preparing'
    if (gate.kind === 'held' || (isPaused && !resumes) || !isDue) return gate
    const looks = state.status === 'reconciling'
    if (!sends && !looks && !resumes) return gate
    const outage = resumes ? undefined : await outageOf(account)
    const goesAhead = !outage || (looks && mayRead(outage, now))
    const probeAt = goesAhead ? undefined : await probeAfter(account, outage, now)
    if (probeAt !== undefined) {
      const untilAt = probeAt + deps.random() * SPREAD * deps.policy.backoffBaseMs
      return { kind: 'paused', untilAt, why: DOWN }
    }
    const limits = deps.limits?.(account)
    if (!limits || looks) return gate
    const promised = resumes || ('promised' in state && state.promised === true)
    const ask = { targetId, token, now, expiresAt: now + deps.leaseMs, promised }
    const answer = await askForSlot(orm, account, ask, limits)
    if (answer.kind === 'taken') return gate
    const why = 'The account sends no more at once than its limits allow.'
    return { kind: 'paused', untilAt: answer.untilAt, promised: answer.promised, why }
  }

  /** Gives back what a claim had taken. */
  async function left({ account }: StoredTarget, token: string): Promise<void> {
    if (deps.limits?.(account)) await giveSlotBack(orm, account, token)
  }

  /** What an attempt's outcome says about its platform. Never throws: the next one tells as well. */
  async function heard({ account }: StoredTarget, outcome: Outcome): Promise<void> {
    try {
      const told = heardIn(outcome)
      if (told === 'nothing') return
      const now = deps.now()
      const outage = await outageOf(account)
      if (told === 'silence') return outage ? undefined : await judge(account, now)
      if (!outage || !(await endOutage(orm, outage, now))) return
      knownUntil = 0
      const { platform, host } = outage
      deps.log.warn({ platform, host }, 'the platform answers again')
    } catch (error) {
      deps.log.warn({ error: (error as Error).message }, 'an outage could not be judged')
    }
  }

  /** An attempt met with silence: the account alone, or the place where it sends to? */
  async function judge(account: string, now: number): Promise<void> {
    const place = await placeOf(orm, account)
    if (!place) return
    const recent = await recentEndings(orm, place, now - OUTAGE_WITHIN_MS)
    if (!isOutage(recent, place.accounts, now)) return
    const probeAt = now + nextProbeMs(0, deps.policy)
    if (await beginOutage(orm, place, { at: now, probeAt })) {
      const { platform, host } = place
      deps.log.warn({ platform, host }, 'the platform seems to be down; one attempt probes it')
    }
    knownUntil = 0
  }

  /**
   * What a look-up says about its platform. Being able to read proves nothing about sending, so an
   * answer ends an outage only when nothing waits to be sent. Never throws.
   */
  async function looked({ account }: StoredTarget, finding: Finding): Promise<void> {
    try {
      const outage = await outageOf(account)
      if (!outage) return
      const now = deps.now()
      if (finding.kind === 'error' && isSilent(finding.reason)) {
        readsUntil.delete(keyOf(outage))
        return
      }
      readsUntil.set(keyOf(outage), now + READS_FOR_MS)
      if (await waitsToBeSent(orm, outage)) return
      if (await endOutage(orm, outage, now)) knownUntil = 0
    } catch (error) {
      deps.log.warn({ error: (error as Error).message }, 'an outage could not be judged')
    }
  }

  return { pass, left, heard, looked }
}

export type Traffic = ReturnType<typeof createTraffic>

function keyOf({ platform, host }: Place): string {
  return `${platform}/${host}`
}
