import type { Program } from '../program.js'
import type { CommandContext } from './command.js'
import { explain } from './run.js'

/** Longer than the longest request, so that what is under way can end before a stop is forced. */
const STOP_WITHIN_MS = 40_000

/** Stops the program when the process is asked to end: once in good order, twice at once. */
export function stopOnSignals(
  program: Program,
  context: Pick<CommandContext, 'note' | 'environment'>,
): void {
  let stopping = false
  const stop = () => {
    if (stopping) process.exit(1) // asked twice: now
    stopping = true
    setTimeout(() => {
      context.note('not everything ended in time; what was under way is looked up by others\n')
      process.exit(1)
    }, STOP_WITHIN_MS).unref()
    program.stop().then(
      () => process.exit(0),
      (error) => process.exit(explain(error, '', context)),
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}
