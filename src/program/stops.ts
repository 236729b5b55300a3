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
   * more from that moment, and resolves when what was under way has ended. `giveUp` comes when that
   * takes too long; then there is time for last words.
   * @throws StoppedError when the program was asked to stop meanwhile; it is ended then
   */
  ends(name: string, end: (giveUp: AbortSignal) => Promise<unknown>): void
  /**
   * Adds what others need until they have ended: closed after them, what was opened last first.
   * @throws StoppedError when the program was asked to stop meanwhile; it is closed then
   */
  closes(name: string, close: (giveUp: AbortSignal) => Promise<unknown>): void
}

interface StopWaits {
  /** For everything, until what is under way is given up, milliseconds. */
  readonly giveUpMs: number
  /** From then on, for those who have to tell somebody. */
  readonly lastWordsMs: number
  /** From then on, for each thing that is closed. */
  readonly closeMs: number
}

/** As long as the longest request; with the rest it is shorter than what a stop may take. */
const WAITS: StopWaits = { giveUpMs: 30_000, lastWordsMs: 4_000, closeMs: 1_000 }

interface Part {
  readonly name: string
  end(giveUp: AbortSignal): Promise<unknown>
}

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
  const working: Part[] = []
  const needed: Part[] = []
  const ending: Promise<void>[] = []
  const unended = new Set<string>()
  const errors: unknown[] = []

  async function settle({ name, end }: Part): Promise<void> {
    unended.add(name)
    try {
      await end(giveUp.signal)
    } catch (error) {
      errors.push(error)
    }
    unended.delete(name)
  }

  /** Waits for `work`, but not longer than `ms` from the moment at which everything is given up. */
  async function inTime(work: Promise<unknown>, ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const over = new Promise<void>((resolve) => {
      const begin = () => {
        timer = setTimeout(resolve, ms)
      }
      if (giveUp.signal.aborted) begin()
      else giveUp.signal.addEventListener('abort', begin, { once: true })
    })
    await Promise.race([work, over])
    clearTimeout(timer)
  }

  return {
    asked: asked.signal,
    ends(name, end) {
      if (asked.signal.aborted) ending.push(settle({ name, end }))
      else working.push({ name, end })
      asked.signal.throwIfAborted()
    },
    closes(name, close) {
      needed.push({ name, end: close })
      asked.signal.throwIfAborted()
    },
    async stop(starting) {
      asked.abort(new StoppedError('asked to stop'))
      const late = setTimeout(() => giveUp.abort(), waits.giveUpMs)
      ending.push(...working.map(settle))
      // Whether it could be started is told by whoever starts it.
      const started = settle({ name: 'the start', end: () => starting.catch(() => {}) })
      const all = started.then(() => Promise.all(ending))
      await inTime(all, waits.lastWordsMs)
      for (const part of needed.reverse()) await inTime(settle(part), waits.closeMs)
      clearTimeout(late)
      if (errors.length > 0) throw errors[0]
      return [...unended]
    },
  }
}
