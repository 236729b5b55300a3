import { z } from 'zod'
import { parseJson } from '../http.js'
import { siteOf } from '../site.js'

export const COLLECTION = 'app.bsky.feed.post'
export const SITE = 'https://bsky.app'

/** @see bluesky-social/atproto packages/xrpc-server/src/errors.ts */
export const xrpcError = z.object({ error: z.string().min(1), message: z.string().catch('') })

const service = z.object({ id: z.string(), serviceEndpoint: z.string() })

/** What logging in and refreshing answer. @see com.atproto.server.createSession */
export const openedSession = z.object({
  did: z.string().startsWith('did:'),
  handle: z.string().catch(''),
  accessJwt: z.string().min(1),
  refreshJwt: z.string().min(1),
  didDoc: z
    .object({ service: z.array(service).catch([]) })
    .optional()
    .catch(undefined),
  active: z.boolean().optional().catch(undefined),
  status: z.string().optional().catch(undefined),
})
type DidDocument = z.infer<typeof openedSession>['didDoc']

/** A stored file, as records refer to it. */
export const blob = z.object({
  $type: z.literal('blob'),
  ref: z.object({ $link: z.string() }),
  mimeType: z.string(),
  size: z.number(),
})
export type Blob = z.infer<typeof blob>

export const uploadedBlob = z.object({ blob })
export const resolvedHandle = z.object({ did: z.string().startsWith('did:') })
export const writtenRecord = z.object({ uri: z.string().startsWith('at://'), cid: z.string() })
export const readRecord = z.object({
  uri: z.string().startsWith('at://'),
  value: z.object({ text: z.string().optional().catch(undefined) }),
})

export const recordList = z.object({
  records: z.array(
    z.object({
      uri: z.string().startsWith('at://'),
      value: z.object({
        text: z.string().optional().catch(undefined),
        createdAt: z.string().optional().catch(undefined),
      }),
    }),
  ),
})

/**
 * The server that keeps the account's posts, from its DID document.
 * An address without TLS is taken only where the login itself had none.
 */
export function pdsOf(didDoc: DidDocument, apiUrl: string): string {
  const endpoint = didDoc?.service.find(({ id }) => id.endsWith('#atproto_pds'))?.serviceEndpoint
  if (endpoint === undefined || !URL.canParse(endpoint)) return apiUrl
  const { protocol } = new URL(endpoint)
  const safe = protocol === 'https:' || (protocol === 'http:' && apiUrl.startsWith('http:'))
  return safe ? endpoint.replace(/\/+$/, '') : apiUrl
}

/** The page of a post, by the account's DID, which outlives its handle. */
export function linkTo({ did, pds }: { did: string; pds: string }, rkey: string): string {
  return `${siteOf(pds, SITE)}/profile/${did}/post/${rkey}`
}

const claims = z.object({ exp: z.number() })

/** When a token ends, in milliseconds since 1970, if it is a JWT that says so. */
export function expiryOf(jwt: string): number | undefined {
  const payload = Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8')
  const parsed = claims.safeParse(parseJson(payload))
  return parsed.success ? parsed.data.exp * 1000 : undefined
}
