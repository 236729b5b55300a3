import type { Doorbell } from '../../../src/publisher/queue/queue.js'

/** A queue server in memory that outlives the processes on it; a bell given to a dead one is lost. */
export function createMemoryQueue(): Doorbell {
  const rung = new Set<string>()
  const timers = new Set<NodeJS.Timeout>()
  const answerers = new Set<(targetId: string) => Promise<void>>()
  return {
    async ring(bells, now) {
      for (const { targetId, version, dueAt } of bells) {
        const id = `${targetId}-${version}`
        if (rung.has(id)) continue
        rung.add(id)
        const timer = setTimeout(
          () => {
            timers.delete(timer)
            rung.delete(id)
            // The newest process answers: an older one may be dead.
            const answer = [...answerers].at(-1)
            void answer?.(targetId).catch(() => {})
          },
          Math.max(0, dueAt - now),
        )
        timers.add(timer)
      }
    },
    async answer(_options, answer) {
      answerers.add(answer)
      return {
        async stop() {
          answerers.delete(answer)
        },
      }
    },
    ping: async () => {},
    depth: async () => rung.size,
    async empty() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      rung.clear()
    },
    async close() {
      await this.empty()
      answerers.clear()
    },
  }
}
