import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import { repliesFor } from '../../../src/bot/card-replies.js'
import { inWords, parseWhen } from '../../../src/bot/when.js'
import { decide, nextDueAt } from '../../../src/publisher/core/decide.js'
import type { Target, TargetEvent } from '../../../src/publisher/core/target.js'
import * as bot from '../../bot/view.js'
import { alice, leaseUntil, policy, readable } from '../../support/targets.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const START = Date.UTC(2026, 0, 1)
const LEASE_MS = 45_000
const ZONES = [
  'Europe/Madrid',
  'America/New_York',
  'Australia/Lord_Howe', // changes by half an hour
  'America/Santiago', // changes at midnight
  'Asia/Kathmandu',
  'Africa/Casablanca', // changes around Ramadan
]

/** A generator that can be repeated (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** When the process runs: it stops at random moments, for seconds, minutes, hours or days. */
class Uptime {
  private readonly outages: { from: number; to: number }[] = []

  constructor(random: () => number) {
    const lengths = [5_000, 2 * MINUTE, 10 * MINUTE, 40 * MINUTE, 8 * HOUR, 2 * DAY]
    for (let at = START; at < START + 400 * DAY; ) {
      const from = at + random() * 5 * DAY
      const to =
        from + (lengths[Math.floor(random() ** 2 * lengths.length)] ?? 0) * (0.5 + random())
      this.outages.push({ from, to })
      at = to
    }
  }

  /** The first moment from then on at which it runs. */
  upFrom(at: number): number {
    return this.outages.find(({ from, to }) => from <= at && at < to)?.to ?? at
  }

  stopsWithin(from: number, to: number): boolean {
    return this.outages.some((outage) => outage.from >= from && outage.from < to)
  }
}

interface Life {
  target: Target
  copies: number
  /** When the last attempt began to send. */
  sentAt: number
  /** Sent although it was later than the grace period, without a person's word. */
  tooLate: boolean
  told: string[]
}

/** One post from its scheduling to its end, over the life of a process that is not always there. */
function live(publishAt: number, uptime: Uptime, random: () => number): Life {
  let target: Target = {
    state: { status: 'scheduled', publishAt },
    attempt: 0,
    automatic: 0,
    dueSince: publishAt,
    handles: {},
  }
  const life: Life = { target, copies: 0, sentAt: 0, tooLate: false, told: [] }
  const apply = (event: TargetEvent) => {
    const decision = decide(target, event, readable)
    if (decision.kind === 'moved') target = decision.target
    return decision
  }
  let now = START
  for (let turns = 0; turns < 200; turns++) {
    const dueAt = nextDueAt(target)
    if (target.state.status === 'published' || target.state.status === 'cancelled') break
    if (dueAt === undefined) {
      // It waits for a person: was it said in the thread?
      const stored = bot.target('tfacebook', target.state, { attempt: target.attempt })
      life.told.push(...repliesFor(bot.view([stored]), []).map(({ card }) => card.key))
      now += random() * 2 * HOUR
      const at = now
      const what = random()
      if (what < 0.4) apply({ type: 'publishNowRequested', at, who: alice })
      else if (what < 0.8) {
        apply({ type: 'rescheduled', at, who: alice, publishAt: at + random() * DAY })
      } else apply({ type: 'cancelRequested', at, who: alice })
      continue
    }
    now = uptime.upFrom(Math.max(now, dueAt)) + random() * 500
    const before = target
    const lease = leaseUntil(now + LEASE_MS)
    const decision = apply({ type: 'claimed', at: now, lease, gate: { kind: 'open' } })
    if (decision.kind === 'refused') throw new Error(`a due target was refused: ${decision.why}`)
    if (decision.task === 'publish') {
      const due = nextDueAt(before) ?? now
      if (now - due > policy.graceMs) life.tooLate = true
      publish()
    } else if (decision.task === 'lookUp') {
      now += 300
      if (uptime.stopsWithin(now - 300, now)) continue
      const how = ''
      apply({
        type: 'lookedUp',
        at: now,
        jitter: random(),
        finding:
          life.copies > 0
            ? { kind: 'found', remoteId: 'r1', how }
            : { kind: 'absent', proof: 'conclusive', how },
      })
    }
  }
  life.target = target
  return life

  function publish(): void {
    const tookMs = 100 + random() * 20_000
    const [began, ended] = [now, now + tookMs]
    now = ended
    const marked = began + tookMs * 0.3
    if (uptime.stopsWithin(began, marked)) return // before anything was sent
    const leaseExpiresAt = marked + LEASE_MS
    life.sentAt = marked
    apply({ type: 'mutationBegun', at: marked, handles: {}, leaseExpiresAt })
    const accepted = random() < 0.95
    if (accepted) life.copies += 1
    if (uptime.stopsWithin(marked, ended)) return // sent, and nobody heard the answer
    const reason = { class: 'platform', text: 'The answer was lost.' } as const
    const jitter = random()
    const outcome =
      accepted && random() < 0.9
        ? ({ kind: 'published', remoteId: 'r1' } as const)
        : ({ kind: 'ambiguous', reason } as const)
    apply({ type: 'attempted', at: ended, outcome, jitter })
  }
}

describe.each([1, 2])('a year of schedules with restarts, seed %i', (seed) => {
  it('sends every post once, on time or marked late, or holds it and asks', () => {
    const random = createRandom(seed)
    const uptime = new Uptime(random)
    const ends: Record<string, number> = {}
    for (let post = 0; post < 1_500; post++) {
      const zone = ZONES[post % ZONES.length] ?? ''
      const wanted = START + HOUR + Math.floor(random() * 360 * 24 * 60) * MINUTE
      const written = DateTime.fromMillis(wanted, { zone }).toFormat('yyyy-MM-dd HH:mm')
      const when = parseWhen(written, START, zone)
      if (when.kind === 'problem' || when.at === undefined) throw new Error(written)
      const { copies, sentAt, target, tooLate, told } = live(when.at, uptime, random)
      const { state } = target
      const about = `${written} ${zone}: ${JSON.stringify(target)}`
      ends[state.status] = (ends[state.status] ?? 0) + 1
      expect(tooLate, about).toBe(false)
      if (state.status === 'published') {
        expect(copies, about).toBe(1)
        const outAt = state.how === 'found' ? sentAt : state.publishedAt
        const lateMs = outAt - target.dueSince
        expect(state.lateMs === undefined ? lateMs <= 60_000 : state.lateMs === lateMs).toBe(true)
        if (told.length === 0) {
          expect(target.dueSince, about).toBe(when.at)
          ends.byItself = (ends.byItself ?? 0) + 1
        }
      } else {
        expect(state.status, about).toBe('cancelled')
        expect(copies, about).toBe(0)
        expect(told.join(), about).toContain('held-late')
      }
    }
    // The year had all of it, else it shows nothing.
    expect(ends.byItself).toBeGreaterThan(1_000)
    expect(ends.published).toBeGreaterThan(ends.byItself ?? 0)
    expect(ends.cancelled).toBeGreaterThan(0)
  })
})

describe('a written time', () => {
  it.each(ZONES)('is what the clock on the wall shows then, all year long in %s', (zone) => {
    const random = createRandom(zone.length)
    for (let turn = 0; turn < 400; turn++) {
      const now = START + Math.floor(random() * 365 * DAY)
      const [hour, minute] = [Math.floor(random() * 24), Math.floor(random() * 60)]
      const clock = `${hour}:${String(minute).padStart(2, '0')}`
      const when = parseWhen(`tomorrow ${clock}`, now, zone)
      if (when.kind === 'problem' || when.at === undefined) {
        throw new Error(`tomorrow ${clock} at ${inWords(now, zone)}: ${JSON.stringify(when)}`)
      }
      const local = DateTime.fromMillis(when.at, { zone })
      const tomorrow = DateTime.fromMillis(now, { zone }).plus({ days: 1 })
      expect(local.toISODate()).toBe(tomorrow.toISODate())
      // Skipped or doubled: then it is said.
      if (when.note === undefined) expect(local.toFormat('H:mm')).toBe(clock)
      else expect(when.note).toMatch(/skip|twice/)
    }
  })
})
