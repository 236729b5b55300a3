import { CLIENT_OPTIONS, CLIENT_USAGE, createApiClient } from './api-client.js'
import { type CommandContext, EXIT, UsageError } from './command.js'
import { parseOptions } from './options.js'
import { showPost } from './show-post.js'

export const USAGE = `Usage: pressroom retry <post id> [account…] [options]

Sends again what has failed, and nothing else. What may be live is refused: a person has to look
first, and say so in the thread.

${CLIENT_USAGE}
Exit codes: 0 sent again, 1 refused, 2 written wrongly.
`

export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseOptions(args, CLIENT_OPTIONS)
  const [id, ...accounts] = positionals
  if (id === undefined) throw new UsageError('Name a post by its id.')
  const client = createApiClient(context, values.url)
  const { post, done } = await client.retry(id, accounts.length > 0 ? accounts : undefined)
  if (!values.json) context.print(`sending again: ${done.join(', ')}\n`)
  context.print(showPost(post, values.json))
  return EXIT.done
}
