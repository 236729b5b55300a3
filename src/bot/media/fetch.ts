import { lookup } from 'node:dns/promises'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import { guardedLookup, type Resolved } from './guarded-lookup.js'
import { isPublicAddress } from './public-address.js'
import { Refusal, short, wordsFor } from './refusal.js'
import { sniff } from './sniff.js'

export type Fetched =
  | {
      readonly kind: 'fetched'
      readonly bytes: Uint8Array
      readonly contentType: string
      /** Where it was at last, after redirects. */
      readonly url: string
    }
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
const MEDIA_CAPS: Caps = { image: 20_000_000, video: 100_000_000 }

/** What is asked for, and how much of it is read. */
interface Wanted {
  readonly accept: string
  /** Bytes at most, by the first of them. */
  capFor(head: Uint8Array): number
  /** The beginning is enough: what is beyond the cap is left unread. */
  readonly beginning?: true
}

/** The head of a page is at its beginning. */
const PAGE_BYTES = 1_000_000
const PAGE: Wanted = {
  accept: 'text/html, application/xhtml+xml',
  capFor: () => PAGE_BYTES,
  beginning: true,
}

const MAX_REDIRECTS = 3
const TIMEOUT_MS = 60_000
const IDLE_MS = 15_000
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** The bytes of a picture or video behind an http(s) address that a person gave us. */
export function fetchMedia(address: string, options: FetchOptions): Promise<Fetched> {
  const caps = options.caps ?? MEDIA_CAPS
  const wanted = { accept: 'image/*, video/*', capFor: (head: Uint8Array) => capFor(head, caps) }
  return fetchFrom(address, wanted, options)
}

/** The beginning of the page behind a link that a person gave us, whatever it turns out to be. */
export function fetchPage(address: string, options: FetchOptions): Promise<Fetched> {
  return fetchFrom(address, PAGE, options)
}

/**
 * Every connection, also after a redirect, goes to an address that was checked in the look-up that
 * the connection itself uses: a name that answers differently the next time gains nothing.
 */
async function fetchFrom(address: string, wanted: Wanted, options: FetchOptions): Promise<Fetched> {
  const signal = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)
  let url = address
  try {
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const answer = await ask(checkUrl(url, options), wanted, options, signal)
      if (typeof answer !== 'string') return answer
      url = new URL(answer, url).href
    }
    throw new Refusal(`${short(address)} redirects more than ${MAX_REDIRECTS} times.`)
  } catch (error) {
    return { kind: 'problem', ...wordsFor(error, address) }
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
function ask(
  url: URL,
  wanted: Wanted,
  options: FetchOptions,
  signal: AbortSignal,
): Promise<Fetched | string> {
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
        accept: wanted.accept,
        'accept-encoding': 'identity',
        'user-agent': USER_AGENT,
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
      const contentType = String(headers['content-type'] ?? '')
      readCapped(response, wanted).then(
        (bytes) => done({ kind: 'fetched', bytes, contentType, url: url.href }),
        (error) => {
          sent.destroy()
          fail(error)
        },
      )
    })
    sent.end()
  })
}

/** Reads on only while it can still become something of acceptable size. */
async function readCapped(response: IncomingMessage, wanted: Wanted): Promise<Uint8Array> {
  const announced = Number(response.headers['content-length'] ?? 0)
  const chunks: Buffer[] = []
  let size = 0
  let cap: number | undefined
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.byteLength
    if (cap === undefined && size >= SNIFF_BYTES) cap = wanted.capFor(Buffer.concat(chunks))
    if (wanted.beginning) {
      if (cap === undefined || size < cap) continue
      return Buffer.concat(chunks).subarray(0, cap)
    }
    if (cap !== undefined && Math.max(size, announced) > cap) throw tooBig(cap)
  }
  if (!response.complete) throw new Refusal('The connection broke in the middle of the file.')
  return Buffer.concat(chunks)
}

const SNIFF_BYTES = 16
/** Some hosts refuse those who do not say who they are. */
const USER_AGENT = 'Pressroom (social publishing bot)'

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
