import { lookup } from 'node:dns/promises'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import { guardedLookup, type Resolved } from '../../bot/media/guarded-lookup.js'
import { isPublicAddress } from '../../bot/media/public-address.js'

export type Sent =
  | { readonly kind: 'taken' }
  /** `gone`: the receiver asks for nothing more. */
  | { readonly kind: 'refused' | 'gone'; readonly why: string }

export interface SendOptions {
  /** Lets addresses of private networks and this machine through (trials and tests). */
  readonly allowPrivate: boolean
  readonly timeoutMs?: number
  readonly resolve?: (hostname: string) => Promise<readonly Resolved[]>
}

const TIMEOUT_MS = 10_000

/**
 * Hands a message to a receiver; only a 2xx means it was taken. Redirects are not followed, and what
 * is answered is thrown away: nothing can be learnt about other servers through us.
 */
export function sendMessage(
  address: string,
  message: { body: string; headers: Readonly<Record<string, string>> },
  options: SendOptions,
): Promise<Sent> {
  const url = new URL(address)
  const mayReach = (ip: string) => options.allowPrivate || isPublicAddress(ip)
  const refusal = () => new Error(`${url.hostname} is not a public address`)
  const host = url.hostname.replaceAll(/^\[|\]$/g, '')
  if (isIP(host) && !mayReach(host)) {
    return Promise.resolve({ kind: 'refused', why: refusal().message })
  }
  const resolve = options.resolve ?? ((hostname) => lookup(hostname, { all: true }))
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((done) => {
    const sent = request(url, {
      method: 'POST',
      lookup: guardedLookup(resolve, mayReach, refusal),
      agent: false, // a kept connection would skip the look-up
      signal: AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(message.body),
        'user-agent': 'Pressroom',
        ...message.headers,
      },
    })
    sent.on('error', (error) => done({ kind: 'refused', why: wordsFor(error) }))
    sent.on('response', (response) => {
      const { statusCode: status = 0 } = response
      response.on('error', () => {})
      response.destroy()
      if (status >= 200 && status < 300) return done({ kind: 'taken' })
      done({ kind: status === 410 ? 'gone' : 'refused', why: `it answered with status ${status}` })
    })
    sent.end(message.body)
  })
}

function wordsFor(error: Error): string {
  const { code = '', name } = error as { code?: string; name: string }
  return REASONS[code] ?? REASONS[name] ?? error.message
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host does not exist',
  ECONNREFUSED: 'it refuses the connection',
  ECONNRESET: 'it broke off the connection',
  ABORT_ERR: 'it did not answer in time',
  AbortError: 'it did not answer in time',
  TimeoutError: 'it did not answer in time',
}
