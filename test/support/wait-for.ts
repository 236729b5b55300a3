import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_EVERY_MS = 10
const WITHIN_MS = 10_000

/**
 * Looks again and again until what is seen holds, and returns it.
 * @param what names the condition in the error
 * @throws when the deadline passes, with what was seen last
 */
export async function waitFor<T>(
  what: string,
  look: () => T | Promise<T>,
  holds: (seen: T) => boolean,
  withinMs: number = WITHIN_MS,
): Promise<T> {
  const giveUpAt = performance.now() + withinMs
  for (;;) {
    const seen = await look()
    if (holds(seen)) return seen
    if (performance.now() >= giveUpAt) {
      throw new Error(`${what} did not come true in ${withinMs} ms; seen last: ${show(seen)}`)
    }
    await sleep(LOOK_EVERY_MS)
  }
}

function show(seen: unknown): string {
  return (JSON.stringify(seen, null, 1) ?? String(seen)).slice(0, 2_000)
}
