import { describe, expect, it } from 'vitest'
import { decide, nextDueAt } from '../../../src/publisher/core/decide.js'
import type { Status, TargetEvent } from '../../../src/publisher/core/target.js'
import { NOON } from '../../support/clock.js'
import {
  alice,
  authReason,
  leaseUntil,
  readable,
  reason,
  STATUSES,
  target,
  without,
} from '../../support/targets.js'

/** After the lease of `publishing` has ended, and everything else is due. */
const LATER = NOON + 61_000
const SOON = NOON + 1_000
const jitter = 0.5
const who = alice

const EVENTS = {
  claimed: { type: 'claimed', at: LATER, lease: leaseUntil(LATER + 1), gate: { kind: 'open' } },
  stepped: { type: 'stepped', at: SOON, handles: {}, leaseExpiresAt: SOON + 1 },
  mutationBegun: { type: 'mutationBegun', at: SOON, handles: {}, leaseExpiresAt: SOON + 1 },
  published: { type: 'attempted', at: SOON, jitter, outcome: { kind: 'published' } },
  accepted: {
    type: 'attempted',
    at: SOON,
    jitter,
    outcome: { kind: 'accepted', stage: 'finishing', note: '' },
  },
  transient: { type: 'attempted', at: SOON, jitter, outcome: { kind: 'transient', reason } },
  permanent: { type: 'attempted', at: SOON, jitter, outcome: { kind: 'permanent', reason } },
  unauthorised: {
    type: 'attempted',
    at: SOON,
    jitter,
    outcome: { kind: 'permanent', reason: authReason },
  },
  ambiguous: { type: 'attempted', at: SOON, jitter, outcome: { kind: 'ambiguous', reason } },
  found: { type: 'lookedUp', at: SOON, jitter, finding: { kind: 'found', how: '' } },
  absent: {
    type: 'lookedUp',
    at: SOON,
    jitter,
    finding: { kind: 'absent', proof: 'conclusive', how: '' },
  },
  notSeen: {
    type: 'lookedUp',
    at: SOON,
    jitter,
    finding: { kind: 'absent', proof: 'settled', how: '' },
  },
  unclear: { type: 'lookedUp', at: SOON, jitter, finding: { kind: 'unclear', how: '' } },
  lookUpFailed: { type: 'lookedUp', at: SOON, jitter, finding: { kind: 'error', reason } },
  seenLive: { type: 'sighted', at: SOON, sighting: { kind: 'live' } },
  seenTwice: { type: 'sighted', at: SOON, sighting: { kind: 'duplicated', copies: [] } },
  seenGone: { type: 'sighted', at: SOON, sighting: { kind: 'gone', how: '' } },
  notSure: { type: 'sighted', at: SOON, sighting: { kind: 'unknown', how: '' } },
  latePublished: {
    type: 'lateAnswer',
    at: SOON,
    attempt: 1,
    outcome: { kind: 'published' },
  },
  lateAmbiguous: {
    type: 'lateAnswer',
    at: SOON,
    attempt: 1,
    outcome: { kind: 'ambiguous', reason },
  },
  lateTransient: {
    type: 'lateAnswer',
    at: SOON,
    attempt: 1,
    outcome: { kind: 'transient', reason },
  },
  confirmLive: { type: 'verdictGiven', at: SOON, who, verdict: 'live' },
  denyLive: { type: 'verdictGiven', at: SOON, who, verdict: 'absent' },
  retry: { type: 'retryRequested', at: SOON, who },
  edit: { type: 'edited', at: SOON, who },
  publishNow: { type: 'publishNowRequested', at: SOON, who },
  reschedule: { type: 'rescheduled', at: SOON, who, publishAt: LATER },
  cancel: { type: 'cancelRequested', at: SOON, who },
  restored: { type: 'accountRestored', at: SOON },
  leaseEnded: { type: 'leaseEnded', at: LATER },
  approve: { type: 'approved', at: SOON, who },
} as const satisfies Record<string, TargetEvent>

/** Does not compile when an event type is missing above. */
const everyType: Record<TargetEvent['type'], (typeof EVENTS)[keyof typeof EVENTS]['type']> = {
  claimed: 'claimed',
  stepped: 'stepped',
  mutationBegun: 'mutationBegun',
  attempted: 'attempted',
  lookedUp: 'lookedUp',
  sighted: 'sighted',
  lateAnswer: 'lateAnswer',
  verdictGiven: 'verdictGiven',
  retryRequested: 'retryRequested',
  edited: 'edited',
  publishNowRequested: 'publishNowRequested',
  rescheduled: 'rescheduled',
  cancelRequested: 'cancelRequested',
  accountRestored: 'accountRestored',
  leaseEnded: 'leaseEnded',
  approved: 'approved',
}

/** Where each event leads from each state; `-` is a refusal. */
const ANSWERS = `
              scheduled   queued      publishing  processing  waiting     reconciling unconfirmed held        failed      published   cancelled
claimed       publishing  publishing  reconciling processing  publishing  reconciling unconfirmed -           -           published   -
stepped       -           -           publishing  -           -           -           -           -           -           -           -
mutationBegun -           -           publishing  -           -           -           -           -           -           -           -
published     -           -           published   published   -           -           -           -           -           -           -
accepted      -           -           processing  processing  -           -           -           -           -           -           -
transient     -           -           waiting     processing  -           -           -           -           -           -           -
permanent     -           -           failed      failed      -           -           -           -           -           -           -
unauthorised  -           -           held        processing  -           -           -           -           -           -           -
ambiguous     -           -           reconciling reconciling -           -           -           -           -           -           -
found         -           -           -           -           -           published   published   -           -           -           -
absent        -           -           -           -           -           waiting     waiting     -           -           -           -
notSeen       -           -           -           -           -           reconciling unconfirmed -           -           -           -
unclear       -           -           -           -           -           reconciling unconfirmed -           -           -           -
lookUpFailed  -           -           -           -           -           reconciling unconfirmed -           -           -           -
seenLive      -           -           -           -           -           -           -           -           -           published   -
seenTwice     -           -           -           -           -           -           -           -           -           published   -
seenGone      -           -           -           -           -           -           -           -           -           published   -
notSure       -           -           -           -           -           -           -           -           -           published   -
latePublished reconciling reconciling publishing  processing  reconciling reconciling unconfirmed reconciling reconciling -           reconciling
lateAmbiguous -           reconciling -           -           reconciling reconciling unconfirmed -           reconciling -           -
lateTransient -           -           -           -           -           reconciling unconfirmed -           -           -           -
confirmLive   -           -           -           -           -           -           published   -           -           -           -
denyLive      -           -           -           -           -           -           failed      -           -           -           -
retry         -           -           -           -           -           -           -           -           queued      -           -
edit          scheduled   -           -           -           -           -           -           held        queued      -           -
publishNow    queued      -           -           -           queued      -           -           queued      -           -           -
reschedule    scheduled   scheduled   -           -           scheduled   -           -           held        -           -           -
cancel        cancelled   cancelled   -           -           cancelled   -           -           cancelled   -           -           -
restored      -           -           -           -           -           -           -           queued      -           -           -
leaseEnded    -           -           reconciling -           -           -           -           -           -           -           -
approve       -           -           -           -           -           -           -           -           -           -           -
`

const [header = '', ...rows] = ANSWERS.trim().split('\n')
const columns = header.trim().split(/\s+/) as Status[]
const pairs = rows.flatMap((row) => {
  const [name, ...answers] = row.trim().split(/\s+/)
  return columns.map((from, i) => ({ name: name as keyof typeof EVENTS, from, to: answers[i] }))
})

describe('decide', () => {
  it.each(pairs)('$name on $from: $to', ({ name, from, to }) => {
    const decision = decide(target(from), EVENTS[name], readable)
    if (to === '-') expect(decision).toEqual({ kind: 'refused', why: expect.stringMatching(/\w/) })
    else expect(decision).toMatchObject({ kind: 'moved', target: { state: { status: to } } })
  })

  it('answers every event in every state', () => {
    expect(columns).toEqual(STATUSES)
    expect(pairs.filter(({ to }) => to === undefined)).toEqual([])
    expect(new Set(pairs.map(({ name }) => name))).toEqual(new Set(Object.keys(EVENTS)))
    const types = new Set(Object.values(EVENTS).map(({ type }) => type))
    expect([...types].sort()).toEqual(Object.keys(everyType).sort())
  })
})

describe('nextDueAt', () => {
  it.each(STATUSES)('sets the bell of a leased %s target to the end of the lease', (status) => {
    const leased = target(status, {}, { lease: leaseUntil(LATER) })
    expect(nextDueAt(leased)).toBe(LATER)
  })

  it.each(STATUSES)('sets the bell of a %s target only where a machine has work left', (status) => {
    const { lease: _none, ...free } = target(status)
    const waitsForPeople = ['held', 'failed', 'cancelled'].includes(status)
    expect(nextDueAt(free)).toBe(waitsForPeople ? undefined : NOON)
  })

  it('rings no more when every look at a live or unconfirmed target is done', () => {
    expect(nextDueAt(without(target('published'), 'recheckAt'))).toBeUndefined()
    expect(nextDueAt(without(target('unconfirmed'), 'relookAt'))).toBeUndefined()
  })
})
