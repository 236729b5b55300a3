import { examine } from '../doctor/examine.js'
import type { Finding } from '../doctor/finding.js'
import { createRedactor } from '../log.js'
import { type CommandContext, EXIT } from './command.js'
import { environmentSecrets } from './environment-secrets.js'
import { noWords, parseOptions } from './options.js'

export const USAGE = `Usage: pressroom doctor [--json]

Looks at configuration, accounts file, database, queue, chat tokens and scopes, every account's
credential, port and clock, and says what to do. Changes nothing. Ends with 1 when there is a fault.
`

const SIGNS: Readonly<Record<Finding['kind'], string>> = {
  ok: 'ok     ',
  fault: 'FAULT  ',
  warning: 'warning',
  unchecked: '-      ',
}

export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseOptions(args, { json: { type: 'boolean' } })
  noWords(positionals)
  const redactor = createRedactor(environmentSecrets(context.environment))
  const found = await examine(context.environment, Date.now)
  const text = values.json ? `${JSON.stringify(found, null, 2)}\n` : inWords(found)
  context.print(redactor.clean(text))
  return found.some(({ kind }) => kind === 'fault') ? EXIT.failed : EXIT.done
}

function inWords(found: readonly Finding[]): string {
  const width = Math.max(...found.map(({ about }) => about.length))
  const lines = found.flatMap(({ about, kind, text, next }) => [
    `${SIGNS[kind]}  ${about.padEnd(width)}  ${text}`,
    ...(next === undefined ? [] : [`${' '.repeat(11 + width)}${next}`]),
  ])
  const faults = found.filter(({ kind }) => kind === 'fault').length
  const end = faults === 0 ? 'No fault was found.' : `${faults} fault${faults === 1 ? '' : 's'}.`
  return `${lines.join('\n')}\n\n${end}\n`
}
