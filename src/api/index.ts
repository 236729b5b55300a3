import type { Route } from '../server.js'
import { aborted } from '../wait.js'
import { createAccess } from './access.js'
import type { ApiDeps } from './deps.js'
import { describeApi } from './openapi.js'
import { type Operation, operation } from './operation.js'
import { readAccounts } from './operations/accounts.js'
import { cancelPost, confirmLive, denyLive, retryPost } from './operations/act.js'
import { createPost } from './operations/create-post.js'
import { importOlderPosts } from './operations/import.js'
import { readInsights } from './operations/insights.js'
import { readPost, readPosts } from './operations/read-posts.js'
import { readScorecard } from './operations/scorecard.js'
import { makeToken, readTokens, revokeToken } from './operations/tokens.js'
import { readWebhooks, resume } from './operations/webhooks.js'
import { createQueueBoardRoute } from './queue-board.js'
import { createApiRoute } from './route.js'

export type { ApiDeps, WorkspaceOf } from './deps.js'

export const operations: readonly Operation[] = [
  createPost,
  readPosts,
  readPost,
  readInsights,
  retryPost,
  cancelPost,
  confirmLive,
  denyLive,
  readAccounts,
  readScorecard,
  importOlderPosts,
  makeToken,
  readTokens,
  revokeToken,
  readWebhooks,
  resume,
]

const description: Operation = operation({
  id: 'readDescription',
  method: 'GET',
  path: '/api/openapi.json',
  scope: null,
  public: true,
  summary: 'This description',
  answers: { 200: { description: 'OpenAPI 3.1' } },
  problems: [],
  run: async () => ({ status: 200, body: describeApi([...operations, description]) }),
})

export interface Api {
  /** To be mounted on the program's server. */
  readonly route: Route
  start(): Promise<void>
  /**
   * Takes nothing more, and waits for what is under way.
   * @param giveUp ends the waiting
   */
  stop(giveUp?: AbortSignal): Promise<void>
}

/** Media take their time; a stop does not wait for ever. */
const DRAIN_WITHIN_MS = 20_000

/** The HTTP API: what people can do and see in a chat, for automations. */
export function createApi(deps: ApiDeps): Api {
  const access = createAccess(deps)
  const { route, drain } = createApiRoute([...operations, description], access, deps)
  const board = createQueueBoardRoute(access, deps)
  return {
    route: async (...asked) => (await route(...asked)) || board.route(...asked),
    start: access.start,
    async stop(giveUp = AbortSignal.timeout(DRAIN_WITHIN_MS)) {
      board.stop()
      await Promise.race([drain(), aborted(giveUp)])
      await access.stop()
    },
  }
}
