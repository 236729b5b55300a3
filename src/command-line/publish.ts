import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError, CLIENT_OPTIONS, CLIENT_USAGE, createApiClient } from './api-client.js'
import { type CommandContext, EXIT, UsageError } from './command.js'
import { parseOptions } from './options.js'
import { exitFor, showPost, waitForPost } from './show-post.js'

export const USAGE = `Usage: pressroom publish <text> [options]

Checks a post and queues it, as /publish does. It gets its thread in the channel like any other.

  --to a,b          accounts; default the channel's
  --media <url>     may repeat; each may be followed by its --alt
  --alt <text>      describes the medium before it
  --at <when>       such as "tomorrow 9:00" or 2026-11-27T09:00:00Z; default now
  --channel slack/C0123
                    where the thread is made; default the first channel of the accounts file
  --copy            publishes although the same went to the same account within a day
  --key <word>      the same key never makes a second post; default a new one
  --wait[=minutes]  waits until nothing moves by itself any more, at most so long (default 10)
${CLIENT_USAGE}
Exit codes: 0 queued (with --wait: all live), 1 refused or not answered, 2 written wrongly; with
--wait also 3 some are not live and a person is needed, 4 still under way.
`

export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals, tokens } = parseOptions(waitAsWord(args), {
    ...CLIENT_OPTIONS,
    to: { type: 'string' },
    media: { type: 'string', multiple: true },
    alt: { type: 'string', multiple: true },
    at: { type: 'string' },
    channel: { type: 'string' },
    copy: { type: 'boolean' },
    key: { type: 'string' },
    wait: { type: 'string' },
  })
  const text = positionals.join(' ')
  const media = mediaOf(tokens ?? [])
  if (text === '' && media.length === 0) throw new UsageError('There is nothing to publish.')
  const waitMs = minutesOf(values.wait) * 60_000
  const client = createApiClient(context, values.url)
  const { to, at, channel, copy } = values
  const body = {
    ...(text === '' ? {} : { text }),
    ...(to === undefined ? {} : { targets: to }),
    ...(media.length === 0 ? {} : { media }),
    ...(at === undefined ? {} : { publishAt: at }),
    ...(channel === undefined ? {} : { channel }),
    ...(copy ? { allowDuplicate: true } : {}),
  }
  const key = values.key ?? randomUUID()
  let post = await client.publish(body, key).catch((error: Error) => {
    if (!(error instanceof ApiError)) throw error
    if (!error.isRefusal) {
      context.note(`--key ${key} makes sure that trying again makes no second post.\n`)
    }
    const isSame = error.problem === 'same-content'
    throw isSame ? new ApiError(`${error.message} Here that is --copy.`) : error
  })
  if (waitMs > 0) {
    context.note(`queued ${post.id}\n`)
    const { note } = context
    post = await waitForPost(client, post, Date.now() + waitMs, { now: Date.now, sleep, note })
  }
  context.print(showPost(post, values.json))
  return waitMs > 0 ? exitFor(post) : EXIT.done
}

/** `--wait` alone is as good as with a number. */
function waitAsWord(args: readonly string[]): string[] {
  return args.map((arg) => (arg === '--wait' ? '--wait=10' : arg))
}

function minutesOf(wait: string | undefined): number {
  if (wait === undefined) return 0
  const minutes = Number(wait)
  if (minutes > 0) return minutes
  throw new UsageError(`--wait=${wait} is not a number of minutes.`)
}

type Token = NonNullable<ReturnType<typeof parseOptions>['tokens']>[number]

/** Each medium with the description that follows it. */
function mediaOf(tokens: readonly Token[]): { url: string; alt?: string }[] {
  const media: { url: string; alt?: string }[] = []
  for (const token of tokens) {
    if (token.kind !== 'option' || token.value === undefined) continue
    if (token.name === 'media') media.push({ url: token.value })
    if (token.name !== 'alt') continue
    const newest = media.at(-1)
    if (!newest || newest.alt !== undefined) {
      throw new UsageError(`--alt "${token.value}" stands after no --media of its own.`)
    }
    newest.alt = token.value
  }
  return media
}
