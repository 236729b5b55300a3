import { asc, eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { decide } from '../../src/publisher/core/decide.js'
import type { TargetEvent } from '../../src/publisher/core/target.js'
import { isUniqueViolation } from '../../src/store/database.js'
import { readPostBell } from '../../src/store/post-bell.js'
import { recordTransition, StaleVersionError } from '../../src/store/record-transition.js'
import { attempts, events, posts } from '../../src/store/schema.js'
import type { StoredTarget } from '../../src/store/stored-target.js'
import { NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import {
  addAccount,
  alice,
  leaseUntil,
  load,
  movedTo,
  readable,
  reason,
  storeTargets,
} from '../support/targets.js'
import { waitFor } from '../support/wait-for.js'

const claimed: TargetEvent = {
  type: 'claimed',
  at: NOON,
  lease: leaseUntil(NOON + 45_000),
  gate: { kind: 'open' },
}
const begun: TargetEvent = {
  type: 'mutationBegun',
  at: NOON + 100,
  handles: { container: 'c1' },
  leaseExpiresAt: NOON + 45_100,
}
const answered: TargetEvent = {
  type: 'attempted',
  at: NOON + 200,
  jitter: 0,
  outcome: { kind: 'published', remoteId: 'r1', permalink: 'https://e.test/1' },
}

describe.each(testDatabases())('recordTransition on the $engine database', ({ use }) => {
  const database = use()

  const record = (stored: StoredTarget, event: TargetEvent) =>
    recordTransition(database().orm, stored, event, movedTo(decide(stored.target, event, readable)))
  const queued = async () => {
    await addAccount(database())
    const [stored] = await storeTargets(database(), [{}])
    if (!stored) throw new Error('nothing was stored')
    return stored
  }
  const logged = (targetId: string) =>
    database()
      .orm.select()
      .from(events)
      .where(eq(events.targetId, targetId))
      .orderBy(asc(events.id))

  it('returns the target exactly as it is stored then, at every step', async () => {
    let stored = await queued()
    for (const event of [claimed, begun, answered]) {
      stored = await record(stored, event)
      expect(await load(database(), stored.id)).toEqual(stored)
    }
    expect(stored).toMatchObject({ version: 4, dueAt: NOON + 200 + 300_000 })
  })

  it('refuses whoever read an older version, and changes nothing then', async () => {
    const stored = await queued()
    const first = await record(stored, claimed)
    await expect(record(stored, claimed)).rejects.toThrow(StaleVersionError)
    expect(await load(database(), stored.id)).toEqual(first)
    expect(await logged(stored.id)).toHaveLength(1)
    expect(await database().orm.select().from(attempts)).toHaveLength(1)
  })

  it('lets one of many at the same moment win', async () => {
    const stored = await queued()
    const tries = await Promise.allSettled(Array.from({ length: 6 }, () => record(stored, claimed)))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await load(database(), stored.id)).version).toBe(2)
  })

  it('keeps an attempt from its start over its mark to its outcome', async () => {
    let stored = await queued()
    for (const event of [claimed, begun, answered]) stored = await record(stored, event)
    expect(await database().orm.select().from(attempts)).toEqual([
      {
        targetId: stored.id,
        number: 1,
        worker: 'worker-1',
        startedAt: new Date(NOON),
        mutationAt: new Date(NOON + 100),
        endedAt: new Date(NOON + 200),
        outcome: answered.outcome,
      },
    ])
  })

  it.each<TargetEvent>([
    { ...claimed, at: NOON + 45_000 },
    { type: 'leaseEnded', at: NOON + 45_000 },
  ])('ends the attempt of a lost lease as ambiguous ($type)', async (event) => {
    const stored = await record(await queued(), claimed)
    await record(stored, event)
    const [attempt] = await database().orm.select().from(attempts)
    expect(attempt).toMatchObject({
      endedAt: new Date(NOON + 45_000),
      outcome: { kind: 'ambiguous' },
    })
  })

  it('keeps how an attempt ended while it is looked up', async () => {
    const doubtful: TargetEvent = {
      type: 'attempted',
      at: NOON + 200,
      jitter: 0,
      outcome: { kind: 'ambiguous', reason: { class: 'network', text: 'No answer.' } },
    }
    let stored = await queued()
    for (const event of [claimed, begun, doubtful]) stored = await record(stored, event)
    await record(stored, { ...claimed, at: NOON + 60_000, lease: leaseUntil(NOON + 105_000) })
    const [attempt] = await database()
      .orm.select()
      .from(attempts)
      .where(eq(attempts.targetId, stored.id))
    expect(attempt).toMatchObject({
      endedAt: new Date(NOON + 200),
      outcome: { kind: 'ambiguous', reason: { class: 'network' } },
    })
  })

  it('logs what changed, why, on what evidence and by whom', async () => {
    let stored = await queued()
    const failing: TargetEvent = {
      type: 'attempted',
      at: NOON + 200,
      jitter: 0.5,
      outcome: { kind: 'permanent', reason },
    }
    const retry: TargetEvent = { type: 'retryRequested', at: NOON + 300, who: alice }
    for (const event of [claimed, begun, failing, retry]) stored = await record(stored, event)
    expect(await logged(stored.id)).toMatchObject([
      { type: 'claimed', fromStatus: 'queued', toStatus: 'publishing', attempt: 1, actor: null },
      {
        type: 'attempted',
        fromStatus: 'publishing',
        toStatus: 'failed',
        reason: 'platform',
        evidence: failing.outcome,
        note: reason.text,
        account: 'facebook',
      },
      { type: 'retryRequested', fromStatus: 'failed', toStatus: 'queued', actor: alice },
    ])
  })

  it('rings for the next thing to do, and says that the post looks different', async () => {
    const heard: string[] = []
    const stored = await queued()
    const stops = [
      await database().listen('pressroom_due', (bell) => heard.push(bell)),
      await database().listen('pressroom_changed', (id) => heard.push(id)),
    ]
    const after = await record(stored, claimed)
    const marked = await record(after, begun)
    await waitFor(
      'three bells',
      () => heard,
      (seen) => seen.length >= 3,
    )
    expect(heard).toEqual(
      expect.arrayContaining([
        stored.postId,
        `${stored.id} 2 ${after.dueAt}`,
        `${stored.id} 3 ${marked.dueAt}`,
      ]),
    )
    await Promise.all(stops.map((stop) => stop()))
  })

  it('tells the chat about new states, not about steps within one', async () => {
    let stored = await queued()
    const changed = async () =>
      (await database().orm.select().from(posts).where(eq(posts.id, stored.postId)))[0]?.changed
    const seen: unknown[] = [await changed()]
    for (const event of [claimed, begun, answered]) {
      stored = await record(stored, event)
      seen.push(await changed())
    }
    expect(seen).toEqual([1, 2, 2, 3])
  })

  describe('what people are to see before the rest', () => {
    const postOf = async ({ postId }: StoredTarget) =>
      (await database().orm.select().from(posts).where(eq(posts.id, postId)))[0]
    const refused: TargetEvent = {
      type: 'attempted',
      at: NOON + 200,
      jitter: 0,
      outcome: { kind: 'permanent', reason },
    }
    const unanswered: TargetEvent = { ...refused, outcome: { kind: 'ambiguous', reason } }
    const lateClaim: TargetEvent = {
      ...claimed,
      at: NOON + 50_000,
      lease: leaseUntil(NOON + 95_000),
    }
    const leaseEnded: TargetEvent = { type: 'leaseEnded', at: NOON + 50_000 }

    it.each([
      ['a failure', refused],
      ['a lease that ended', leaseEnded],
      ['what is claimed after its worker died', lateClaim],
    ])('is %s, and the bell says so', async (_what, event) => {
      const heard: string[] = []
      const publishing = await record(await record(await queued(), claimed), begun)
      const stop = await database().listen('pressroom_changed', (bell) => heard.push(bell))
      await record(publishing, event)
      expect(await postOf(publishing)).toMatchObject({ changed: 3, urgent: 3 })
      await waitFor(
        'the bell',
        () => heard,
        (seen) => seen.length > 0,
      )
      expect(heard.map(readPostBell)).toEqual([{ postId: publishing.postId, isUrgent: true }])
      await stop()
    })

    it.each([
      ['an answer', answered],
      ['an answer that leaves doubt', unanswered],
    ])('is not %s', async (_what, event) => {
      const publishing = await record(await record(await queued(), claimed), begun)
      await record(publishing, event)
      expect(await postOf(publishing)).toMatchObject({ changed: 3, urgent: 0 })
    })
  })

  it('replaces frozen content when a person edited it', async () => {
    const stored = await queued()
    const failed = { ...stored, target: { ...stored.target } }
    const claim = await record(failed, claimed)
    const outcome = { kind: 'permanent', reason } as const
    const refused = await record(claim, { type: 'attempted', at: NOON, jitter: 0, outcome })
    const edited: TargetEvent = { type: 'edited', at: NOON + 1, who: alice }
    const content = {
      content: { text: 'Shorter', media: [] },
      contentHash: 'other',
      idempotencyKey: 'new-key',
    }
    const decision = movedTo(decide(refused.target, edited, readable))
    const after = await recordTransition(database().orm, refused, edited, decision, { content })
    expect(after).toMatchObject(content)
    expect(await load(database(), stored.id)).toEqual(after)
  })

  it('gives one remote post to one target only', async () => {
    await addAccount(database())
    const [one, two] = await storeTargets(database(), [{}, {}])
    if (!one || !two) throw new Error('nothing was stored')
    await record(await record(one, claimed), answered)
    const other = await record(two, claimed)
    const error = await record(other, answered).catch((caught: unknown) => caught)
    expect(isUniqueViolation(error)).toBe(true)
    expect((await load(database(), two.id)).target.state.status).toBe('publishing')
  })

  it('stores words that Postgres cannot hold as they are', async () => {
    const stored = await record(await queued(), claimed)
    const text = `cut in half: ${'😀'.slice(0, 1)}, nothing: \u0000.`
    const outcome = { kind: 'permanent', reason: { class: 'validation', text } } as const
    const after = await record(stored, { type: 'attempted', at: NOON, jitter: 0, outcome })
    const { state } = (await load(database(), after.id)).target
    expect(state).toMatchObject({ status: 'failed' })
    expect(state).toHaveProperty('reason.text', 'cut in half: \ufffd, nothing: .')
  })
})
