import { readFileSync } from 'node:fs'
import { parseDocument, visit } from 'yaml'
import { z } from 'zod'
import { type WebhookEntry, webhookSchema } from './api/webhooks/webhook-entry.js'
import {
  channelRulesShape,
  misplaced,
  type Roles,
  type WorkspaceEntry,
  workspaceSchema,
} from './bot/rules.js'
import { ConfigError, type Environment } from './config.js'
import { type Account, connectors } from './publisher/connectors/index.js'
import type { Limits } from './publisher/core/limits.js'

/** Which accounts a channel publishes to when nobody says `to:`. */
export interface ChannelEntry {
  readonly chat: 'slack' | 'discord'
  readonly channel: string
  readonly targets: readonly string[]
  readonly roles?: Roles
  readonly approval?: { readonly expiresAfterHours: number } | null | undefined
}

export interface AccountsFile {
  readonly accounts: readonly Account[]
  readonly channels: readonly ChannelEntry[]
  readonly workspaces?: readonly WorkspaceEntry[]
  readonly webhooks?: readonly WebhookEntry[]
  /** By account. */
  readonly limits?: ReadonlyMap<string, Limits>
}

/** What an account allows at once and in a minute; absent: as much as its platform takes. */
const limitsSchema = z.strictObject({
  concurrent: z.coerce.number().int().positive().optional(),
  perMinute: z.coerce.number().positive().optional(),
})

const fileSchema = z.strictObject({
  accounts: z
    .array(z.looseObject({ name: z.string(), platform: z.string() }), 'is not a list of accounts')
    .min(1, 'names no account'),
  channels: z
    .array(
      z.strictObject({
        chat: z.enum(['slack', 'discord']),
        channel: z.string().min(1),
        targets: z.array(z.string()).min(1),
        ...channelRulesShape,
      }),
    )
    .default([]),
  workspaces: z.array(workspaceSchema).default([]),
  webhooks: z.array(z.looseObject({ name: z.string() })).default([]),
})

/**
 * Reads the accounts file (YAML or JSON); `${NAME}` is taken from the environment.
 * @throws ConfigError naming file, account and key, never a value
 */
export function readAccountsFile(path: string, environment: Environment): AccountsFile {
  return parseAccounts(readDocument(path), path, environment)
}

function readDocument(path: string): unknown {
  try {
    const document = parseDocument(readFileSync(path, 'utf8'))
    if (document.errors[0]) throw document.errors[0]
    // Ids are often written without quotes; as numbers the long ones would lose digits.
    visit(document, {
      Scalar(_key, node) {
        if (typeof node.value === 'number' && node.source) node.value = node.source
      },
    })
    return document.toJS() ?? {}
  } catch (error) {
    const [problem = ''] = (error as Error).message.split('\n')
    throw new ConfigError(`${path} cannot be read: ${problem.replace(/:$/, '')}`)
  }
}

/** The same for a parsed document; `source` names it in errors. */
export function parseAccounts(
  raw: unknown,
  source: string,
  environment: Environment,
): AccountsFile {
  const problems: string[] = []
  const places = expandPlaces(raw, source, environment, problems)
  const file = fileSchema.safeParse(places)
  if (!file.success) {
    throw new ConfigError([...problems, ...describe(source, undefined, file.error)].join('\n'))
  }
  const accounts: Account[] = []
  const limits = new Map<string, Limits>()
  const seen = new Set<string>()
  for (const entry of file.data.accounts) {
    if (seen.has(entry.name))
      problems.push(`${source}: two accounts are called "${entry.name}". Give each its own name.`)
    seen.add(entry.name)
    const connector = connectors[entry.platform as keyof typeof connectors]
    if (!connector) {
      problems.push(
        `${source}: account "${entry.name}": platform "${entry.platform}" is unknown. Use one of ${Object.keys(connectors).join(', ')}.`,
      )
      continue
    }
    const { limits: given, ...own } = entry
    const limited = limitsSchema.safeParse(given ?? {})
    if (!limited.success) {
      problems.push(...describe(source, `${entry.name}: limits`, limited.error))
      continue
    }
    if (given !== undefined) limits.set(entry.name, limited.data)
    const { value, missing } = expand(own, environment)
    for (const { key, variable } of missing) {
      problems.push(
        `${source}: account "${entry.name}": ${key} takes its value from \${${variable}}, which is not set in the environment.`,
      )
    }
    if (missing.length > 0) continue
    const parsed = connector.schema.safeParse(value)
    if (parsed.success) accounts.push(parsed.data as Account)
    else problems.push(...describe(source, entry.name, parsed.error))
  }
  const ruled = [
    ...file.data.workspaces.map(({ team, ...rest }) => ({ where: `workspace ${team}`, ...rest })),
    ...file.data.channels.map(({ channel, ...rest }) => ({ where: `channel ${channel}`, ...rest })),
  ]
  for (const { where, chat, roles } of ruled) {
    const problem = misplaced(chat, roles)
    if (problem) problems.push(`${source}: ${where}: roles: ${problem}.`)
  }
  for (const { channel, targets } of file.data.channels) {
    const unknown = targets.filter((target) => !seen.has(target))
    if (unknown.length > 0)
      problems.push(
        `${source}: channel ${channel} names "${unknown.join('", "')}", which is no account in this file.`,
      )
  }
  const webhooks = file.data.webhooks.flatMap((entry, index, all) => {
    const where = `${source}: webhook "${entry.name}"`
    if (all.findIndex(({ name }) => name === entry.name) < index)
      problems.push(`${where}: there are two of that name. Give each its own.`)
    const { value, missing } = expand(entry, environment)
    for (const { key, variable } of missing)
      problems.push(
        `${where}: ${key} takes its value from \${${variable}}, which is not set in the environment.`,
      )
    const parsed = missing.length > 0 ? undefined : webhookSchema.safeParse(value)
    if (parsed?.error)
      for (const { path, message } of parsed.error.issues)
        problems.push(`${where}: ${[path.join('.'), message].filter(Boolean).join(': ')}.`)
    return parsed?.data ?? []
  })
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
  const { channels, workspaces } = file.data
  return { accounts, channels, workspaces, webhooks, limits }
}

function describe(source: string, account: string | undefined, error: z.ZodError): string[] {
  return error.issues.map((issue) => {
    const where = account === undefined ? source : `${source}: account "${account}"`
    const key = issue.path.join('.')
    return `${where}: ${key ? `${key}: ` : ''}${issue.message}.`
  })
}

/** Channels and workspaces with their variables filled in; accounts and webhooks stay as they are. */
function expandPlaces(
  raw: unknown,
  source: string,
  environment: Environment,
  problems: string[],
): unknown {
  if (typeof raw !== 'object' || raw === null) return raw
  const places = Object.entries(raw).filter(([key]) => ['channels', 'workspaces'].includes(key))
  const { value, missing } = expand(Object.fromEntries(places), environment)
  for (const { key, variable } of missing) {
    problems.push(
      `${source}: ${key} takes its value from \${${variable}}, which is not set in the environment.`,
    )
  }
  return { ...raw, ...value }
}

/** Fills in `${NAME}` wherever a text stands; `key` says where one is missing, such as `roles.publish.0`. */
function expand(entry: Record<string, unknown>, environment: Environment) {
  const missing: { key: string; variable: string }[] = []
  const fill = (item: unknown, key: string): unknown => {
    if (typeof item === 'string') {
      return item.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, variable: string) => {
        const found = environment[variable]
        if (found === undefined || found === '') missing.push({ key, variable })
        return found ?? ''
      })
    }
    if (Array.isArray(item)) return item.map((one, index) => fill(one, `${key}.${index}`))
    return typeof item === 'object' && item !== null ? fillEach(item, `${key}.`) : item
  }
  const fillEach = (items: object, before = ''): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(items).map(([key, item]) => [key, fill(item, `${before}${key}`)]),
    )
  return { value: fillEach(entry), missing }
}
