import { setTimeout as sleep } from 'node:timers/promises'
import type { Ground, Trouble } from './ground.js'

export interface Weather {
  /** How often each kind of trouble came. */
  readonly counts: ReadonlyMap<string, number>
  /** What the last trouble broke for good, if anything. */
  failure(): Error | undefined
  /** No more trouble; resolves when the last one is over. */
  calm(): Promise<void>
}

/** A machine that is too slow for the pauses gets this long to bring something about. */
const MOVES_WITHIN_MS = 30_000
const ENOUGH = 25

/**
 * Lets one trouble after the other happen, at random, with pauses around `meanPauseMs`, and only
 * when there is something to break: when the programs have done something since the last one.
 * @param done counts what they have done so far
 */
export function brew(
  ground: Ground,
  random: () => number,
  meanPauseMs: number,
  done: () => number,
): Weather {
  const counts = new Map<string, number>()
  const calm = new AbortController()
  let failure: Error | undefined
  let doneBefore = 0
  const over = (async () => {
    while (!calm.signal.aborted) {
      const pauseMs = meanPauseMs * (0.4 + 1.2 * random())
      await sleep(pauseMs, undefined, { signal: calm.signal }).catch(() => {})
      const from = doneBefore
      for (
        let waitedMs = 0;
        waitedMs < MOVES_WITHIN_MS && done() < from + ENOUGH;
        waitedMs += 100
      ) {
        if (calm.signal.aborted) return
        await sleep(100)
      }
      if (calm.signal.aborted) return
      const trouble = draw(ground.troubles, random)
      counts.set(trouble.name, (counts.get(trouble.name) ?? 0) + 1)
      await trouble.happen(random)
      doneBefore = done()
    }
  })().catch((error: Error) => {
    failure = error
  })
  return {
    counts,
    failure: () => failure,
    async calm() {
      calm.abort()
      await over
    },
  }
}

function draw(troubles: readonly Trouble[], random: () => number): Trouble {
  const total = troubles.reduce((sum, { weight }) => sum + weight, 0)
  let left = random() * total
  for (const trouble of troubles) {
    left -= trouble.weight
    if (left < 0) return trouble
  }
  throw new RangeError('there is no trouble to draw')
}
