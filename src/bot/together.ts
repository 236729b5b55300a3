import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * Does for many at once what costs the same for one: while it is being done, what comes meanwhile waits
 * and goes together. It begins in the next turn, so that what arrived in one goes in one.
 * @param work answers for each of what it is given, in its order
 */
export function together<T, R>(
  work: (all: readonly T[]) => Promise<readonly R[]>,
): (one: T) => Promise<R> {
  interface Waiting {
    readonly one: T
    resolve(result: R): void
    reject(error: unknown): void
  }
  let waiting: Waiting[] = []
  let isRunning = false

  async function run(): Promise<void> {
    if (isRunning) return
    isRunning = true
    await nextTurn()
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      try {
        const results = await work(group.map(({ one }) => one))
        group.forEach(({ resolve }, index) => {
          resolve(results[index] as R)
        })
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    isRunning = false
  }

  return (one) =>
    new Promise((resolve, reject) => {
      waiting.push({ one, resolve, reject })
      void run()
    })
}
