import { setMaxListeners } from 'node:events'
import type { Log } from '../log.js'
import { aborted, unlessAborted, within } from '../wait.js'
import type { Command } from './command.js'
import { type Reply, say } from './reply.js'
import { failureWords, givenUpWords, SLOW } from './trouble.js'

/** Something would be queued by a command that was given up. */
class GivenUpError extends Error {
  override readonly name = 'GivenUpError'
}

/** Tells the one who asked, privately. Never throws. */
export interface Telling {
  /** In between, while the work goes on. */
  tell(reply: Reply): Promise<void>
  /** At the end, once. */
  end(reply: Reply): Promise<void>
}

/** What people have asked for and are not answered yet. */
export interface UnderWay {
  /** Keeps count of work until it has ended. @returns the same */
  track<T>(work: Promise<T>): Promise<T>
  /**
   * Carries out a command that was acknowledged, and tells what came of it, whatever fails.
   * @param work calls `mayQueue` right before it queues something
   */
  carryOut(
    command: Command,
    work: (mayQueue: () => void) => Promise<Reply>,
    telling: Telling,
  ): Promise<void>
  /** Waits for all of it. What still goes on at `giveUp` is given up, and that is told. */
  drain(giveUp: AbortSignal): Promise<void>
}

/** After this long somebody is told that it still goes on. */
const SLOW_AFTER_MS = 10_000
/** What is being written down when it is given up gets this long to come to its end, … */
const ENDS_WITHIN_MS = 1_000
/** … and telling all of those who wait gets this long with it. */
const TOLD_WITHIN_MS = 3_500

export function createUnderWay(log: Log): UnderWay {
  const underWay = new Set<Promise<void>>()
  const givenUp = new AbortController()
  setMaxListeners(0, givenUp.signal) // one for each command that is under way

  function track<T>(work: Promise<T>): Promise<T> {
    const ended = work.then(
      () => {},
      () => {},
    )
    underWay.add(ended)
    void ended.then(() => underWay.delete(ended))
    return work
  }

  async function attempt(
    command: Command,
    work: (mayQueue: () => void) => Promise<Reply>,
  ): Promise<Reply> {
    let queues = false
    const mayQueue = () => {
      if (givenUp.signal.aborted) throw new GivenUpError('the program stops')
      queues = true
    }
    const reply = work(mayQueue).catch((error: unknown) => {
      if (error instanceof GivenUpError) return say(givenUpWords(command, queues))
      log.error({ kind: command.kind, error: (error as Error).message }, 'failed')
      return say(failureWords(command))
    })
    const ended =
      (await unlessAborted(reply, givenUp.signal)) ?? (await within(ENDS_WITHIN_MS, reply))
    if (ended) return ended
    log.warn(
      { kind: command.kind, key: command.key, queues },
      'given up, because the program stops',
    )
    return say(givenUpWords(command, queues))
  }

  return {
    track,
    carryOut(command, work, { tell, end }) {
      const slow = setTimeout(() => void tell(SLOW), SLOW_AFTER_MS)
      const reply = attempt(command, work).finally(() => clearTimeout(slow))
      return track(reply.then(end))
    },
    async drain(giveUp) {
      const all = async () => {
        while (underWay.size > 0) await Promise.all(underWay)
      }
      const ended = all()
      await Promise.race([ended, aborted(giveUp)])
      if (underWay.size === 0) return
      givenUp.abort()
      await within(TOLD_WITHIN_MS, ended)
    },
  }
}
