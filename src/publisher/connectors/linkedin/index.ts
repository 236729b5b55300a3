import { z } from 'zod'
import { accountName, apiRoot, optionalSecret, secret } from '../account.js'
import type { Connector, CredentialCheck, Reader } from '../connector.js'
import type { HttpRequest } from '../http.js'
import { cardLink } from '../links.js'
import { failedCheck } from '../read.js'
import { judge } from './classify.js'
import { lookUp, remove, verify } from './look.js'
import { Page } from './page.js'
import { publish } from './publish.js'
import { checkLinkedIn, IMAGES } from './render.js'
import { linkedInRenewal, withTokenFacts } from './token.js'
import { userInfo } from './wire.js'

/** An account of the accounts file: a member or an organisation, and a token that may post for it. */
export const linkedinAccount = z
  .strictObject({
    name: accountName,
    platform: z.literal('linkedin'),
    author: z
      .string()
      .regex(
        /^urn:li:(person|organization):[\w-]+$/,
        'must look like urn:li:organization:77 or urn:li:person:…',
      ),
    accessToken: secret(),
    /** The app's, so that a token can be asked when it ends and what it may do. */
    clientId: z.string().min(1).optional(),
    clientSecret: optionalSecret(),
    /** For partners whose tokens can be renewed. */
    refreshToken: optionalSecret(),
    apiUrl: apiRoot('https://api.linkedin.com'),
    apiVersion: z
      .string()
      .regex(/^\d{6}$/, 'must look like 202609')
      .default('202609'),
  })
  .refine(
    ({ clientId, clientSecret }) => (clientId === undefined) === (clientSecret === undefined),
    {
      path: ['clientId'],
      error: 'and clientSecret go together; one of them is missing',
    },
  )
  .refine(({ refreshToken, clientId }) => refreshToken === undefined || clientId !== undefined, {
    path: ['refreshToken'],
    error: 'needs clientId and clientSecret besides it',
  })
export type LinkedInAccount = z.infer<typeof linkedinAccount>

/**
 * Publishes to LinkedIn, which has no idempotency key but refuses an exact duplicate for about ten
 * minutes. An organisation's posts can be read after a doubt; a member's cannot, so a person is
 * asked there.
 * @see Microsoft Learn, LinkedIn "Posts API"
 */
export function createLinkedIn(account: LinkedInAccount): Connector {
  const page = new Page(account)
  const canRead = account.author.startsWith('urn:li:organization:')
  const renewal = linkedInRenewal(account)
  const common = {
    platform: 'linkedin',
    images: IMAGES,
    linkCard: cardLink,
    check: checkLinkedIn,
    publish: (request, steps) => publish(page, request, steps, canRead),
    remove: (remoteId, steps) => remove(page, remoteId, steps),
    where: () => page.postsPage(),
    ...(renewal ? { renewal } : {}),
  } satisfies Partial<Connector>
  return canRead
    ? {
        ...common,
        retrySafety:
          'LinkedIn refuses exact duplicates for ten minutes; the page is read before anything is sent again.',
        lookUp: (doubt, reader) => lookUp(page, doubt, reader),
        verify: (post, reader) => verify(page, post, reader),
        checkCredentials: async (reader) =>
          withTokenFacts(
            await checkOrganization(page, reader),
            account,
            reader,
            'w_organization_social',
          ),
      }
    : {
        ...common,
        retrySafety:
          'LinkedIn refuses exact duplicates for ten minutes, but a profile cannot be read: look before you retry.',
        checkCredentials: async (reader) =>
          withTokenFacts(await checkMember(page, reader), account, reader, 'w_member_social'),
      }
}

/** Reading the page's posts shows that the token works, and that lost answers can be looked up. */
async function checkOrganization(page: Page, reader: Reader): Promise<CredentialCheck> {
  const query = new URLSearchParams({ q: 'author', author: page.author, count: '1' })
  const finder = { 'x-restli-method': 'FINDER' }
  const request = page.request('GET', `rest/posts?${query}`, undefined, finder)
  const warning = 'Without r_organization_social, lost answers need a person.'
  return checkBy(request, page.author, reader, warning)
}

/** @see Microsoft Learn, "Sign In with LinkedIn using OpenID Connect" */
async function checkMember(page: Page, reader: Reader): Promise<CredentialCheck> {
  const warning = 'Without the scopes openid and profile, the member is known by URN only.'
  return checkBy(page.request('GET', 'v2/userinfo'), page.author, reader, warning)
}

/** @param warning what it means when the token works, but may not read this */
async function checkBy(
  request: HttpRequest,
  author: string,
  reader: Reader,
  warning: string,
): Promise<CredentialCheck> {
  const judged = judge(await reader.read(request), 'other', reader.now())
  if (judged.kind === 'success') {
    return { kind: 'ok', identity: userInfo.safeParse(judged.json).data?.name ?? author }
  }
  const check = failedCheck(judged)
  const forbidden = check.kind === 'refused' && check.reason.class === 'permission'
  return forbidden ? { kind: 'ok', identity: author, warning } : check
}
