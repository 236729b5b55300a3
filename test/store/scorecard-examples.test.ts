import { describe, expect, it } from 'vitest'
import { loadReport } from '../../src/bot/scorecard/load-report.js'
import { weekById } from '../../src/bot/scorecard/week.js'
import { testDatabases } from '../support/database.js'
import { EXAMPLE_ZONE, readExamples } from '../support/scorecard-examples.js'
import { HERE, storeHistories } from '../support/scorecard-store.js'

const LONG_AFTER = Date.UTC(2028, 0, 1)

describe.each(testDatabases())('the worked examples of docs/scorecard.md, $engine', (engine) => {
  const database = engine.use()

  it.each(readExamples())('$title', async ({ targets, incidents, expected }) => {
    await storeHistories(database(), targets, incidents)
    for (const [id, figures] of expected) {
      const week = weekById(id, EXAMPLE_ZONE)
      const report = await loadReport(database().orm, HERE, week, LONG_AFTER)
      expect(report.total.now).toEqual(figures)
    }
  })
})
