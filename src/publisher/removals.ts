import {
  belongsToTarget,
  type Copy,
  copiesOf,
  removalFailed,
  type StoredIncident,
  settleDuplicates,
  takeDueRemovals,
} from '../store/duplicates.js'
import { loadTarget } from '../store/load-targets.js'
import { isAway } from '../store/server-connections.js'
import type { StoredTarget } from '../store/stored-target.js'
import type { Connector } from './connectors/connector.js'
import { send } from './connectors/http.js'
import type { Sighting } from './core/outcome.js'
import { type PublisherDeps, requestTimeoutWithin } from './deps.js'
import { messageOf } from './record.js'
import { startRounds } from './rounds.js'
import { see } from './see.js'

const SWEEP_EVERY_MS = 10_000

/**
 * Deletes copies that people want deleted. Deleting can be repeated, so a worker that dies in the
 * middle leaves the rest to the next one. Never touched: the post that a target of ours stands for.
 */
export async function startRemovals(deps: PublisherDeps): Promise<{ stop(): Promise<void> }> {
  const { database, log } = deps
  const round = async (stopping: AbortSignal) => {
    const holds = leaseOf(deps)
    const due = await takeDueRemovals(database.orm, deps.now(), deps.leaseMs)
    for (const incident of due) {
      if (stopping.aborted || !holds()) return // the rest is taken again
      try {
        await removeCopies(incident, deps, holds)
      } catch (error) {
        if (isAway(error)) throw error
        log.error({ key: incident.key, error: messageOf(error) }, 'a copy could not be deleted')
        await removalFailed(database.orm, incident, BROKE_OFF)
      }
    }
  }
  const failed = (error: unknown) =>
    log.warn({ error: (error as Error).message }, 'a copy could not be deleted; tried again')
  const channel = 'pressroom_remove'
  return startRounds(round, { database, channel, everyMs: SWEEP_EVERY_MS, failed })
}

const BROKE_OFF = 'Pressroom stumbled over an error of its own; see its log. Ask for it again then.'

/**
 * Whether what is taken now is still this worker's: one that was frozen deletes nothing when it wakes.
 * Two clocks, for the reasons that the fence of an attempt has.
 */
function leaseOf({ now, leaseMs }: PublisherDeps): () => boolean {
  const takenAt = now()
  const takenAtMs = performance.now()
  return () => now() - takenAt < leaseMs && performance.now() - takenAtMs < leaseMs
}

/**
 * Deletes the copies of a duplicate, if they and the original are still there.
 * @param holds whether it is still this worker's to do
 */
export async function removeCopies(
  incident: StoredIncident,
  deps: PublisherDeps,
  holds: () => boolean = () => true,
): Promise<void> {
  const { orm } = deps.database
  const loaded = await loadTarget(orm, incident.targetId)
  const connector = deps.connector(incident.account)
  const problem = (text: string) => removalFailed(orm, incident, text)
  if (!loaded || !connector?.remove) return problem('This platform lets nobody delete through it.')
  const { stored } = loaded
  const { state } = stored.target
  if (state.status !== 'published' || state.remoteId === undefined) {
    return problem('The post itself is not known to be live, so nothing was deleted.')
  }
  const sighting = await seeOrNot(stored, connector, deps)
  if (sighting.kind === 'live' && sighting.alone) {
    await settleDuplicates(orm, stored, { resolution: 'gone', at: deps.now() })
    return
  }
  const wanted = copiesToRemove(copiesOf(incident), state.remoteId, sighting)
  if (typeof wanted === 'string') return problem(wanted)
  for (const remoteId of wanted) {
    if (await belongsToTarget(orm, incident.account, remoteId)) {
      return problem('The copy belongs to another post from here, so it was not deleted.')
    }
    const removal = await connector.remove(remoteId, {
      now: deps.now,
      prepare: (request) =>
        send(request, { timeoutMs: requestTimeoutWithin(deps), maySend: holds }),
    })
    if (removal.kind === 'notRemoved' && !holds()) return // the next one does it
    if (removal.kind === 'notRemoved') return problem(removal.reason.text)
    deps.log.info({ account: incident.account, remoteId }, 'a copy was deleted')
  }
  const by = incident.removal?.by
  await settleDuplicates(orm, stored, {
    resolution: 'deleted',
    at: deps.now(),
    ...(by ? { by } : {}),
  })
}

/** Where a platform cannot be read, the person who asked has looked. */
async function seeOrNot(
  stored: StoredTarget,
  connector: Connector,
  deps: PublisherDeps,
): Promise<Sighting> {
  if (connector.verify) return see(stored, connector, deps)
  return { kind: 'live' }
}

/**
 * Which posts to delete: what the incident names and the platform still shows, and never the post
 * itself. A reported copy is known by its address alone, until the platform's list names it. Pure.
 * @returns their ids, or why nothing may be deleted
 */
export function copiesToRemove(
  named: readonly Copy[],
  ownId: string,
  sighting: Sighting,
): readonly string[] | string {
  if (sighting.kind === 'gone') {
    return 'The post itself is gone from the platform, so the copy was left alone.'
  }
  if (sighting.kind === 'unknown') {
    return `The account could not be looked at, so nothing was deleted: ${sighting.how}`
  }
  const shown = sighting.kind === 'duplicated' ? sighting.copies : undefined
  if (shown && !shown.some(({ remoteId }) => remoteId === ownId)) {
    return 'The post itself is not shown any more, so the copy was left alone.'
  }
  const others = (shown ?? named).filter((copy) => copy.remoteId !== ownId)
  const meant = others.filter((copy) => named.some((one) => isSame(one, copy)))
  const ids = meant.flatMap(({ remoteId }) => (remoteId ? [remoteId] : []))
  if (ids.length > 0) return ids
  return 'The copy cannot be found through this account; delete it on the platform itself.'
}

function isSame(a: Copy, b: Copy): boolean {
  if (a.remoteId && b.remoteId) return a.remoteId === b.remoteId
  return a.permalink !== undefined && a.permalink === b.permalink
}
