import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Redactor } from '../log.js'
import { createMediaCache } from '../media-cache.js'
import { measuredConnector } from '../observe/measured-connector.js'
import { answers } from '../observe/readiness.js'
import type { PublisherDeps } from '../publisher/deps.js'
import { startPublisher } from '../publisher/publisher.js'
import type { ShownDoorbell } from '../publisher/queue/queue.js'
import { createRenewals } from '../publisher/renewals.js'
import { loadMedia } from '../store/media.js'
import { keptMedia } from '../store/preflights.js'
import type { SecretBox } from '../store/secret-box.js'
import type { Parts } from './parts.js'

/** For the targets of a post or two, which want the same media within seconds. */
const MEDIA_CACHE_BYTES = 32_000_000

/**
 * Starts the workers.
 * @returns the queue that they answer
 * @throws QueueUnavailableError, StoppedError
 */
export async function startWorkers(
  parts: Parts,
  box: SecretBox,
  redactor: Redactor,
  openQueue: () => Promise<ShownDoorbell>,
): Promise<ShownDoorbell> {
  const { settings, file, desk, links, metrics, readiness, stops } = parts
  const { database, now, random, log, policy } = parts
  const cache = createMediaCache(async (id) => {
    const found = await loadMedia(database.orm, id)
    if (!found) throw new Error(`the medium ${id} is no longer kept`)
    return found.bytes
  }, MEDIA_CACHE_BYTES)
  const deps: PublisherDeps = {
    database,
    now,
    random,
    policy,
    log: log.child({ part: 'publisher' }),
    worker: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
    leaseMs: settings.leaseMs,
    requestTimeoutMs: settings.requestTimeoutMs,
    connector: (account) => {
      const found = desk.connector(account)
      return found && measuredConnector(found, metrics)
    },
    limits: (account) => file.limits?.get(account),
    renewals: createRenewals({
      database,
      box,
      use(account, credentials) {
        for (const secret of Object.values(credentials)) redactor.add(secret)
        desk.adoptCredentials(account, credentials)
      },
    }),
    media: {
      bytes: ({ id }) => cache.bytes(id),
      kept: (ids) => keptMedia(database.orm, ids),
      publicUrl: (media) => {
        const url = links?.linkTo(media.id, media.filename) ?? media.sourceUrl
        if (!url)
          throw new Error('PRESSROOM_PUBLIC_URL is not set, and the platform fetches media itself')
        return url
      },
    },
  }
  const doorbell = await openQueue()
  stops.closes('the queue', () => doorbell.close())
  readiness.add(answers(doorbell.ping, 'the queue does not answer; publishing goes on without it'))
  // Bells that the last process was answering when it died would hold back their like.
  if (database.driver.engine === 'embedded') await doorbell.empty()
  const publisher = await startPublisher(deps, doorbell)
  stops.ends('publishing', publisher.stop)
  return doorbell
}
