import type { Instant } from './target.js'

/** What an account allows, whoever sends for it. */
export interface Limits {
  /** Attempts under way at the same time. */
  readonly concurrent?: number | undefined
  /** Attempts begun in a minute. */
  readonly perMinute?: number | undefined
}

/** One of the places of an account; kept for as long as the claim that took it. */
export interface Place {
  readonly targetId: string
  readonly until: Instant
}

/** What is under way and promised for an account; shared by all workers. */
export interface Slots {
  /** By the token of the claim: whoever lost it can give nobody else's place away. */
  readonly taken: Readonly<Record<string, Place>>
  /** When the next attempt may begin by the rate. */
  readonly nextAt: Instant
  /** When somebody who has to wait for a free place may ask again. */
  readonly askAt: Instant
}

export const NO_SLOTS: Slots = { taken: {}, nextAt: 0, askAt: 0 }

export type SlotAnswer =
  | { readonly kind: 'taken' }
  /** Not now. `promised`: that moment is kept for this target, and needs no asking by the rate. */
  | { readonly kind: 'busy'; readonly untilAt: Instant; readonly promised: boolean }

/** One attempt, as far as nothing is known yet. */
const TYPICAL_MS = 300
const LONGEST_WAIT_MS = 60_000

/**
 * Gives a target a place among what its account may do at once and in a minute, or the moment at
 * which it should come back. Those who come late get later moments, so that none of them is woken in
 * vain again and again. Pure.
 */
export function takeSlot(
  slots: Slots,
  ask: { targetId: string; token: string; now: Instant; expiresAt: Instant; promised: boolean },
  limits: Limits,
): { slots: Slots; answer: SlotAnswer } {
  const { targetId, token, now, expiresAt } = ask
  const taken = Object.fromEntries(
    Object.entries(slots.taken).filter(([, { until }]) => until > now),
  )
  const current = { ...slots, taken }
  const { concurrent, perMinute } = limits
  const others = Object.values(taken).filter((place) => place.targetId !== targetId).length
  if (concurrent !== undefined && others >= concurrent) {
    const next = Math.max(slots.askAt, now + TYPICAL_MS) + TYPICAL_MS / concurrent
    const untilAt = Math.min(next, now + LONGEST_WAIT_MS)
    const promised = ask.promised
    return { slots: { ...current, askAt: untilAt }, answer: { kind: 'busy', untilAt, promised } }
  }
  const paid = ask.promised || perMinute === undefined
  if (!paid && slots.nextAt > now) {
    const nextAt = slots.nextAt + 60_000 / perMinute
    const answer = { kind: 'busy', untilAt: slots.nextAt, promised: true } as const
    return { slots: { ...current, nextAt }, answer }
  }
  const nextAt = paid ? slots.nextAt : now + 60_000 / perMinute
  return {
    slots: { ...current, nextAt, taken: { ...taken, [token]: { targetId, until: expiresAt } } },
    answer: { kind: 'taken' },
  }
}
