import { createLog, createRedactor } from '../log.js'
import { VERSION } from '../version.js'
import { type Command, type CommandContext, EXIT } from './command.js'
import { environmentSecrets } from './environment-secrets.js'

/** Errors that a person can mend: their message says all there is to know. */
const EXPECTED: readonly string[] = [
  'ConfigError',
  'DatabaseUnavailableError',
  'IncompleteInstallationError',
  'QueueUnavailableError',
  'FolderInUseError',
  'ProgramRefusedError',
  'SlackTokenError',
  'ApiError',
]

/**
 * Carries out what stands on the command line.
 * @param argv what stands after the program's name
 * @returns the exit code; commands that keep running return when they are up
 */
export async function runCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
  context: CommandContext,
): Promise<number> {
  const [first, ...rest] = argv
  if (first === undefined) {
    context.note(overview(commands))
    return EXIT.usage
  }
  if (first === '--version' || first === '-v') {
    context.print(`${VERSION}\n`)
    return EXIT.done
  }
  const wantsHelp = first === 'help' || first === '--help' || first === '-h'
  const name = wantsHelp ? rest[0] : first
  if (name === undefined) {
    context.print(overview(commands))
    return EXIT.done
  }
  const command = commands.find((one) => one.name === name)
  if (!command) {
    context.note(`There is no command "${name}".\n\n${overview(commands)}`)
    return EXIT.usage
  }
  const { USAGE, run } = await command.load()
  if (wantsHelp || asksForHelp(rest)) {
    context.print(USAGE)
    return EXIT.done
  }
  try {
    return (await run(rest, context)) ?? EXIT.done
  } catch (error) {
    return explain(error, USAGE, context)
  }
}

/** `--help` counts anywhere before `--`. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return args.slice(0, end === -1 ? undefined : end).some((arg) => arg === '--help' || arg === '-h')
}

/** One clear message for what a person can mend, the whole story for what is a bug. */
export function explain(
  error: unknown,
  usage: string,
  context: Pick<CommandContext, 'note' | 'environment'>,
): number {
  if (error instanceof Error && error.name === 'UsageError') {
    context.note(`${error.message}\n\n${usage}`)
    return EXIT.usage
  }
  if (error instanceof Error && EXPECTED.includes(error.name)) {
    const about = error.name === 'ConfigError' ? 'Configuration: ' : ''
    context.note(`${about}${error.message}\n`)
    return EXIT.failed
  }
  const destination = { write: (line: string) => context.note(line) }
  const redactor = createRedactor(environmentSecrets(context.environment))
  const log = createLog({ level: 'error', redactor, destination })
  log.error(
    { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    'stopped by an error',
  )
  return EXIT.failed
}

function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
  return `Usage: pressroom <command> [options]\n\n${lines.join('\n')}\n\npressroom help <command> says more. Exit codes: 0 done, 1 failed, 2 written wrongly; some commands have more.\n`
}
