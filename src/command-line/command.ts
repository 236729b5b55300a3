import type { Environment, Settings } from '../config.js'
import type { Program } from '../program.js'

/** What a command works with; it reads nothing from the process itself. */
export interface CommandContext {
  readonly environment: Environment
  /** Results, for people and for pipes. */
  print(text: string): void
  /** What is not a result: progress, warnings. */
  note(text: string): void
  /** Starts the chat and the platforms that stand in while no chat token is set. */
  startLocal(settings: Settings): Promise<Program>
}

/** The module that carries a command out; it is loaded only when the command is asked for. */
export interface CommandModule {
  /** Shown by `--help`, and when the command was used wrongly. */
  readonly USAGE: string
  /**
   * @param args what stands after the command's name
   * @returns the exit code, 0 when absent
   * @throws UsageError for what was written wrongly
   */
  run(args: readonly string[], context: CommandContext): Promise<number | undefined>
}

export interface Command {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  load(): Promise<CommandModule>
}

/** How a command ended, for scripts. */
export const EXIT = {
  done: 0,
  /** It could not be done, or a fault was found. */
  failed: 1,
  /** It was written wrongly; nothing was done. */
  usage: 2,
  /** Some of the post is not live, and will not be without a person. */
  notLive: 3,
  /** Not known yet: something still moves by itself. */
  underWay: 4,
} as const

/** What was written on the command line makes no sense; the message says what does. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
