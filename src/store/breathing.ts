import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PGlite } from '@electric-sql/pglite'

/** Timers, sockets and signals of the process wait no longer than this for statements. */
const BREATHE_EVERY_MS = 10

/**
 * The engine, with a breath for everything else in the process now and then. It answers within the turn
 * of the event loop in which it is asked: as long as some statement waits for the one before it, no
 * other turn comes, and nobody is heard or acknowledged.
 */
export function breathing(pglite: PGlite): PGlite {
  let breathedAt = performance.now()
  let breath: Promise<void> | undefined

  async function breathe(): Promise<void> {
    await nextTurn()
    breathedAt = performance.now()
    breath = undefined
  }

  async function whenDue(): Promise<void> {
    if (performance.now() - breathedAt >= BREATHE_EVERY_MS) breath ??= breathe()
    await breath
  }

  return new Proxy(pglite, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property)
      if (typeof value !== 'function') return value
      const method: (...given: unknown[]) => unknown = value.bind(target)
      if (property !== 'query' && property !== 'transaction') return method
      return async (...given: unknown[]) => {
        await whenDue()
        return method(...given)
      }
    },
  })
}
