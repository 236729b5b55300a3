import type { Clock } from '../../store/clock.js'
import { createPacer, type Pace, type Want } from '../rate.js'

/** Who waits for a chat: one place in line per call. */
export interface Turns {
  /**
   * Waits until this call may go.
   * @param since who has waited longer goes first among calls that matter the same
   * @returns false when `signal` came first; the call must not go then
   */
  take(want: Want & { since: number }, signal: AbortSignal): Promise<boolean>
  /** The call was not made after all. */
  giveBack(want: Want): void
  /** The chat asked to wait, in milliseconds. */
  pause(want: Want, retryAfterMs: number): void
}

interface Waiting {
  readonly want: Want & { since: number }
  go(granted: boolean): void
}

/** Node fires longer timers at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** One line for one chat, served by urgency within what the chat allows. */
export function createTurns(pace: Pace, now: Clock): Turns {
  const pacer = createPacer(pace)
  const waiting = new Set<Waiting>()
  let timer: NodeJS.Timeout | undefined

  function serve(): void {
    clearTimeout(timer)
    timer = undefined
    const line = [...waiting].sort(
      (a, b) => a.want.urgency - b.want.urgency || a.want.since - b.want.since,
    )
    let soonestMs = Number.POSITIVE_INFINITY
    for (const one of line) {
      const delayMs = pacer.delayMs(one.want, now())
      if (delayMs > 0) {
        soonestMs = Math.min(soonestMs, delayMs)
        continue
      }
      pacer.spend(one.want, now())
      one.go(true)
    }
    if (soonestMs < Number.POSITIVE_INFINITY) {
      timer = setTimeout(serve, Math.min(soonestMs, LONGEST_TIMER_MS))
    }
  }

  return {
    take(want, signal) {
      return new Promise((resolve) => {
        const give = () => one.go(false)
        const one: Waiting = {
          want,
          go(granted) {
            waiting.delete(one)
            signal.removeEventListener('abort', give)
            resolve(granted)
          },
        }
        waiting.add(one)
        signal.addEventListener('abort', give, { once: true })
        serve()
        // Only a wait is given up for something newer: changes may come faster than they are shown.
        if (signal.aborted && waiting.has(one)) give()
      })
    },
    giveBack(want) {
      pacer.refund(want, now())
      serve()
    },
    pause(want, retryAfterMs) {
      pacer.pause(want, now() + retryAfterMs)
      serve()
    },
  }
}
