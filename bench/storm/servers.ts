import { openServer } from '../../src/store/open-server.js'
import { type Child, keepRunning } from './children.js'
import {
  type Death,
  type Ground,
  type GroundParts,
  killOne,
  MOMENT_WITHIN_MS,
  type Trouble,
} from './ground.js'
import { WAITS } from './measures.js'
import type { Servers } from './own-servers.js'
import { pick } from './people.js'

const BOTS = 2
const WORKERS = 4

/** Bots and workers in processes of their own over Postgres and Redis; all of them may go. */
export function serversGround(parts: GroundParts, servers: Servers): Ground {
  const env = { ...parts.env, DATABASE_URL: servers.databaseUrl, REDIS_URL: servers.redisUrl }
  const start = (mode: 'bot' | 'worker', number: number) =>
    keepRunning({ name: `${mode}-${number}`, entry: parts.entry, args: [mode], env }, parts.logs)
  const bots = Array.from({ length: BOTS }, (_, n) => start('bot', n + 1))
  const workers = Array.from({ length: WORKERS }, (_, n) => start('worker', n + 1))
  const children = [...bots, ...workers]
  const deaths: Death[] = []

  const killed = (name: string, weight: number, among: readonly Child[]): Trouble => ({
    name,
    weight,
    async happen(random) {
      await parts.openRequest(MOMENT_WITHIN_MS)
      killOne(pick(among, random), deaths)
    },
  })
  const frozen = (name: string, weight: number, among: readonly Child[]): Trouble => ({
    name,
    weight,
    happen: (random) => pick(among, random).stall(WAITS.leaseMs * (0.6 + 1.6 * random())),
  })
  const { restarts } = servers
  return {
    name: 'servers',
    children,
    deaths,
    troubles: [
      killed('worker killed', 6, workers),
      frozen('worker frozen', 4, workers),
      killed('bot killed', 2, bots),
      frozen('bot frozen', 2, bots),
      {
        name: 'all workers killed',
        weight: 4,
        async happen() {
          await parts.openRequest(MOMENT_WITHIN_MS)
          for (const worker of workers) killOne(worker, deaths)
        },
      },
      { name: 'queue emptied', weight: 2, happen: () => servers.emptyRedis() },
      ...(restarts
        ? [
            { name: 'redis restarted', weight: 2, happen: () => restarts.redis() },
            { name: 'postgres restarted', weight: 1, happen: () => restarts.postgres('fast') },
            { name: 'postgres killed', weight: 1, happen: () => restarts.postgres('immediate') },
          ]
        : []),
    ],
    async end() {
      await Promise.all(children.map((child) => child.retire(20_000)))
    },
    async read() {
      const database = await openServer(servers.databaseUrl)
      try {
        return await parts.read(database)
      } finally {
        await database.close()
      }
    },
    close: () => servers.close(),
  }
}
