import { z } from 'zod'
import { accountName, apiRoot, apiVersion, appKeys, appPair, secret } from '../account.js'
import type { Connector } from '../connector.js'
import { checkToken, createGraph, removeObject } from '../meta/graph.js'
import { appToken, withTokenFacts } from '../meta/token.js'
import { facebookMeanings } from './classify.js'
import { lookUp, verify } from './look.js'
import type { Page } from './page.js'
import { publish } from './publish.js'
import { checkFacebook, IMAGES } from './render.js'
import { pollVideo } from './video.js'
import { SITE } from './wire.js'

/** An account of the accounts file; the token is a Page access token. */
export const facebookAccount = z
  .strictObject({
    name: accountName,
    platform: z.literal('facebook'),
    pageId: z.string().regex(/^[\w-]+$/, 'must be the id of the Page, in quotes'),
    accessToken: secret(),
    ...appKeys,
    apiUrl: apiRoot('https://graph.facebook.com'),
    apiVersion: apiVersion('v26.0'),
  })
  .refine(...appPair)
export type FacebookAccount = z.infer<typeof facebookAccount>

/** The permissions without which nothing is published, or nothing found again. */
const NEEDS = [['pages_manage_posts'], ['pages_read_engagement']]

/**
 * Publishes to a Facebook Page. Facebook has no idempotency key and its list of posts is not
 * complete: after a doubt it is read, before anything is sent again it is read once more, and
 * when it shows nothing a person is asked, unless Facebook had said no or asked to wait.
 * @see Meta docs, Pages API "Posts"
 */
export function createFacebook(account: FacebookAccount): Connector {
  const graph = createGraph('Facebook', account, facebookMeanings)
  const page: Page = { graph, pageId: account.pageId }
  return {
    platform: 'facebook',
    retrySafety:
      'Facebook does not recognise a second send; the Page is read before anything is sent again.',
    images: IMAGES,
    check: checkFacebook,
    publish: (request, steps) => publish(page, request, steps),
    poll: (request, reader) => pollVideo(page, request, reader),
    lookUp: (doubt, reader) => lookUp(page, doubt, reader),
    verify: (post, reader) => verify(page, post, reader),
    remove: (remoteId, steps) => removeObject(graph, remoteId, steps),
    where: () => `${SITE}/${account.pageId}`,
    checkCredentials: async (reader) => {
      const check = await checkToken(graph, reader, account.pageId, 'name')
      const asker = appToken(account)
      if (asker === undefined) return check
      const { accessToken } = account
      return withTokenFacts(check, graph, reader, { accessToken, asker }, NEEDS)
    },
  }
}
