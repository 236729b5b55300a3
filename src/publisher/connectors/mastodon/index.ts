import { z } from 'zod'
import { accountName, apiRoot, reconnectWith, secret } from '../account.js'
import type { Connector, CredentialCheck, Reader } from '../connector.js'
import { failedCheck } from '../read.js'
import { judge } from './classify.js'
import { lookUp, remove, verify } from './look.js'
import { publish } from './publish.js'
import { checkMastodon, imageRule } from './render.js'
import { Server } from './server.js'
import { ownApp } from './wire.js'

/** An account of the accounts file; `apiUrl` is the account's own server. */
export const mastodonAccount = z.strictObject({
  name: accountName,
  platform: z.literal('mastodon'),
  accessToken: secret(),
  /** Every server is somebody's own, so there is no default. */
  apiUrl: apiRoot('https://mastodon.social').removeDefault(),
})
export type MastodonAccount = z.infer<typeof mastodonAccount>

/**
 * Publishes to a Mastodon account. Every attempt at a post carries the same `Idempotency-Key`,
 * under which Mastodon gives the first post back for an hour; other servers with the same API are
 * not trusted with that, and are read instead.
 * @see mastodon/documentation methods/statuses.md
 */
export function createMastodon(account: MastodonAccount): Connector {
  const server = new Server(account)
  return {
    platform: 'mastodon',
    retrySafety:
      'Safe within an hour: every try carries the same key, and the account is read before it is sent again.',
    get images() {
      return imageRule(server.limits())
    },
    check: (content) => checkMastodon(content, server.limits()),
    publish: (request, steps) => publish(server, request, steps),
    lookUp: (doubt, reader) => lookUp(server, doubt, reader),
    verify: (post, reader) => verify(server, post, reader),
    remove: (remoteId, steps) => remove(server, remoteId, steps),
    where: () => server.page(),
    checkCredentials: async (reader) => {
      const check = await checkToken(server, reader)
      const learned = server.learned()
      return learned ? { ...check, learned } : check
    },
    learn: (learned) => server.learn(learned),
  }
}

/** Whether the token opens the account and may post; reads the server's limits on the way. */
async function checkToken(server: Server, reader: Reader): Promise<CredentialCheck> {
  const own = await server.readAccount(reader)
  if (own.kind === 'unread') return failedCheck(own.outcome)
  await server.kind(reader)
  const { acct, username, id } = own.value
  const identity = `@${acct ?? username ?? id}@${server.host()}`
  const scopes = await readScopes(server, reader)
  const lacks = (scope: string) =>
    scopes !== undefined && !scopes.some((one) => one === scope || scope.startsWith(`${one}:`))
  if (lacks('write:statuses')) {
    return {
      kind: 'refused',
      reason: {
        class: 'permission',
        text: 'The access token of Mastodon may not post.',
        next: reconnectWith('a token with the scopes read and write'),
      },
    }
  }
  const warnings = [
    ...(lacks('write:media') ? ['Without the scope write:media, pictures are refused.'] : []),
    ...(lacks('read:statuses') ? ['Without the scope read, lost answers need a person.'] : []),
  ]
  return { kind: 'ok', identity, ...(warnings.length > 0 ? { warning: warnings.join(' ') } : {}) }
}

/** Undefined where the server does not tell. */
async function readScopes(server: Server, reader: Reader): Promise<readonly string[] | undefined> {
  const request = server.request('GET', 'v1/apps/verify_credentials')
  const judged = judge(await reader.read(request), 'read', reader.now())
  return judged.kind === 'success' ? ownApp.safeParse(judged.json).data?.scopes : undefined
}
