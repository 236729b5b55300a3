import { nextDueAt } from '../publisher/core/decide.js'
import type { Instant } from '../publisher/core/target.js'
import type { StoredTarget } from '../store/stored-target.js'
import { touchOverdue } from '../store/touch-overdue.js'
import type { AccountFacts } from './card.js'
import type { BotDeps } from './deps.js'
import { accountLine, type Line } from './wording.js'

/** What is due and not yet taken after this long is told, … */
const START_WITHIN_MS = 5 * 60_000
/** … and what is under way and makes no step for so long. */
const MOVE_WITHIN_MS = 2 * 60_000

/** Finds what stands still, so that the thread says so. Cheap; made to be called again and again. */
export async function watchOverdue({ database, now, log }: BotDeps): Promise<void> {
  const at = now()
  const found = await touchOverdue(database.orm, {
    startedBefore: at - START_WITHIN_MS,
    movedBefore: at - MOVE_WITHIN_MS,
  })
  if (found > 0) log.warn({ posts: found }, 'posts stand still; their threads say so')
}

/** What there is to say about a target that should have gone on by now; undefined while it is in time. */
export function overdueLine(
  stored: StoredTarget,
  account: AccountFacts | undefined,
  now: Instant,
): Line | undefined {
  const { target } = stored
  const name = accountLine(stored)
  switch (target.state.status) {
    case 'scheduled':
    case 'queued': {
      if (now - target.dueSince < START_WITHIN_MS || account?.isDown) return undefined
      const until = account?.pausedUntil
      const why: Line =
        until !== undefined && until > now
          ? ['the account is paused by a rate limit until ', { at: until }, '.']
          : [
              'either very much is in line, or the workers do not run; somebody should look. It goes on by itself, or asks here when it is too late by then.',
            ]
      return [...name, ' was due ', { at: target.dueSince }, ' and has not gone out yet: ', ...why]
    }
    case 'publishing':
    case 'processing':
    case 'reconciling':
    case 'waiting': {
      const dueAt = nextDueAt(target) ?? now
      if (now - dueAt < MOVE_WITHIN_MS) return undefined
      return [
        ...name,
        ' stands still since ',
        { at: dueAt },
        ': the workers do not seem to run; somebody should look. It is looked up before anything is sent again.',
      ]
    }
    default:
      return undefined
  }
}
