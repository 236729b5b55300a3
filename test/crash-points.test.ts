import { describe, expect, it } from 'vitest'
import { tryCrashPoints } from './support/crash/crash-points.js'
import { openStages, type StagePlatform } from './support/crash/open-stage.js'

/** `npm run crash-points` does the same for every connector, and with lost answers. */
describe.concurrent('a process that dies', () => {
  it.each<StagePlatform>(['facebook', 'manual'])(
    'at any point of publishing to %s leaves one post, one thread, and nothing untrue',
    // One run stood still, by its stage as it seems (see `spare`); goes when many runs have shown that.
    { timeout: 120_000, retry: 1 },
    async (platform) => {
      const stages = await openStages()
      const endings = await tryCrashPoints(stages.on(platform)).finally(stages.close)
      expect(endings.filter(({ wrong }) => wrong !== undefined)).toEqual([])
      expect(endings.filter(({ died }) => died).length).toBeGreaterThan(20)
    },
  )
})
