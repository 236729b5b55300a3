import { type ParseArgsConfig, parseArgs } from 'node:util'
import { UsageError } from './command.js'

/**
 * Reads options and words, strictly: what is not known is refused.
 * @throws UsageError
 */
export function parseOptions<const T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, tokens: true, options })
  } catch (error) {
    // The rest of the message is advice for something that is rarely meant.
    const [what = ''] = (error as Error).message.split('. ')
    throw new UsageError(`${what}.`)
  }
}

/** @throws UsageError when words stand where none are expected */
export function noWords(positionals: readonly string[]): void {
  const [word] = positionals
  if (word !== undefined) throw new UsageError(`"${word}" is not understood here.`)
}
