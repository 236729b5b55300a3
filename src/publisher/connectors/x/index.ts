import { z } from 'zod'
import { accountName, apiRoot, optionalSecret, secret } from '../account.js'
import type { Connector, CredentialCheck, Reader } from '../connector.js'
import { failedCheck } from '../read.js'
import { lookUp, remove, verify } from './look.js'
import { publish } from './publish.js'
import { checkX, IMAGES } from './render.js'
import { xRenewal } from './token.js'
import { User } from './user.js'

/** An account of the accounts file; the token is a user's, not the app's. */
export const xAccount = z
  .strictObject({
    name: accountName,
    platform: z.literal('x'),
    accessToken: secret(),
    /** With `clientId`, the access token is renewed before its two hours are over. */
    refreshToken: optionalSecret(),
    clientId: z.string().min(1).optional(),
    clientSecret: optionalSecret(),
    apiUrl: apiRoot('https://api.x.com'),
  })
  .refine(
    ({ refreshToken, clientId }) => (refreshToken === undefined) === (clientId === undefined),
    {
      path: ['refreshToken'],
      error: 'needs clientId besides it, and clientId needs it',
    },
  )
export type XAccount = z.infer<typeof xAccount>

/**
 * Publishes to X. X has no idempotency key, and an empty timeline proves nothing: after a doubt it
 * is read, before anything is sent again it is read once more, and when it shows nothing a person
 * is asked.
 * @see X API docs, "Manage Posts"
 */
export function createX(account: XAccount): Connector {
  const user = new User(account)
  const renewal = xRenewal(account)
  return {
    platform: 'x',
    retrySafety:
      'X does not recognise a second send; the timeline is read before anything is sent again.',
    images: IMAGES,
    check: checkX,
    publish: (request, steps) => publish(user, request, steps),
    lookUp: (doubt, reader) => lookUp(user, doubt, reader),
    verify: (post, reader) => verify(user, post, reader),
    remove: (remoteId, steps) => remove(user, remoteId, steps),
    where: () => user.page(),
    checkCredentials: (reader) => checkToken(user, reader),
    ...(renewal ? { renewal } : {}),
  }
}

async function checkToken(user: User, reader: Reader): Promise<CredentialCheck> {
  const own = await user.readMe(reader)
  if (own.kind === 'read') {
    const { id, username } = own.value
    return { kind: 'ok', identity: username ? `@${username}` : id }
  }
  return failedCheck(own.outcome)
}
