import type { CommandContext } from './command.js'
import { noWords, parseOptions } from './options.js'
import { withStore } from './with-store.js'

export const USAGE = `Usage: pressroom migrate

Brings the database up to date and ends. The other commands do the same when they start, one process
at a time; run this first where an upgrade is to be seen through before anything restarts.
`

export async function run(args: readonly string[], context: CommandContext): Promise<undefined> {
  noWords(parseOptions(args, {}).positionals)
  await withStore(context, async ({ driver }) => {
    const where = driver.engine === 'server' ? 'the database' : 'the embedded database'
    context.print(`${where} is up to date\n`)
  })
}
