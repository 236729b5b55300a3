import type { Bell, Doorbell } from '../../src/publisher/queue/queue.js'

export interface MemoryDoorbell extends Doorbell {
  /** Every call to `ring`, as it came. */
  readonly calls: Bell[][]
  /** What `ring` does besides keeping the call. */
  onRing: () => Promise<void>
}

/** A doorbell that only remembers what was rung. */
export function createMemoryDoorbell(): MemoryDoorbell {
  const calls: Bell[][] = []
  return {
    calls,
    onRing: async () => {},
    async ring(bells) {
      calls.push([...bells])
      await this.onRing()
    },
    answer: async () => ({ stop: async () => {} }),
    ping: async () => {},
    depth: async () => 0,
    empty: async () => {},
    close: async () => {},
  }
}
