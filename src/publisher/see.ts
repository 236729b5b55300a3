import { sameOnTheirWay } from '../store/duplicates.js'
import { otherRemoteIds } from '../store/load-targets.js'
import type { StoredTarget } from '../store/stored-target.js'
import type { Connector, Reader } from './connectors/connector.js'
import type { Finding, RemotePost, Sighting } from './core/outcome.js'
import type { PublisherDeps } from './deps.js'
import { brokeOff } from './record.js'
import { requestFor } from './request-for.js'
import { createReader } from './steps.js'

const DAY_MS = 86_400_000

/** What the platform shows of a live target; copies that may be meant are none. */
export async function see(
  stored: StoredTarget,
  connector: Connector,
  deps: PublisherDeps,
  reader: Reader = createReader(deps),
): Promise<Sighting> {
  const { state } = stored.target
  if (state.status !== 'published' || !connector.verify) {
    return { kind: 'unknown', how: 'It is not live, or this platform cannot be read.' }
  }
  const post = {
    ...requestFor(stored),
    ...(state.remoteId === undefined ? {} : { remoteId: state.remoteId }),
    publishedAt: state.publishedAt,
    otherRemoteIds: await otherRemoteIds(deps.database.orm, stored, state.publishedAt - DAY_MS),
  }
  const sighting = await connector
    .verify(post, reader)
    .catch((error) => ({ kind: 'unknown' as const, how: brokeOff(stored, error, deps).text }))
  if (sighting.kind !== 'duplicated') return sighting
  const meant = await sameOnTheirWay(deps.database.orm, stored)
  return sighting.copies.length - 1 > meant ? sighting : { kind: 'live', ...known(sighting, state) }
}

/** The post itself, among its copies. */
function known(
  { copies }: Extract<Sighting, { kind: 'duplicated' }>,
  { remoteId }: { readonly remoteId?: string },
): Partial<RemotePost> {
  return copies.find((copy) => copy.remoteId === remoteId) ?? {}
}

/** A deliberate copy that is on its way at the same time is no duplicate. */
export async function withoutMeant(
  finding: Extract<Finding, { kind: 'found' }>,
  stored: StoredTarget,
  deps: PublisherDeps,
): Promise<Finding> {
  const { copies, ...single } = finding
  if (!copies || copies.length < 2) return finding
  const meant = await sameOnTheirWay(deps.database.orm, stored)
  return copies.length - 1 > meant ? finding : single
}
