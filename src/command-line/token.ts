import { z } from 'zod'
import { ALL_SCOPES, isScope, SCOPES, type Scope } from '../api/scopes.js'
import { createToken, revoke, type ShownToken, showTokens } from '../api/token-store.js'
import { type CommandContext, EXIT, UsageError } from './command.js'
import { noWords, parseOptions } from './options.js'
import { inStoreOrProgram } from './running-program.js'

export const USAGE = `Usage: pressroom token create <name> --scopes read,publish [--rate 100]
       pressroom token list
       pressroom token revoke <id or name>

Tokens let automations use the HTTP API (docs/api.md). The secret is shown once, when it is made.

  --scopes   what it may do, with commas between:
${ALL_SCOPES.map((scope) => `             ${scope.padEnd(8)} ${SCOPES[scope]}`).join('\n')}
  --rate     requests a second; default 100
  --json     prints JSON
`

export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    scopes: { type: 'string' },
    rate: { type: 'string' },
    json: { type: 'boolean' },
  })
  const [verb, ...words] = positionals
  const print = (list: readonly ShownToken[], lines: string) =>
    context.print(values.json ? `${JSON.stringify(list, null, 2)}\n` : lines)
  switch (verb) {
    case 'create': {
      const wanted = {
        name: nameIn(words),
        scopes: scopesIn(values.scopes),
        perSecond: rateIn(values.rate),
      }
      const made = await create(wanted, context)
      print([made], `${made.token}\n`)
      if (!values.json) context.note(`Keep it now: it is not shown again. Its id is ${made.id}.\n`)
      return EXIT.done
    }
    case 'list': {
      noWords(words)
      const list = await listed(context)
      print(list, list.map(line).join('') || 'There are no tokens.\n')
      return EXIT.done
    }
    case 'revoke': {
      const named = nameIn(words)
      const revoked = await revokeNamed(named, context)
      if (revoked.length === 0) {
        context.note(`There is no token "${named}" that could be revoked.\n`)
        return EXIT.failed
      }
      print(revoked, revoked.map(({ id, name }) => `revoked ${id} (${name})\n`).join(''))
      return EXIT.done
    }
    default:
      throw new UsageError(
        verb === undefined ? 'Say what to do.' : `"token ${verb}" is not understood.`,
      )
  }
}

const parts = { now: Date.now, random: Math.random }

const shownShape = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  perSecond: z.number().nullable(),
  createdAt: z.string(),
  usedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
})
const listShape = z.object({ tokens: z.array(shownShape) })

function create(wanted: Parameters<typeof createToken>[1], context: CommandContext) {
  return inStoreOrProgram(
    context,
    ({ orm }) => createToken(orm, wanted, parts),
    async (ask) =>
      shownShape.extend({ token: z.string() }).parse(await ask('POST', '/api/tokens', wanted)),
  )
}

function listed(context: CommandContext): Promise<ShownToken[]> {
  return inStoreOrProgram(
    context,
    ({ orm }) => showTokens(orm),
    async (ask) => listShape.parse(await ask('GET', '/api/tokens')).tokens,
  )
}

function revokeNamed(named: string, context: CommandContext): Promise<ShownToken[]> {
  return inStoreOrProgram(
    context,
    ({ orm }) => revoke(orm, named, Date.now()),
    async (ask) => {
      const path = `/api/tokens/${encodeURIComponent(named)}`
      return listShape.parse(await ask('DELETE', path)).tokens
    },
  )
}

function nameIn(words: readonly string[]): string {
  const [name, ...more] = words
  if (name === undefined) throw new UsageError('Name the token.')
  noWords(more)
  return name
}

function scopesIn(text: string | undefined): Scope[] {
  if (text === undefined) throw new UsageError('--scopes is missing.')
  return text.split(',').map((word) => {
    const scope = word.trim()
    if (isScope(scope)) return scope
    throw new UsageError(`"${scope}" is not a scope; use ${ALL_SCOPES.join(', ')}.`)
  })
}

function rateIn(text: string | undefined): number | null {
  if (text === undefined) return null
  if (/^\d{1,6}$/.test(text) && Number(text) > 0) return Number(text)
  throw new UsageError(`--rate ${text} is not a number of requests a second.`)
}

function line({ id, name, scopes, usedAt, revokedAt }: ShownToken): string {
  const state = revokedAt ? `revoked ${revokedAt}` : usedAt ? `last used ${usedAt}` : 'not used yet'
  return `${id}  ${name}  ${scopes.join(',')}  ${state}\n`
}
