import { join } from 'node:path'
import { openEmbedded } from '../../src/store/open-embedded.js'
import { keepRunning } from './children.js'
import { type Death, type Ground, type GroundParts, killOne, MOMENT_WITHIN_MS } from './ground.js'
import { UP_WITHIN_MS, WAITS } from './measures.js'

/** Everything in one process on one data folder, killed and frozen again and again. */
export function embeddedGround(parts: GroundParts): Ground {
  const dataDir = join(parts.folder, 'data')
  const deaths: Death[] = []
  const env = { ...parts.env, PRESSROOM_DATA_DIR: dataDir }
  const program = keepRunning(
    { name: 'start', entry: parts.entry, args: ['start'], env },
    parts.logs,
  )
  return {
    name: 'embedded',
    children: [program],
    deaths,
    troubles: [
      {
        name: 'killed',
        weight: 5,
        async happen() {
          await parts.openRequest(MOMENT_WITHIN_MS)
          const death = killOne(program, deaths)
          await program.ready(UP_WITHIN_MS)
          if (death) death.upAt = Date.now()
        },
      },
      {
        name: 'frozen',
        weight: 3,
        happen: (random) => program.stall(WAITS.leaseMs * (0.6 + 1.6 * random())),
      },
      {
        name: 'stopped',
        weight: 1,
        async happen() {
          await program.end(10_000)
          await program.ready(UP_WITHIN_MS)
        },
      },
    ],
    end: () => program.retire(20_000),
    async read() {
      const database = await openEmbedded(dataDir)
      try {
        return await parts.read(database)
      } finally {
        await database.close()
      }
    },
    async close() {},
  }
}
