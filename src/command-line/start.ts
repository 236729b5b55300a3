import { readSettings } from '../config.js'
import { type Mode, startProgram } from '../program.js'
import type { CommandContext, CommandModule } from './command.js'
import { noWords, parseOptions } from './options.js'
import { stopOnSignals } from './stop-on-signals.js'

const WORDS: Readonly<Record<Mode, string>> = {
  start: `Usage: pressroom start

Runs the bot and the workers in one process. Without a chat token it opens a local workspace to try
it in: a chat in the browser, and stand-ins for the platforms.
`,
  bot: `Usage: pressroom bot

Runs only the bot: it takes commands and keeps the threads up to date. Needs DATABASE_URL and a chat
token. Several may run at once.
`,
  worker: `Usage: pressroom worker

Runs only the workers: they publish, look up and check credentials. Needs DATABASE_URL. Several may
run at once.
`,
}

/** The commands that keep running until the process is asked to end. */
export function running(mode: Mode): CommandModule {
  return {
    USAGE: `${WORDS[mode]}
The configuration comes from the environment (see "Running it" in the README). SIGTERM or Ctrl-C
stops it in good order: nothing new is taken, and what is under way is brought to its end.
`,
    run: (args, context) => start(mode, args, context),
  }
}

async function start(
  mode: Mode,
  args: readonly string[],
  context: CommandContext,
): Promise<undefined> {
  noWords(parseOptions(args, {}).positionals)
  const settings = readSettings(context.environment)
  const local = mode === 'start' && settings.slack === null && settings.discord === null
  const program = local
    ? await context.startLocal(settings)
    : startProgram(settings, context.environment, mode)
  // From now on, because a chat that cannot be reached keeps it starting for as long.
  stopOnSignals(program, context)
  await program.ready
}
