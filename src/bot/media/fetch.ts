import { lookup } from 'node:dns/promises'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import { excerpt } from '../wording.js'
import { guardedLookup, type Resolved } from './guarded-lookup.js'
import { isPublicAddress } from './public-address.js'
import { sniff } from './sniff.js'

export type Fetched =
  | { readonly kind: 'fetched'; readonly bytes: Uint8Array; readonly contentType: string }
  | { readonly kind: 'problem'; readonly message: string; readonly next?: string }

export interface FetchOptions {
  /** Lets addresses of private networks and this machine through (trials and tests). */
  readonly allowPrivate: boolean
  /**
   * Headers that open an upload on a host of the chat itself; undefined for every other host.
   * Asked anew for each redirect, so that they never travel elsewhere.
   */
  readonly access?: ((url: URL) => Readonly<Record<string, string>> | undefined) | undefined
  readonly resolve?: (hostname: string) => Promise<readonly Resolved[]>
  readonly timeoutMs?: number
  readonly caps?: Caps
}

/** Bytes at most: a sane share of memory, and more than any platform here takes as an image. */
export interface Caps {
  readonly image: number
  readonly video: number
}
export const MEDIA_CAPS: Caps = { image: 20_000_000, video: 100_000_000 }

const MAX_REDIRECTS = 3
const TIMEOUT_MS = 60_000
const IDLE_MS = 15_000
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/**
 * The bytes behind an http(s) address that a person gave us. Every connection, also after a
 * redirect, goes to an address that was checked in the look-up that the connection itself uses:
 * a name that answers differently the next time gains nothing.
 */
export async function fetchMedia(address: string, options: FetchOptions): Promise<Fetched> {
  const signal = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)
  let url = address
  try {
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const answer = await ask(checkUrl(url, options), options, signal)
      if (typeof answer !== 'string') return answer
      url = new URL(answer, url).href
    }
    throw new Refusal(`${short(address)} redirects more than ${MAX_REDIRECTS} times.`)
  } catch (error) {
    return { kind: 'problem', ...wordsFor(error, address) }
  }
}

class Refusal extends Error {
  override readonly name = 'Refusal'
  constructor(
    message: string,
    readonly advice?: string,
  ) {
    super(message)
  }
}

function checkUrl(text: string, options: FetchOptions): URL {
  if (!URL.canParse(text)) throw new Refusal(`${short(text)} is not an address.`)
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Refusal(`${short(text)} does not start with http:// or https://.`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new Refusal('Addresses with a user name or password in them are not fetched.')
  }
  // A host given as an IP address is never looked up, so it is checked here.
  const host = url.hostname.replaceAll(/^\[|\]$/g, '')
  if (isIP(host) && !mayReach(host, url, options)) throw privateAddress(url)
  return url
}

function mayReach(address: string, url: URL, { allowPrivate, access }: FetchOptions): boolean {
  return allowPrivate || isPublicAddress(address) || access?.(url) !== undefined
}

function privateAddress(url: URL): Refusal {
  return new Refusal(
    `${url.hostname} is not a public address, so it is not fetched.`,
    'Upload the file instead, or put it where anybody can reach it.',
  )
}

/** @returns what was fetched, or where a redirect points */
function ask(url: URL, options: FetchOptions, signal: AbortSignal): Promise<Fetched | string> {
  const resolve = options.resolve ?? ((hostname) => lookup(hostname, { all: true }))
  const guarded = guardedLookup(
    resolve,
    (address) => mayReach(address, url, options),
    () => privateAddress(url),
  )
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((done, fail) => {
    const sent = request(url, {
      lookup: guarded,
      agent: false, // a kept connection would skip the look-up
      signal,
      timeout: IDLE_MS,
      headers: {
        accept: 'image/*, video/*',
        'accept-encoding': 'identity',
        ...options.access?.(url),
      },
    })
    sent.on('timeout', () => sent.destroy(new Refusal(`${url.hostname} stopped answering.`)))
    sent.on('error', fail)
    sent.on('response', (response) => {
      const { statusCode: status = 0, headers } = response
      if (REDIRECTS.has(status) && headers.location !== undefined) {
        sent.destroy()
        return done(headers.location)
      }
      if (status !== 200) {
        sent.destroy()
        return fail(new Refusal(`${short(url.href)} answered with status ${status}.`))
      }
      readCapped(response, options.caps ?? MEDIA_CAPS).then(
        (bytes) =>
          done({ kind: 'fetched', bytes, contentType: String(headers['content-type'] ?? '') }),
        (error) => {
          sent.destroy()
          fail(error)
        },
      )
    })
    sent.end()
  })
}

/** Reads on only while it can still become a picture or video of acceptable size. */
async function readCapped(response: IncomingMessage, caps: Caps): Promise<Uint8Array> {
  const announced = Number(response.headers['content-length'] ?? 0)
  const chunks: Buffer[] = []
  let size = 0
  let cap: number | undefined
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.byteLength
    if (cap === undefined && size >= SNIFF_BYTES) cap = capFor(Buffer.concat(chunks), caps)
    if (cap !== undefined && Math.max(size, announced) > cap) throw tooBig(cap)
  }
  if (!response.complete) throw new Refusal('The connection broke in the middle of the file.')
  return Buffer.concat(chunks)
}

const SNIFF_BYTES = 16

function capFor(head: Uint8Array, caps: Caps): number {
  const type = sniff(head)
  // What it is instead is explained by whoever looks at the whole; a page is small enough for that.
  return type ? caps[type.kind] : Math.min(caps.image, 1_000_000)
}

function tooBig(cap: number): Refusal {
  return new Refusal(
    `The file is larger than ${Math.round(cap / 1_000_000)} MB.`,
    'Images may have 20 MB, videos 100 MB.',
  )
}

function wordsFor(error: unknown, address: string): { message: string; next?: string } {
  if (error instanceof Refusal) {
    return { message: error.message, ...(error.advice ? { next: error.advice } : {}) }
  }
  const { code = '', name = '' } = error as { code?: string; name?: string }
  return { message: `${short(address)} ${REASONS[code] ?? REASONS[name] ?? 'cannot be fetched'}.` }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'is on a host that does not exist',
  EAI_AGAIN: 'is on a host whose name could not be looked up just now',
  ECONNREFUSED: 'is on a host that refuses the connection',
  ECONNRESET: 'was cut off by its host',
  ABORT_ERR: 'took too long to load',
  TimeoutError: 'took too long to load',
  CERT_HAS_EXPIRED: 'is on a host whose certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is on a host whose certificate nobody vouches for',
}

const short = (address: string) => excerpt(address, 120)
