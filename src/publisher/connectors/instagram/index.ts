import { z } from 'zod'
import { accountName, apiRoot, apiVersion, appKeys, appPair, secret } from '../account.js'
import type { Connector } from '../connector.js'
import type { ContainerApi } from '../meta/containers.js'
import { checkContainerAccount, lookUpContainer, verifyContainer } from '../meta/containers-look.js'
import { publishContainer } from '../meta/containers-publish.js'
import { createGraph, removeObject } from '../meta/graph.js'
import { appToken, tokenExchange, withTokenFacts } from '../meta/token.js'
import { instagramMeanings, isNotReady, isUnknown } from './classify.js'
import { checkInstagram, IMAGES, planInstagram } from './render.js'
import { CONTAINER_FIELDS, container, MEDIA_FIELDS, media } from './wire.js'

/**
 * An account of the accounts file. `apiUrl` is that of Instagram Login; with a token of Facebook
 * Login it is `https://graph.facebook.com`.
 */
export const instagramAccount = z
  .strictObject({
    name: accountName,
    platform: z.literal('instagram'),
    userId: z.string().regex(/^[\w-]+$/, 'must be the id of the professional account, in quotes'),
    accessToken: secret(),
    ...appKeys,
    apiUrl: apiRoot('https://graph.instagram.com'),
    apiVersion: apiVersion('v26.0'),
  })
  .refine(...appPair)
export type InstagramAccount = z.infer<typeof instagramAccount>

/** The permissions of Facebook Login without which nothing is published. */
const NEEDS = [['instagram_basic'], ['instagram_content_publish']]

/**
 * Publishes to a professional Instagram account: a container is prepared, then published. The
 * container is kept for every attempt, because its status tells whether it was published.
 * @see Instagram Platform "Content Publishing"
 */
export function createInstagram(account: InstagramAccount): Connector {
  const graph = createGraph('Instagram', account, instagramMeanings)
  const api: ContainerApi = {
    graph,
    accountId: account.userId,
    plan: planInstagram,
    edges: {
      create: 'media',
      publish: 'media_publish',
      posts: 'media',
      quota: 'content_publishing_limit',
    },
    container: { fields: CONTAINER_FIELDS, schema: container },
    post: { fields: MEDIA_FIELDS, schema: media },
    isNotReady,
    isUnknown,
  }
  const facebookLogin = new URL(account.apiUrl).hostname === 'graph.facebook.com'
  const asker = appToken(account)
  return {
    platform: 'instagram',
    retrySafety:
      'Instagram tells whether the prepared post was published, and only that one is sent again.',
    fetchesMedia: true,
    images: IMAGES,
    check: checkInstagram,
    publish: (request, steps) => publishContainer(api, request, steps),
    lookUp: (doubt, reader) => lookUpContainer(api, doubt, reader),
    verify: (post, reader) => verifyContainer(api, post, reader),
    remove: (remoteId, steps) => removeObject(graph, remoteId, steps),
    where: () =>
      'Look at the newest posts of the account in the Instagram app or on instagram.com.',
    // With Facebook Login the token is a Page's, which lasts.
    ...(facebookLogin ? {} : { renewal: tokenExchange('Instagram', account, 'ig_refresh_token') }),
    checkCredentials: async (reader) => {
      const check = await checkContainerAccount(api, reader)
      if (!facebookLogin || asker === undefined) return check
      const { accessToken } = account
      return withTokenFacts(check, graph, reader, { accessToken, asker }, NEEDS)
    },
  }
}
