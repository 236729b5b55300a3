import { describe, expect, it, onTestFinished } from 'vitest'
import { createDesk } from '../../src/desk.js'
import { createLog, createRedactor } from '../../src/log.js'
import { followChecks } from '../../src/program/follow-checks.js'
import { createStops } from '../../src/program/stops.js'
import { accountSchema } from '../../src/publisher/connectors/index.js'
import { DEFAULT_LIMITS } from '../../src/publisher/connectors/mastodon/render.js'
import { recordCheck } from '../../src/store/accounts.js'
import { NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { addAccount } from '../support/targets.js'
import { waitFor } from '../support/wait-for.js'

const entry = { platform: 'mastodon', accessToken: 't', apiUrl: 'https://long.example' }
const account = accountSchema.parse({ name: 'mastodon', ...entry })
const long = { text: 'a'.repeat(900), media: [] }
const checked = (characters: number) => ({
  kind: 'ok' as const,
  identity: '@acme@long.example',
  learned: { host: 'long.example', limits: { ...DEFAULT_LIMITS, characters } },
})

describe.each(testDatabases())('a process that makes no checks, on $engine', ({ use }) => {
  const database = use()

  it('goes by what the stored ones have learned, from its start and as they are made', async () => {
    await addAccount(database(), 'mastodon', { checked: checked(5000) })
    const desk = createDesk([account], { servesMedia: false })
    expect(desk.check('mastodon', long)).toHaveLength(1)
    const stops = createStops()
    onTestFinished(async () => void (await stops.stop(Promise.resolve())))
    const log = createLog({ level: 'silent', redactor: createRedactor() })
    await followChecks({ database: database(), desk, stops, log })
    expect(desk.check('mastodon', long)).toEqual([])

    const again = { name: 'mastodon', checked: checked(600), now: NOON, nextCheckAt: NOON }
    await recordCheck(database().orm, again)
    const problems = () => desk.check('mastodon', long)
    await waitFor('the new limit', problems, (found) => found.length === 1)
  })
})
