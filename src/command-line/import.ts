import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { readAccountsFile } from '../accounts-file.js'
import { channelShape, conversationFor } from '../api/conversation.js'
import { importPosts } from '../api/import/import-posts.js'
import { importedShape } from '../api/operations/import.js'
import { ConfigError } from '../config.js'
import { createDesk } from '../desk.js'
import { createLog, createRedactor } from '../log.js'
import { workspacesOf } from '../workspaces.js'
import { type CommandContext, EXIT, UsageError } from './command.js'
import { parseOptions } from './options.js'
import { inStoreOrProgram } from './running-program.js'

export const USAGE = `Usage: pressroom import <posts.json> [options]

Brings in posts that were published elsewhere, in the older flat shape (docs/api.md). What was live
stays live with its ids and links, what failed can be retried from its thread, and nothing is sent.
Importing the same file again changes nothing.

  --channel slack/C0123          where threads are made; default the first channel of the accounts file
  --account instagram=ig-main    which account is meant, where a platform has more than one; may repeat
  --without-media                imports posts whose media cannot be fetched any more, without them
`

type Results = z.infer<typeof importedShape>['results']

export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    channel: { type: 'string' },
    account: { type: 'string', multiple: true },
    'without-media': { type: 'boolean' },
  })
  const [path, ...more] = positionals
  if (path === undefined || more.length > 0) throw new UsageError('Name one file.')
  const posts = readPosts(path)
  const channel = channelOf(values.channel)
  const accounts = accountsOf(values.account ?? [])
  const withoutMedia = values['without-media'] ?? false
  const results = await inStoreOrProgram<Results>(
    context,
    async (database, settings) => {
      if (settings.accountsFile === null) {
        throw new ConfigError(
          'There is no accounts.yaml here. Name the file in PRESSROOM_ACCOUNTS.',
        )
      }
      const file = readAccountsFile(settings.accountsFile, context.environment)
      const log = createLog({ level: 'silent', redactor: createRedactor() })
      const parts = { database, now: Date.now, random: Math.random, log }
      const conversation = await conversationFor(channel, {
        ...parts,
        channels: file.channels,
        chats: await workspacesOf(settings),
      })
      const servesMedia = settings.publicUrl !== null
      return importPosts(
        posts,
        { conversation, accounts, withoutMedia },
        {
          ...parts,
          platforms: createDesk(file.accounts, { servesMedia }),
          media: { allowPrivate: settings.allowPrivateMedia, servesMedia },
        },
      )
    },
    async (ask) => {
      const results: Results = []
      for (let at = 0; at < posts.length; at += BATCH) {
        const json = { posts: posts.slice(at, at + BATCH), channel, accounts, withoutMedia }
        results.push(...importedShape.parse(await ask('POST', '/api/import', json)).results)
      }
      return results
    },
  )
  return report(results, context)
}

const BATCH = 100

function readPosts(path: string): unknown[] {
  let read: unknown
  try {
    read = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new ConfigError(`${path} cannot be read: ${(error as Error).message}`)
  }
  const { posts } = read as { posts?: unknown }
  return Array.isArray(read) ? read : Array.isArray(posts) ? posts : [read]
}

function channelOf(text: string | undefined) {
  if (text === undefined) return undefined
  const parsed = channelShape.safeParse(text)
  if (parsed.success) return parsed.data
  throw new UsageError(`--channel ${text} is not of the form slack/C0123 or discord/1234.`)
}

function accountsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, platform, account] = /^([a-z]+)=(.+)$/.exec(pair) ?? []
      if (platform && account) return [platform, account]
      throw new UsageError(`--account ${pair} is not of the form instagram=ig-main.`)
    }),
  )
}

function report(results: Results, context: CommandContext): number {
  const count = { imported: 0, known: 0, problem: 0 }
  for (const { kind, id, postId, note, message } of results) {
    count[kind] += 1
    if (kind === 'problem') context.note(`${id ?? 'a post without an id'}: ${message}\n`)
    else context.print(`${id}\t${postId}\t${kind}\n`)
    if (note) context.note(`${id}: ${note}\n`)
  }
  const { imported, known, problem } = count
  context.note(`${imported} imported, ${known} known before, ${problem} not imported\n`)
  return problem > 0 ? EXIT.failed : EXIT.done
}
