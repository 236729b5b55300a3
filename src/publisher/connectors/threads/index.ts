import { z } from 'zod'
import { accountName, apiRoot, apiVersion, secret } from '../account.js'
import type { Connector } from '../connector.js'
import type { ContainerApi } from '../meta/containers.js'
import { checkContainerAccount, lookUpContainer, verifyContainer } from '../meta/containers-look.js'
import { publishContainer } from '../meta/containers-publish.js'
import { createGraph, removeObject } from '../meta/graph.js'
import { tokenExchange, withTokenFacts } from '../meta/token.js'
import { isNotReady, isUnknown, threadsMeanings } from './classify.js'
import { checkThreads, IMAGES, planThreads } from './render.js'
import { CONTAINER_FIELDS, container, THREAD_FIELDS, thread } from './wire.js'

/** An account of the accounts file. */
export const threadsAccount = z.strictObject({
  name: accountName,
  platform: z.literal('threads'),
  userId: z.string().regex(/^[\w-]+$/, 'must be the id of the account, in quotes'),
  accessToken: secret(),
  apiUrl: apiRoot('https://graph.threads.net'),
  apiVersion: apiVersion('v1.0'),
})
export type ThreadsAccount = z.infer<typeof threadsAccount>

/** The permissions without which nothing is published. */
const NEEDS = [['threads_basic'], ['threads_content_publish']]

/**
 * Publishes to Threads: a container is prepared, then published, as on Instagram. Text goes the
 * same way; `auto_publish_text` would save a call and take away the status that can be read.
 * @see Threads API "Posts"
 */
export function createThreads(account: ThreadsAccount): Connector {
  const graph = createGraph('Threads', account, threadsMeanings)
  const api: ContainerApi = {
    graph,
    accountId: account.userId,
    plan: planThreads,
    edges: {
      create: 'threads',
      publish: 'threads_publish',
      posts: 'threads',
      quota: 'threads_publishing_limit',
    },
    container: { fields: CONTAINER_FIELDS, schema: container },
    post: { fields: THREAD_FIELDS, schema: thread },
    isNotReady,
    isUnknown,
  }
  return {
    platform: 'threads',
    retrySafety:
      'Threads tells whether the prepared post was published, and only that one is sent again.',
    fetchesMedia: true,
    images: IMAGES,
    check: checkThreads,
    publish: (request, steps) => publishContainer(api, request, steps),
    lookUp: (doubt, reader) => lookUpContainer(api, doubt, reader),
    verify: (post, reader) => verifyContainer(api, post, reader),
    remove: (remoteId, steps) => removeObject(graph, remoteId, steps),
    where: () => 'Look at the newest posts of the account in the Threads app or on threads.com.',
    renewal: tokenExchange('Threads', account, 'th_refresh_token'),
    checkCredentials: async (reader) =>
      withTokenFacts(await checkContainerAccount(api, reader), graph, reader, account, NEEDS),
  }
}
