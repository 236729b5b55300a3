import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Context } from '../../../src/publisher/core/decide.js'
import type { AccountGate } from '../../../src/publisher/core/target.js'
import { NOON } from '../../support/clock.js'
import { authReason, policy, readable, reason, target, unreadable } from '../../support/targets.js'
import { type Pick, type Transition, World } from './model.js'

const contexts: readonly Context[] = [readable, unreadable]
const gates: readonly AccountGate[] = [
  { kind: 'open' },
  { kind: 'open' },
  { kind: 'held', reason: authReason },
]
const STEPS = [
  'claim',
  'mutate',
  'answer',
  'settle',
  'person',
  'remove',
  'watch',
  'wait',
  'work',
] as const
type Step = (typeof STEPS)[number]
const runs = fc.record({
  context: fc.constantFrom(...contexts),
  steps: fc.noBias(
    fc.array(fc.oneof(fc.constantFrom(...STEPS), fc.constant('work' as const)), {
      minLength: 5,
      maxLength: 60,
    }),
  ),
  choices: fc.noBias(fc.infiniteStream(fc.nat())),
})

/** Every choice that a run makes comes from fast-check, so that it can be repeated and shrunk. */
function picking(choices: Iterator<number>): Pick {
  return (possible) => {
    const chosen = possible[choices.next().value % possible.length]
    if (chosen === undefined) throw new RangeError('there is nothing to choose from')
    return chosen
  }
}

function take(world: World, step: Step, pick: Pick): void {
  if (step === 'claim') world.claim(pick(gates))
  else if (step === 'wait') world.now += pick([1, 1_000, 20_000, 60_000, 3_600_000])
  else if (step === 'work') work(world, pick, pick(gates))
  else if (step !== 'mutate' && step !== 'answer') world[step]()
  else if (world.turns.length > 0) world[step](pick(world.turns))
}

/** What a worker does in the ordinary way: at the right time, and mostly to the end. */
function work(world: World, pick: Pick, gate: AccountGate): void {
  world.now = Math.max(world.now, world.dueAt ?? 0)
  world.claim(gate)
  for (const turn of [...world.turns]) {
    if (pick([true, true, false])) world.mutate(turn)
    if (pick([true, true, true, false])) world.answer(turn)
  }
}

/** Runs any sequence of steps and looks after each. */
function always(holds: (world: World, latest: Transition | undefined) => void) {
  fc.assert(
    fc.property(runs, ({ context, steps, choices }) => {
      const pick = picking(choices)
      const start = pick([target('queued'), target('scheduled', { publishAt: NOON + 5_000 })])
      const world = new World(context, start, pick)
      for (const step of steps) {
        const seen = world.history.length
        take(world, step, pick)
        for (const transition of world.history.slice(seen)) holds(world, transition)
        holds(world, undefined)
      }
    }),
    { numRuns: 1_500 },
  )
}

describe('whatever happens, in whatever order', () => {
  it('there is never a second copy, and the model does send more than once', () => {
    let sentAgain = 0
    always((world) => {
      if (world.copies + world.pending > 1) {
        const path = world.history.map(({ event, decision }) => [event, decision.target.state])
        throw new Error(`two copies: ${JSON.stringify(path, null, 1)}`)
      }
      if (world.sends > 1) sentAgain += 1
    })
    expect(sentAgain).toBeGreaterThan(100)
  })

  it('an ambiguous outcome is never followed by a send without a look or a person', () => {
    always((_world, latest) => {
      if (latest?.event.type !== 'attempted' || latest.event.outcome.kind !== 'ambiguous') return
      const { status } = latest.decision.target.state
      const refused = latest.event.outcome.refusal ? ['failed'] : []
      expect(['reconciling', 'unconfirmed', ...refused]).toContain(status)
    })
  })

  it('a machine has something left to do, or a person has, or it is over', () => {
    always(({ target: { state }, dueAt }) => {
      if (dueAt !== undefined) return
      expect(['held', 'failed', 'cancelled', 'published', 'unconfirmed']).toContain(state.status)
    })
  })

  it('a target that is being published is always leased', () => {
    always(({ target: { state, lease } }) => {
      if (state.status === 'publishing') expect(lease).toBeDefined()
    })
  })

  it('work on a target is never granted while another worker may be at it', () => {
    always((_world, latest) => {
      if (latest?.event.type !== 'claimed') return
      expect(latest.before.lease?.expiresAt ?? 0).toBeLessThanOrEqual(latest.event.at)
    })
  })

  it('only what failed is retried, and only what is unconfirmed is judged', () => {
    always((_world, latest) => {
      if (latest?.event.type === 'retryRequested') expect(latest.before.state.status).toBe('failed')
      if (latest?.event.type === 'verdictGiven') {
        expect(latest.before.state.status).toBe('unconfirmed')
      }
    })
  })

  it('live is said only when there is an answer, a find or a person', () => {
    always(({ sends, target: { state } }) => {
      if (state.status === 'published') expect(sends).toBeGreaterThan(0)
    })
  })
})

describe('when the workers do their work', () => {
  it('every target comes to an end, or to a person, within its automatic attempts', () => {
    const ends = new Set<string>()
    fc.assert(
      fc.property(fc.constantFrom(...contexts), runs, (context, { choices }) => {
        const pick = picking(choices)
        const world = new World(context, target('queued'), pick)
        for (let steps = 0; world.dueAt !== undefined; steps++) {
          expect(steps).toBeLessThan(1_000)
          work(world, pick, { kind: 'open' })
          expect(world.target.automatic).toBeLessThanOrEqual(policy.maxAttempts)
          if (pick([true, false])) world.settle()
        }
        ends.add(world.target.state.status)
      }),
      { numRuns: 500 },
    )
    expect([...ends].sort()).toEqual(['failed', 'held', 'published', 'unconfirmed'])
  })
  it('a target that cannot get out is tried as often as the policy says, then failed', () => {
    fc.assert(
      fc.property(fc.noBias(fc.infiniteStream(fc.boolean())), (doubts) => {
        const world = new World(readable, target('queued'), ([first]) => first as never)
        const absent = { kind: 'absent', proof: 'conclusive', how: '' } as const
        let attempts = 0
        while (world.dueAt !== undefined) {
          world.now = Math.max(world.now, world.dueAt)
          world.claim()
          const at = world.now
          if (world.target.state.status === 'publishing') {
            attempts += 1
            const kind = doubts.next().value ? 'ambiguous' : 'transient'
            world.apply({ type: 'attempted', at, outcome: { kind, reason }, jitter: 0.5 })
          } else {
            world.apply({ type: 'lookedUp', at, finding: absent, jitter: 0.5 })
          }
        }
        expect([attempts, world.target.state.status]).toEqual([policy.maxAttempts, 'failed'])
      }),
    )
  })
})
