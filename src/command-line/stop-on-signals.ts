import type { Program } from '../program.js'
import type { CommandContext } from './command.js'
import { explain } from './run.js'

/** Longer than the program takes to stop, whatever is under way. */
const STOP_WITHIN_MS = 40_000

/**
 * Stops the program when the process is asked to end, also while it is being started: once in good
 * order, twice at once.
 */
export function stopOnSignals(
  program: Program,
  context: Pick<CommandContext, 'note' | 'environment'>,
): void {
  let stopping = false
  const stop = () => {
    if (stopping) process.exit(1) // asked twice: now
    stopping = true
    const end = (unended: readonly string[]) => {
      if (unended.length === 0) process.exit(0)
      const what = unended.join(', ')
      context.note(
        `not everything ended in time (${what}); what was under way is looked up later\n`,
      )
      process.exit(1)
    }
    setTimeout(end, STOP_WITHIN_MS, ['the stop itself']).unref()
    program.stop().then(end, (error) => process.exit(explain(error, '', context)))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}
