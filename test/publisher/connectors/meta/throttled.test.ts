import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createBench, type ErrorRow } from '../../../support/connector-bench.js'
import { IMAGE } from '../../../support/sample-media.js'

const MINUTE = 60_000
/** A throttle as Meta sends it: it names its wait, and calls itself transient. */
const throttle = (minutes: number): ErrorRow['fault'] => ({
  kind: 'meta_code',
  code: 4,
  transient: true,
  retryAfterS: minutes * 60,
})
const content = { text: 'The harbour', media: [IMAGE] }
const facebook = {
  platform: 'facebook',
  account: { pageId: '1029', accessToken: 'sandbox-facebook-token' },
  token: 'sandbox-facebook-token',
  provesAbsence: false,
} as const
const instagram = {
  platform: 'instagram',
  account: { userId: '1784', accessToken: 'sandbox-instagram-token' },
  token: 'sandbox-instagram-token',
  provesAbsence: true,
} as const

describe.each([facebook, instagram])('a throttle that leaves a doubt on $platform', (setup) => {
  const bench = createBench({ ...setup, contents: { content } })
  beforeAll(bench.open)
  beforeEach(bench.reset)
  afterAll(bench.close)
  const requests = (kind: string) =>
    bench
      .sandbox()
      .requests(setup.platform)
      .filter((request) => request.kind === kind)
  const sentAt = () => requests('mutation').map(({ at }) => at)

  it('is looked into at once, and nothing is sent before the account may call again', async () => {
    bench.fault({ ...throttle(30), on: 'mutation', when: 'before', times: 1 })
    const drive = await bench.drive(content)
    const [first = 0, second = 0, ...more] = sentAt()
    expect(more).toEqual([])
    expect(second - first).toBeGreaterThanOrEqual(30 * MINUTE)
    expect(second - first).toBeLessThan(31 * MINUTE)
    const looks = drive.trace.filter(({ event }) => event.type === 'lookedUp')
    expect(looks).toHaveLength(5)
    for (const { at } of looks) expect(at).toBeLessThan(first + MINUTE)
    expect(drive.state.status).toBe('published')
    expect(bench.live()).toHaveLength(1)
  })

  it.each(['before', 'after'] as const)(
    'is looked into when it may be, where the looks are throttled too (%s accepting)',
    async (when) => {
      bench.fault({ ...throttle(30), on: 'mutation', when, times: 1 })
      const drive = await bench.drive(content, {
        beforeTask: async (task, { state }) => {
          if (task !== 'lookUp' || state.status !== 'reconciling') return
          const spoiled = state.lookUpErrors < 2
          bench.sandbox().clearFaults()
          if (spoiled) bench.fault({ ...throttle(20), on: 'read', when: 'before', times: 'always' })
        },
      })
      const looks = drive.trace.filter(({ event }) => event.type === 'lookedUp')
      const [one, two, three] = looks.map(({ at }) => at)
      expect((two ?? 0) - (one ?? 0)).toBe(20 * MINUTE)
      expect((three ?? 0) - (two ?? 0)).toBe(20 * MINUTE)
      expect(drive.state.status).toBe('published')
      expect(bench.live()).toHaveLength(1)
      expect(sentAt()).toHaveLength(when === 'after' ? 1 : 2)
    },
  )
})
