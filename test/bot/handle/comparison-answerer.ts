import { onTestFinished } from 'vitest'
import { recordComparison, takeDueComparisons } from '../../../src/store/comparisons.js'
import type { Database } from '../../../src/store/database.js'

/** Stands for the workers: compares whatever is to be compared, and finds what `find` says. */
export async function createComparisonAnswerer(
  database: Database,
  now: () => number,
  find: () => Promise<unknown>,
): Promise<void> {
  const stop = await database.listen('pressroom_compare', async () => {
    for (const name of await takeDueComparisons(database.orm, now(), 60_000)) {
      await find()
      await recordComparison(database.orm, name, now())
    }
  })
  onTestFinished(() => stop())
}
