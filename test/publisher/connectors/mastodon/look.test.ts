import { describe, expect, it } from 'vitest'
import type { Doubt, Reader } from '../../../../src/publisher/connectors/connector.js'
import { createMastodon } from '../../../../src/publisher/connectors/mastodon/index.js'
import { NOON } from '../../../support/clock.js'

const MINUTE = 60_000
const TEXT = 'The harbour is *open*'

interface Served {
  version?: string
  statuses?: readonly { id: string; created_at?: string; content: string }[]
  sources?: Record<string, string>
}

/** A server that answers from this, at this age of the attempt. */
function served({ version = '4.5.2', statuses = [], sources = {} }: Served, ageMs: number): Reader {
  const bodyOf = (path: string): unknown => {
    if (path.endsWith('/verify_credentials')) return { id: '7', acct: 'acme' }
    if (path.endsWith('/instance')) return { version }
    const [, source] = /statuses\/(\w+)\/source$/.exec(path) ?? []
    if (source) return { id: source, text: sources[source] ?? '' }
    const created_at = new Date(NOON + 1000).toISOString()
    return path.includes('max_id') ? [] : statuses.map((one) => ({ created_at, ...one }))
  }
  return {
    now: () => NOON + ageMs,
    read: async ({ url }) => ({
      kind: 'answer',
      status: 200,
      headers: {},
      text: JSON.stringify(bodyOf(url)),
    }),
  }
}

function look(server: Served, ageMs: number, doubt: Partial<Doubt> = {}) {
  const connector = createMastodon({
    name: 'mastodon',
    platform: 'mastodon',
    accessToken: 't',
    apiUrl: 'https://mastodon.example',
  })
  const whole: Doubt = {
    targetId: 'target',
    idempotencyKey: 'key',
    content: { text: TEXT, media: [] },
    handles: { sentAt: NOON },
    attempt: 1,
    frozenAt: NOON,
    dueSince: NOON,
    mutationAt: NOON,
    evidence: [],
    otherRemoteIds: new Set(),
    ...doubt,
  }
  return connector.lookUp?.(whole, served(server, ageMs))
}

describe('looking for a status', () => {
  it('finds it by its text', async () => {
    const statuses = [{ id: '1', content: `<p>${TEXT}</p>` }]
    expect(await look({ statuses }, MINUTE)).toMatchObject({ kind: 'found', remoteId: '1' })
  })

  it('finds it by its source where the server renders text in its own way', async () => {
    const statuses = [
      { id: '2', content: '<p>Something else</p>' },
      { id: '1', content: '<p>The harbour is <em>open</em></p>' },
    ]
    const sources = { 1: TEXT, 2: 'Something else' }
    expect(await look({ statuses, sources }, MINUTE)).toMatchObject({
      kind: 'found',
      remoteId: '1',
    })
  })

  it('does not take an older one, or another target’s, for it', async () => {
    const older = new Date(NOON - 10 * MINUTE).toISOString()
    const statuses = [
      { id: '1', content: `<p>${TEXT}</p>` },
      { id: '0', content: `<p>${TEXT}</p>`, created_at: older },
    ]
    const finding = await look({ statuses }, MINUTE, { otherRemoteIds: new Set(['1']) })
    expect(finding).toMatchObject({ kind: 'absent' })
  })

  it.each([
    ['a request that may still run', '4.5.2', 10_000, 'settled'],
    ['a request that has ended', '4.5.2', MINUTE, 'conclusive'],
    ['the last minute in which the key is safe', '4.5.2', 54 * MINUTE, 'conclusive'],
  ])('takes emptiness for absence after %s', async (_, version, ageMs, proof) => {
    expect(await look({ version }, ageMs)).toMatchObject({ kind: 'absent', proof })
  })

  it.each([
    ['the key is too old', '4.5.2', 56 * MINUTE],
    ['the server is another one', '2.7.2 (compatible; Pleroma 2.9.1)', MINUTE],
  ])('does not take emptiness for absence when %s', async (_, version, ageMs) => {
    expect(await look({ version }, ageMs)).toMatchObject({ kind: 'unclear' })
  })

  it('counts the age of the key from the first send, not from the last', async () => {
    const doubt = { handles: { sentAt: NOON - 50 * MINUTE } }
    expect(await look({}, 6 * MINUTE, doubt)).toMatchObject({ kind: 'unclear' })
  })
})
