import { within } from '../bot/within.js'

/** The program was asked to stop before all of it was started. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError'
}

/** What ends each part that was started. */
export interface Stops {
  /** Comes when the program is asked to stop, with a StoppedError: nothing more is to be started. */
  readonly asked: AbortSignal
  /**
   * Adds what is called when the program stops, at the same time as all others: it takes nothing
   * more from that moment, and resolves when what was under way has ended. After `giveUp` that no
   * longer matters, and only a few seconds are left for last words.
   * @throws StoppedError when the program was asked to stop meanwhile; it is ended then
   */
  ends(name: string, end: (giveUp: AbortSignal) => Promise<unknown>): void
  /**
   * Adds what others need until they have ended: closed after them, what was opened last first.
   * @throws StoppedError when the program was asked to stop meanwhile; it is closed then
   */
  closes(name: string, close: () => Promise<unknown>): void
}

export interface StopWaits {
  /** Until what is under way is given up, milliseconds. */
  readonly giveUpMs: number
  /** From then on, for those who have to tell somebody. */
  readonly lastWordsMs: number
  /** For each thing that is closed. */
  readonly closeMs: number
}

/** Longer than the longest request; with the rest it is shorter than what a stop may take. */
const WAITS: StopWaits = { giveUpMs: 31_000, lastWordsMs: 4_000, closeMs: 2_000 }

/** Keeps what has to be stopped, and stops it. */
export function createStops(waits: StopWaits = WAITS): Stops & {
  /**
   * Stops everything that was started, and what `starting` still starts.
   * @returns the names of what did not end in time
   * @throws the first error of a part; the others are ended all the same
   */
  stop(starting: Promise<unknown>): Promise<readonly string[]>
} {
  const asked = new AbortController()
  const giveUp = new AbortController()
  const parts: { name: string; end(giveUp: AbortSignal): Promise<unknown> }[] = []
  const needed: { name: string; close(): Promise<unknown> }[] = []
  const ending: Promise<void>[] = []
  const unended = new Set<string>()
  const errors: unknown[] = []

  async function settle(name: string, ended: Promise<unknown>): Promise<void> {
    unended.add(name)
    await ended.catch((error) => errors.push(error))
    unended.delete(name)
  }

  return {
    asked: asked.signal,
    ends(name, end) {
      if (asked.signal.aborted) ending.push(settle(name, end(giveUp.signal)))
      else parts.push({ name, end })
      asked.signal.throwIfAborted()
    },
    closes(name, close) {
      needed.push({ name, close })
      asked.signal.throwIfAborted()
    },
    async stop(starting) {
      asked.abort(new StoppedError('asked to stop'))
      const late = setTimeout(() => giveUp.abort(), waits.giveUpMs)
      for (const { name, end } of parts) ending.push(settle(name, end(giveUp.signal)))
      // What could not be started is told by whoever starts it.
      const started = settle(
        'the start',
        starting.catch(() => {}),
      )
      const all = started.then(() => Promise.all(ending))
      await within(waits.giveUpMs + waits.lastWordsMs, all)
      clearTimeout(late)
      for (const { name, close } of needed.reverse()) {
        await within(waits.closeMs, settle(name, close()))
      }
      if (errors.length > 0) throw errors[0]
      return [...unended]
    },
  }
}
