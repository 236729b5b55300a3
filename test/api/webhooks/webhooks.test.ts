import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { signedHeaders } from '../../../src/api/webhooks/sign.js'
import type { WebhookEntry } from '../../../src/api/webhooks/webhook-entry.js'
import { createWebhooks, noticeOf, type Webhooks } from '../../../src/api/webhooks/webhooks.js'
import { createLog, createRedactor } from '../../../src/log.js'
import { decide } from '../../../src/publisher/core/decide.js'
import type { TargetEvent } from '../../../src/publisher/core/target.js'
import { createPost } from '../../../src/store/create-post.js'
import { recordTransition } from '../../../src/store/record-transition.js'
import { listWebhooks, resumeWebhook } from '../../../src/store/webhooks.js'
import { createShiftedClock, type SteppedClock } from '../../support/clock.js'
import { testDatabases } from '../../support/database.js'
import {
  alice,
  load,
  movedTo,
  newPost,
  newTarget,
  policy,
  readable,
} from '../../support/targets.js'
import { waitFor } from '../../support/wait-for.js'

interface Heard {
  readonly headers: Record<string, string>
  readonly text: string
  readonly id: string
  readonly postId: string
}

describe.each(testDatabases())('webhooks, on the $engine database', ({ use }) => {
  const database = use()
  let receiver: Server
  let answer: (heard: Heard) => number
  let heard: Heard[]
  let webhooks: Webhooks
  let clock: SteppedClock
  let hook: WebhookEntry
  let told: string[]

  beforeEach(async () => {
    heard = []
    told = []
    answer = () => 200
    clock = createShiftedClock()
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk) => chunks.push(chunk))
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const { id, post } = JSON.parse(text)
        const one = {
          headers: request.headers as Record<string, string>,
          text,
          id,
          postId: post.id,
        }
        const status = answer(one)
        if (status === 200) heard.push(one)
        response.writeHead(status).end()
      })
    })
    await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
    hook = {
      name: 'ops',
      url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`,
      secret: 'a secret of the receiver',
      previousSecret: 'the secret it had before',
      events: ['target.changed', 'post.settled'],
    }
    webhooks = tellAll()
    await webhooks.start()
  })

  afterEach(async () => {
    await webhooks.stop()
    await new Promise((done) => receiver.close(done))
  })

  function tellAll(allowPrivate = true): Webhooks {
    return createWebhooks([hook], {
      database: database(),
      now: clock.now,
      random: () => 0.5,
      log: createLog({ level: 'silent', redactor: createRedactor() }),
      policy: { ...policy, backoffBaseMs: 1_000 },
      send: { allowPrivate },
      tell: async (_hook, { key }) => {
        if (!told.includes(key)) told.push(key)
      },
    })
  }

  /** A post of one target that is cancelled: its whole story is one change, and it is settled. */
  async function cancelOne(account = 'facebook'): Promise<string> {
    const made = newTarget({ account })
    const post = newPost({ targets: [made] })
    await createPost(database().orm, post)
    await move(made.id, { type: 'cancelRequested', at: clock.now(), who: alice })
    return post.id
  }

  async function move(targetId: string, event: TargetEvent): Promise<void> {
    const stored = await load(database(), targetId)
    await recordTransition(
      database().orm,
      stored,
      event,
      movedTo(decide(stored.target, event, readable)),
    )
  }

  const hearing = (count: number) =>
    waitFor(
      `${count} messages`,
      () => heard,
      (seen) => seen.length >= count,
    )

  it('tells of a change and of the settled post, signed with both secrets', async () => {
    const postId = await cancelOne()
    const [changed, settled] = await hearing(2)
    expect(JSON.parse(changed?.text ?? '')).toMatchObject({
      type: 'target.changed',
      post: { id: postId, settled: true },
      target: { account: 'facebook', from: 'queued', to: 'cancelled', outcome: 'cancelled' },
      who: { id: 'U1' },
    })
    expect(settled?.id).toBe(`${changed?.id}-settled`)
    const at = Number(changed?.headers['webhook-timestamp']) * 1000
    expect(Math.abs(at - clock.now())).toBeLessThan(20_000)
    for (const secret of [hook.secret, hook.previousSecret ?? '']) {
      const mine = signedHeaders({ id: changed?.id ?? '', body: changed?.text ?? '', at }, [secret])
      expect(changed?.headers['webhook-signature']?.split(' ')).toContain(mine['webhook-signature'])
    }
  })

  it('keeps the order of a post when something is not taken, and lets other posts by', async () => {
    const list = [newTarget({ account: 'facebook' }), newTarget({ account: 'x' })]
    const slow = newPost({ targets: list })
    let refusals = 3
    answer = ({ postId }) => (postId === slow.id && refusals-- > 0 ? 503 : 200)
    await createPost(database().orm, slow)
    for (const { id } of list) {
      await move(id, { type: 'cancelRequested', at: clock.now(), who: alice })
    }
    const other = await cancelOne('x')
    await waitFor(
      'the other post',
      () => heard,
      (seen) => seen.some(({ postId }) => postId === other),
    )
    await waitFor(
      'the slow post',
      () => {
        clock.advance(5_000)
        return heard.filter(({ postId }) => postId === slow.id)
      },
      (seen) => seen.length === 3,
      20_000,
    )
    const ids = heard.filter(({ postId }) => postId === slow.id).map(({ id }) => id)
    const [first = '', second = ''] = ids
    expect(Number(first.slice(1))).toBeLessThan(Number(second.slice(1)))
    expect(ids[2]).toBe(`${second}-settled`)
  })

  it('pauses a dead receiver, says so, and goes on where it stopped when it answers again', async () => {
    answer = () => 500
    await cancelOne()
    const paused = await waitFor(
      'the pause',
      async () => {
        clock.advance(20_000)
        return (await listWebhooks(database().orm))[0]
      },
      (seen) => seen?.pausedAt != null,
      20_000,
    )
    expect(paused).toMatchObject({ lastError: 'it answered with status 500', waiting: 1 })
    await waitFor(
      'the notice',
      () => told,
      (seen) => seen.length === 1,
    )
    answer = () => 200
    await resumeWebhook(database().orm, 'ops')
    await hearing(2)
    await waitFor(
      'the second notice',
      () => told,
      (seen) => seen.length === 2,
    )
    expect(told).toEqual([
      `webhook/ops/paused/${paused?.pausedAt?.toISOString()}`,
      expect.stringMatching(/^webhook\/ops\/resumed\//),
    ])
  })

  it('loses nothing while nobody tells, and tells it after a restart', async () => {
    await webhooks.stop()
    await cancelOne()
    await cancelOne('x')
    expect(heard).toEqual([])
    webhooks = tellAll()
    await webhooks.start()
    await hearing(4)
    await waitFor(
      'nothing that waits',
      () => listWebhooks(database().orm),
      ([one]) => one?.waiting === 0,
    )
  })

  it('does not reach into private networks unless that is allowed', async () => {
    await webhooks.stop()
    webhooks = tellAll(false)
    await webhooks.start()
    await cancelOne()
    const [seen] = await waitFor(
      'the refusal',
      () => listWebhooks(database().orm),
      ([one]) => one?.lastError != null,
    )
    expect(seen?.lastError).toBe('127.0.0.1 is not a public address')
    expect(heard).toEqual([])
  })
})

describe('what a channel is told about a receiver', () => {
  const hook = { url: 'https://ops.example/hook?key=hidden' } as WebhookEntry
  const stored = {
    name: 'ops',
    pausedAt: new Date(0),
    failingSince: new Date(0),
    lastError: 'it refuses the connection',
    waiting: 3,
  } as Parameters<typeof noticeOf>[0]

  it('names it, its trouble and what waits, without its whole address', () => {
    const words = JSON.stringify(noticeOf(stored, hook, 0))
    for (const part of ['ops.example', 'it refuses the connection', '3 events wait']) {
      expect(words).toContain(part)
    }
    expect(words).not.toContain('hidden')
  })

  it('is nothing while it works', () => {
    const works = { ...stored, pausedAt: null, resumedAt: null }
    expect(noticeOf(works, hook, 0)).toBeUndefined()
  })
})
