import type { Instant } from '../publisher/core/target.js'

export type Operation = 'post' | 'edit' | 'find'

/** A token bucket: `burst` calls at once, then `perSecond`. */
export interface Allowance {
  readonly burst: number
  readonly perSecond: number
  /** Counted for each channel by itself, or for the whole chat. */
  readonly per: 'channel' | 'chat'
}

/** What a chat allows, by operation; a call needs a token of every bucket named. */
export type Pace = Readonly<Record<Operation, readonly Allowance[]>>

/** How much a call matters; lower goes first. */
export type Urgency = 0 | 1 | 2 | 3

export interface Want {
  readonly operation: Operation
  readonly channelId: string
  readonly urgency: Urgency
}

interface Bucket {
  readonly tokens: number
  readonly at: Instant
}

/** Share of a bucket that calls of each urgency leave for more urgent ones. */
const KEPT: Readonly<Record<Urgency, number>> = { 0: 0, 1: 0, 2: 0.1, 3: 0.5 }

/** Decides when the next call to one chat may go; it never waits and reads no clock. */
export interface Pacer {
  /** Milliseconds until such a call may go; 0 is now. */
  delayMs(want: Want, now: Instant): number
  /** Takes the tokens for a call that goes now. */
  spend(want: Want, now: Instant): void
  /** Gives them back: the call was not made after all. */
  refund(want: Want, now: Instant): void
  /** The chat refused this call until then: nothing of its kind goes before, and no burst after. */
  pause(want: Want, until: Instant): void
}

export function createPacer(pace: Pace): Pacer {
  const buckets = new Map<string, Bucket>()
  const pausedUntil = new Map<Operation, Instant>()

  const bucketsOf = ({ operation, channelId }: Want, now: Instant) =>
    pace[operation].map((allowance, index) => {
      const key = `${operation} ${index} ${allowance.per === 'channel' ? channelId : ''}`
      return { key, allowance, tokens: refill(buckets.get(key), allowance, now) }
    })

  return {
    delayMs(want, now) {
      const waits = bucketsOf(want, now).map(({ allowance, tokens }) => {
        const needed = 1 + Math.floor((allowance.burst - 1) * KEPT[want.urgency])
        return tokens >= needed ? 0 : Math.ceil(((needed - tokens) / allowance.perSecond) * 1000)
      })
      const pausedMs = (pausedUntil.get(want.operation) ?? 0) - now
      return Math.max(0, pausedMs, ...waits)
    },
    spend(want, now) {
      for (const { key, tokens } of bucketsOf(want, now))
        buckets.set(key, { tokens: tokens - 1, at: now })
      if (buckets.size > MANY) forgetFull(buckets, pace, now)
    },
    refund(want, now) {
      for (const { key, allowance, tokens } of bucketsOf(want, now)) {
        buckets.set(key, { tokens: Math.min(allowance.burst, tokens + 1), at: now })
      }
    },
    pause(want, until) {
      const { operation } = want
      pausedUntil.set(operation, Math.max(until, pausedUntil.get(operation) ?? 0))
      for (const { key } of bucketsOf(want, until)) buckets.set(key, { tokens: 1, at: until })
    },
  }
}

/** Channels with a bucket before the full ones are forgotten; a full bucket says nothing. */
const MANY = 1000

function forgetFull(buckets: Map<string, Bucket>, pace: Pace, now: Instant): void {
  for (const [key, bucket] of buckets) {
    const [operation, index] = key.split(' ')
    const allowance = pace[operation as Operation][Number(index)]
    if (allowance && refill(bucket, allowance, now) >= allowance.burst) buckets.delete(key)
  }
}

/** @returns the tokens in the bucket now */
function refill(bucket: Bucket | undefined, allowance: Allowance, now: Instant): number {
  if (!bucket) return allowance.burst
  const earned = (Math.max(0, now - bucket.at) / 1000) * allowance.perSecond
  return Math.min(allowance.burst, bucket.tokens + earned)
}
