import { ConfigError, readSettings } from './config.js'
import { createLog, createRedactor } from './log.js'
import { type Mode, openDatabase, type Program, startProgram } from './program.js'

const MODES: readonly string[] = ['start', 'bot', 'worker'] satisfies Mode[]
const USAGE = `Usage: node dist/main.js <command>

  start    bot and workers in one process; without a chat token, a local workspace to try it in
  bot      only the bot (needs DATABASE_URL)
  worker   only the workers (needs DATABASE_URL)

  scorecard [week] [--format json|csv] [--weeks N] [--channel slack/C0123]
           the figures of a week, for spreadsheets
`

/** Longer than the longest request, so that what is under way can end before a stop is forced. */
const STOP_WITHIN_MS = 40_000

/** Prints figures and ends; on the embedded store only while nothing else has it open. */
async function printScorecards(args: readonly string[]): Promise<void> {
  const { exportScorecards, parseExport } = await import('./bot/scorecard/command-line.js')
  const settings = readSettings(process.env)
  const now = Date.now()
  const request = parseExport(args, now, settings.timeZone)
  const database = await openDatabase(settings)
  try {
    process.stdout.write(await exportScorecards(database.orm, request, now))
  } finally {
    await database.close()
  }
}

async function main(command: string | undefined): Promise<void> {
  if (command === 'scorecard') return printScorecards(process.argv.slice(3))
  if (command === undefined || !MODES.includes(command)) {
    process.stderr.write(USAGE)
    process.exitCode = command === undefined || command === 'help' ? 0 : 2
    return
  }
  const mode = command as Mode
  const settings = readSettings(process.env)
  const local = mode === 'start' && settings.slack === null && settings.discord === null
  const program = local
    ? await (await import('./sandbox/local.js')).startLocalWorkspace(
        settings,
        process.env,
        startProgram,
      )
    : await startProgram(settings, process.env, mode)
  stopOnSignals(program)
}

function stopOnSignals(program: Program): void {
  let stopping = false
  const stop = () => {
    if (stopping) process.exit(1) // asked twice: now
    stopping = true
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref()
    program.stop().then(
      () => process.exit(0),
      (error) => fail(error),
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

/** One clear message for what a person can mend, the whole story for what is a bug. */
function fail(error: unknown): never {
  const expected = [
    'ConfigError',
    'DatabaseUnavailableError',
    'QueueUnavailableError',
    'FolderInUseError',
    'SlackTokenError',
    'ScorecardUsageError',
  ]
  if (error instanceof Error && expected.includes(error.name)) {
    process.stderr.write(
      `${error instanceof ConfigError ? 'Configuration: ' : ''}${error.message}\n`,
    )
  } else {
    const log = createLog({ level: 'error', redactor: createRedactor() })
    log.error(
      { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
      'stopped by an error',
    )
  }
  process.exit(1)
}

main(process.argv[2]).catch(fail)
