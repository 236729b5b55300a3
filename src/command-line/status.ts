import { CLIENT_OPTIONS, CLIENT_USAGE, createApiClient } from './api-client.js'
import { type CommandContext, UsageError } from './command.js'
import { parseOptions } from './options.js'
import { exitFor, showPost } from './show-post.js'

export const USAGE = `Usage: pressroom status <post id> [options]

Says where each of a post's targets stands.

${CLIENT_USAGE}
Exit codes: 0 all live, 1 it could not be read, 2 written wrongly, 3 some are not live and a person
is needed, 4 still under way.
`

export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseOptions(args, CLIENT_OPTIONS)
  const [id, ...more] = positionals
  if (id === undefined || more.length > 0) throw new UsageError('Name one post by its id.')
  const post = await createApiClient(context, values.url).read(id)
  context.print(showPost(post, values.json))
  return exitFor(post)
}
