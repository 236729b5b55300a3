import { describe, it } from 'vitest'
import { compareFirst } from '../../../src/bot/scorecard/compare-first.js'
import { testDatabases } from '../../support/database.js'
import { addAccount } from '../../support/targets.js'
import { botDeps } from './room.js'

const HOUR = 3_600_000

describe.each(testDatabases())('comparing before a scorecard, $engine', ({ use }) => {
  const database = use()

  it('is waited for no longer when the program stops', async () => {
    await addAccount(database())
    const stopping = new AbortController()
    const deps = { ...botDeps(database(), Date.now), stopping: stopping.signal }
    // No worker runs, so nobody answers.
    const compared = compareFirst(deps, HOUR)
    setImmediate(() => stopping.abort())
    await compared
    await compareFirst(deps, HOUR)
  })
})
