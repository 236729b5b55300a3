import { describe, expect, it } from 'vitest'
import {
  FAULT_KINDS,
  type FaultKind,
  PLATFORM_NAMES,
  type PlatformName,
  type StormPlan,
} from '../../../src/sandbox/platforms/index.js'
import { prepareOne } from './publish-one.js'
import { type Answer, type Client, start } from './support.js'

const quick = { fetchMedia: false, processingPolls: 0 } as const
const honest: FaultKind[] = ['slow', 'garbage', 'empty', 'no_id']

/** Ids are long numbers, urns or at-uris; none of them may be in an answer without an id. */
const showsId = ({ text, headers }: Answer) =>
  /\d{10}|at:\/\//.test(text) || headers.has('x-restli-id') || /"message_id"/.test(text)

describe.each(PLATFORM_NAMES)('faults of %s', (platform) => {
  const cases = FAULT_KINDS.flatMap((kind) => [[kind, 'before'] as const, [kind, 'after'] as const])

  it.each(cases)('%s %s the effect', async (kind, when) => {
    const client = await start(platform, quick)
    const mutate = await prepareOne[platform](client, 'Hello')
    const delayMs = kind === 'slow' ? { delayMs: 20 } : {}
    client.sandbox.addFault(platform, { on: 'mutation', when, kind, times: 1, ...delayMs })
    const sent = mutate().catch(() => 'cut' as const)
    const met = () => client.sandbox.requests(platform).filter(({ fault }) => fault === kind).length
    await expect.poll(met).toBe(1)
    // Nothing more comes after a stall, so there is only the closing to wait for.
    const answer = kind === 'stall' ? 'silence' : await sent

    const happened = when === 'after' || kind === 'slow'
    await expect.poll(() => client.sandbox.live(platform)).toHaveLength(happened ? 1 : 0)
    if (kind === 'reset') expect(answer).toBe('cut')
    else if (kind === 'stall') {
      await client.close()
      expect(await sent).toBe('cut')
    } else {
      const { status } = answer as Answer
      if (honest.includes(kind)) expect(status).toBeLessThan(300)
      else if (kind === 'redirect') expect(status).toBe(302)
      else expect(status).toBeGreaterThanOrEqual(400)
      if (kind !== 'slow' && kind !== 'duplicate_refusal')
        expect(showsId(answer as Answer)).toBe(false)
    }
    expect(client.sandbox.requests(platform).at(-1)).toMatchObject({
      kind: 'mutation',
      fault: kind,
    })
    // Met once, and only once.
    client.sandbox.clearFaults()
  })
})

describe('when a fault is met', () => {
  const say = (client: Client, status: string) =>
    client.call('POST', '/api/v1/statuses', { body: { status } })

  it('is used up after its times, and never when it is for always', async () => {
    const client = await start('mastodon')
    const fault = { on: 'mutation', when: 'before', kind: 'status', status: 502 } as const
    client.sandbox.addFault('mastodon', { ...fault, times: 2 })
    const statuses = []
    for (const text of ['a', 'b', 'c']) statuses.push((await say(client, text)).status)
    expect(statuses).toEqual([502, 502, 200])
    client.sandbox.addFault('mastodon', { ...fault, times: 'always' })
    for (const text of ['d', 'e', 'f']) expect((await say(client, text)).status).toBe(502)
    client.sandbox.clearFaults('mastodon')
    expect((await say(client, 'g')).status).toBe(200)
  })

  it('waits for its kind of call and its account', async () => {
    const client = await start('mastodon')
    const fault = { when: 'before', kind: 'status', times: 1 } as const
    client.sandbox.addFault('mastodon', { ...fault, on: 'read', status: 503 })
    client.sandbox.addFault('mastodon', { ...fault, on: 'any', status: 504, account: 'another' })
    expect((await say(client, 'a')).status).toBe(200)
    expect((await client.call('GET', '/api/v1/instance')).status).toBe(503)
    expect((await client.call('GET', '/api/v1/instance')).status).toBe(200)
  })

  it('leaves a refusal as it is: there was no effect to spoil', async () => {
    const client = await start('mastodon')
    client.sandbox.addFault('mastodon', { on: 'mutation', when: 'after', kind: 'empty', times: 1 })
    expect((await say(client, '')).status).toBe(422)
    expect((await say(client, 'a')).text).toBe('')
  })

  it('cuts a large upload off before it was read', async () => {
    const client = await start('mastodon')
    client.sandbox.addFault('mastodon', { on: 'prepare', when: 'before', kind: 'reset', times: 1 })
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(8 * 1024 * 1024)]), 'a.png')
    await expect(client.call('POST', '/api/v2/media', { body: form })).rejects.toThrow()
  })

  it('can answer at once and take effect later', async () => {
    const client = await start('mastodon')
    const fault = { on: 'mutation', when: 'after', kind: 'status', status: 504 } as const
    client.sandbox.addFault('mastodon', { ...fault, delayMs: 50, times: 1 })
    expect((await say(client, 'Late')).status).toBe(504)
    expect(client.sandbox.live('mastodon')).toEqual([])
    await expect.poll(() => client.sandbox.live('mastodon')).toHaveLength(1)
  })

  it('closes while a call is stalled', async () => {
    const client = await start('mastodon')
    client.sandbox.addFault('mastodon', { on: 'any', when: 'before', kind: 'stall', times: 1 })
    const stalled = say(client, 'x').catch(() => 'closed')
    await expect.poll(() => client.sandbox.requests('mastodon')).toHaveLength(1)
    await client.close()
    expect(await stalled).toBe('closed')
  })
})

describe('a storm', () => {
  const run = async (plan: StormPlan, posts = 60) => {
    const client = await start('mastodon', { quotas: false })
    client.sandbox.storm(plan)
    for (let n = 0; n < posts; n += 1) {
      const body = { status: `Post ${n}` }
      await client.call('POST', '/api/v1/statuses', { body }).catch(() => undefined)
    }
    client.sandbox.storm(undefined)
    const met = client.sandbox.requests('mastodon').map(({ fault }) => fault ?? 'none')
    return { client, met }
  }
  const rates = { 'before:status': 0.2, 'after:reset': 0.2, 'mutation:after:empty': 0.2 } as const

  it('is the same storm for the same seed, and another for another', async () => {
    const first = await run({ seed: 1, rates })
    expect((await run({ seed: 1, rates })).met).toEqual(first.met)
    expect((await run({ seed: 2, rates })).met).not.toEqual(first.met)
    expect(new Set(first.met)).toEqual(new Set(['none', 'status', 'reset', 'empty']))
    const lost = first.met.filter((fault) => fault === 'status').length
    expect(first.client.sandbox.live('mastodon')).toHaveLength(60 - lost)
  })

  it('spares the kinds and platforms that it does not name', async () => {
    const plan = { seed: 1, rates: { 'read:before:status': 1 } }
    expect(new Set((await run(plan, 5)).met)).toEqual(new Set(['none']))
    const elsewhere: PlatformName[] = ['x']
    const other = await run({ seed: 1, rates: { 'before:status': 1 }, platforms: elsewhere }, 5)
    expect(new Set(other.met)).toEqual(new Set(['none']))
  })

  it('can let effects come late', async () => {
    const { client } = await run({ seed: 1, rates: { 'late:reset': 1 }, lateMs: 30 }, 3)
    await expect.poll(() => client.sandbox.live('mastodon')).toHaveLength(3)
  })
})
