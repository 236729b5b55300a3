/**
 * Runs `work` at once and then `everyMs` after each end, until stopped; never twice at a time. `work`
 * begins nothing more once it is `stopping`.
 */
export function repeat(
  work: (stopping: AbortSignal) => Promise<void>,
  everyMs: number,
  failed: (error: unknown) => void,
): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  const stopping = new AbortController()
  const turn = async () => {
    await work(stopping.signal).catch(failed)
    if (!stopping.signal.aborted) timer = setTimeout(run, everyMs)
  }
  let running = turn()
  const run = () => {
    running = turn()
  }
  return {
    async stop() {
      stopping.abort()
      clearTimeout(timer)
      await running
    },
  }
}
