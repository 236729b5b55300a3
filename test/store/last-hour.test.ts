import { describe, expect, it } from 'vitest'
import { decide } from '../../src/publisher/core/decide.js'
import type { TargetEvent } from '../../src/publisher/core/target.js'
import { loadEnded } from '../../src/store/last-hour.js'
import { recordTransition } from '../../src/store/record-transition.js'
import { NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { leaseUntil, movedTo, readable, storeTargets } from '../support/targets.js'

describe.each(testDatabases())('the last hour on the $engine database', ({ use }) => {
  const database = use()
  it('counts a lease that ended as trouble of its account', async () => {
    let [stored] = await storeTargets(database(), [{}])
    if (!stored) throw new Error('nothing was stored')
    const lease = leaseUntil(NOON + 1_000)
    const events: TargetEvent[] = [
      { type: 'claimed', at: NOON, lease, gate: { kind: 'open' } },
      { type: 'leaseEnded', at: NOON + 1_000 },
    ]
    for (const event of events) {
      const decision = movedTo(decide(stored.target, event, readable))
      stored = await recordTransition(database().orm, stored, event, decision)
    }
    const hour = { postId: 'another', from: NOON, until: NOON + 60_000 }
    expect(await loadEnded(database().orm, hour)).toMatchObject([
      { account: 'facebook', live: 0, trouble: 1 },
    ])
  })
})
