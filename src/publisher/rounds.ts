import { repeat } from '../repeat.js'
import type { Channel, Database } from '../store/database.js'

/**
 * Runs `round` again and again, and at once whenever somebody asks for it over `channel`; what is
 * asked for does not wait for the round before. `round` begins nothing more once it is `stopping`.
 */
export async function startRounds(
  round: (stopping: AbortSignal) => Promise<void>,
  options: {
    database: Database
    channel: Channel
    everyMs: number
    failed: (error: unknown) => void
  },
): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController()
  const asked = new Set<Promise<void>>()
  const unlisten = await options.database.listen(options.channel, () => {
    if (stopping.signal.aborted) return
    const one = round(stopping.signal)
      .catch(options.failed)
      .finally(() => asked.delete(one))
    asked.add(one)
  })
  // Only now: were there no listening, nobody could stop it.
  const timer = repeat(() => round(stopping.signal), options.everyMs, options.failed)
  return {
    async stop() {
      stopping.abort()
      await Promise.all([timer.stop(), unlisten(), ...asked])
    },
  }
}
