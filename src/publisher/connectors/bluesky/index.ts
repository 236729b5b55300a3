import { z } from 'zod'
import { accountName, apiRoot, secret } from '../account.js'
import type { Connector, CredentialCheck, Reader } from '../connector.js'
import { cardLink } from '../links.js'
import { failedCheck } from '../read.js'
import { lookUp, remove, verify } from './look.js'
import { publish } from './publish.js'
import { checkBluesky, IMAGES } from './render.js'
import { Sessions } from './session.js'
import { SITE } from './wire.js'

/** An account of the accounts file; `apiUrl` is where one logs in. */
export const blueskyAccount = z.strictObject({
  name: accountName,
  platform: z.literal('bluesky'),
  identifier: z
    .string()
    .min(1)
    .transform((identifier) => identifier.replace(/^@/, '')),
  appPassword: secret(),
  apiUrl: apiRoot('https://bsky.social'),
})
export type BlueskyAccount = z.infer<typeof blueskyAccount>

/**
 * Publishes to Bluesky. Each post has a record key of its own, known before it is sent: writing it
 * twice makes one post, and reading it tells at once whether it is there.
 * @see bluesky-social/atproto lexicons/com/atproto/repo/putRecord.json
 */
export function createBluesky(account: BlueskyAccount): Connector {
  const sessions = new Sessions(account)
  return {
    platform: 'bluesky',
    retrySafety: 'Safe: every try writes the same record under the same key, so there is one post.',
    images: IMAGES,
    linkCard: cardLink,
    check: checkBluesky,
    publish: (request, steps) => publish(sessions, request, steps),
    lookUp: (doubt, reader) => lookUp(sessions, doubt, reader),
    verify: (post, reader) => verify(sessions, post, reader),
    remove: (remoteId, steps) => remove(sessions, remoteId, steps),
    where: () => `${SITE}/profile/${account.identifier}`,
    checkCredentials: (reader) => checkLogin(sessions, reader),
  }
}

/** Logs in anew, because a session outlives the app password it was opened with. */
async function checkLogin(sessions: Sessions, reader: Reader): Promise<CredentialCheck> {
  const session = await sessions.renew({ send: reader.read, now: reader.now })
  if (session.kind === 'session') {
    return session.active
      ? { kind: 'ok', identity: session.handle ? `@${session.handle}` : session.did }
      : {
          kind: 'refused',
          reason: {
            class: 'auth',
            text: `Bluesky says the account is ${session.status}.`,
            next: 'Log in on bsky.app and follow what it asks, then press Check credentials.',
          },
        }
  }
  return failedCheck(session)
}
