import { setMaxListeners } from 'node:events'
import type { Log } from '../log.js'
import { aborted, unlessAborted, within } from '../wait.js'
import type { Command } from './command.js'
import { type Entry, NO_ENTRY } from './ledger.js'
import { type Reply, say } from './reply.js'
import { failureWords, givenUpWords, SLOW, UNSURE } from './trouble.js'

/** Something would be queued by a command that was given up. */
class GivenUpError extends Error {
  override readonly name = 'GivenUpError'
}

interface Attempt {
  readonly reply: Reply
  /** It was not done, or it is not certain. */
  readonly isFailure: boolean
}

/** Tells the one who asked, privately. Never throws. */
export interface Telling {
  /** In between, while the work goes on. */
  tell(reply: Reply): Promise<void>
  /** At the end, once. @returns false when nobody could be told */
  end(reply: Reply): Promise<boolean>
}

/** What people have asked for and are not answered yet. */
export interface UnderWay {
  /** Keeps count of work until it has ended. @returns the same */
  track<T>(work: Promise<T>): Promise<T>
  /**
   * Carries out a command that was acknowledged, and tells what came of it, whatever fails.
   * @param work calls `mayQueue` right before it queues something
   * @param entry where it is written down, crossed off when it is answered
   */
  carryOut(
    command: Command,
    work: (mayQueue: () => void) => Promise<Reply>,
    telling: Telling,
    entry?: Entry,
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
  ): Promise<Attempt> {
    let queues = false
    const mayQueue = () => {
      if (givenUp.signal.aborted) throw new GivenUpError('the program stops')
      queues = true
    }
    const failed = (words: string): Attempt => ({ reply: say(words), isFailure: true })
    const attempted = work(mayQueue).then(
      (reply): Attempt => ({ reply, isFailure: false }),
      (error: unknown) => {
        if (error instanceof GivenUpError) return failed(givenUpWords(command, queues))
        log.error({ kind: command.kind, error: (error as Error).message }, 'failed')
        return failed(failureWords(command))
      },
    )
    const ended =
      (await unlessAborted(attempted, givenUp.signal)) ?? (await within(ENDS_WITHIN_MS, attempted))
    if (ended) return ended
    log.warn(
      { kind: command.kind, key: command.key, queues },
      'given up, because the program stops',
    )
    return failed(givenUpWords(command, queues))
  }

  async function answer(
    { reply, isFailure }: Attempt,
    end: Telling['end'],
    entry: Entry,
  ): Promise<void> {
    if (!isFailure) {
      if (await end(reply)) await entry.settle()
      else entry.leave()
      return
    }
    // Whoever is told that it was not done has to be able to rely on that.
    const isOver = await entry.settle()
    await end(isOver ? reply : UNSURE)
  }

  return {
    track,
    carryOut(command, work, { tell, end }, entry = NO_ENTRY) {
      const slow = setTimeout(() => void tell(SLOW), SLOW_AFTER_MS)
      const attempted = attempt(command, work).finally(() => clearTimeout(slow))
      return track(attempted.then((ended) => answer(ended, end, entry)))
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
