import { type ClientRequest, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: HttpBody
}

export type HttpBody =
  | { readonly json: unknown }
  | { readonly form: Readonly<Record<string, string>> }
  | { readonly bytes: Uint8Array; readonly contentType: string }
  | { readonly multipart: readonly FormPart[] }

export interface FormPart {
  readonly name: string
  readonly value:
    | string
    | { readonly bytes: Uint8Array; readonly filename: string; readonly contentType: string }
}

/** What came back, and above all whether anything can have left. */
export type Answer =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly text: string
    }
  /** Certainly not sent: refused, unresolved, no TLS, or the lease ended before the first byte. */
  | { readonly kind: 'notSent'; readonly why: string }
  /** The first byte may have left, and there is no answer to trust. */
  | { readonly kind: 'noAnswer'; readonly why: string }

export interface SendOptions {
  /** For the whole exchange, connecting included, in milliseconds. */
  readonly timeoutMs: number
  /** Asked on the connected socket, in the same tick as the first byte is written. */
  readonly maySend?: () => boolean
  readonly maxBodyBytes?: number
}

const MAX_BODY_BYTES = 4 * 1024 * 1024
const USER_AGENT = 'Pressroom (social publishing bot)'

/**
 * Sends one HTTP request on a connection of its own and tells apart "not sent" from "no answer".
 * A kept-alive connection may be closed by the server at the moment we write, which would leave a
 * doubt that a fresh one never has; that is worth the extra round trip. Never throws, never
 * retries, never follows a redirect.
 */
export function send(request: HttpRequest, options: SendOptions): Promise<Answer> {
  let url: URL
  try {
    url = new URL(request.url)
  } catch {
    return Promise.resolve({ kind: 'notSent', why: 'the address is not a URL' })
  }
  const { bytes, contentType } = encodeBody(request.body)
  const open = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve) => {
    let sent = false
    let outgoing: ClientRequest
    try {
      outgoing = open(url, {
        method: request.method,
        agent: false,
        headers: {
          'user-agent': USER_AGENT,
          accept: 'application/json',
          ...(contentType ? { 'content-type': contentType } : {}),
          ...(bytes || request.method !== 'GET'
            ? { 'content-length': bytes?.byteLength ?? 0 }
            : {}),
          ...request.headers,
        },
      })
    } catch {
      // A credential with a line break, or an address that is not HTTP.
      return resolve({ kind: 'notSent', why: 'its address or a header is not valid' })
    }
    const end = (answer: Answer) => {
      clearTimeout(timer)
      outgoing.destroy()
      resolve(answer)
    }
    const lost = (why: string) => end(sent ? { kind: 'noAnswer', why } : { kind: 'notSent', why })
    // When this process was busy, an answer that came in time may lie unread: it is read first.
    const timer = setTimeout(
      () => setImmediate(() => lost(`no answer within ${options.timeoutMs} ms`)),
      options.timeoutMs,
    )
    outgoing.on('error', (error) => lost(describeError(error)))
    whenConnected(outgoing, url.protocol === 'https:', () => {
      if (options.maySend && !options.maySend()) return lost('the claim on this target had ended')
      sent = true
      outgoing.end(bytes)
    })
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > (options.maxBodyBytes ?? MAX_BODY_BYTES)) return lost('the answer is too large')
        chunks.push(chunk)
      })
      response.on('aborted', () => lost('the answer broke off'))
      response.on('error', (error) => lost(describeError(error)))
      response.on('end', () => {
        if (!response.complete) return lost('the answer broke off')
        end({
          kind: 'answer',
          status: response.statusCode ?? 0,
          headers: flatten(response.headers),
          text: Buffer.concat(chunks).toString('utf8'),
        })
      })
    })
  })
}

/** Nothing is written before the connection (and TLS) stands, so a failure until then is "not sent". */
function whenConnected(outgoing: ClientRequest, secure: boolean, go: () => void): void {
  outgoing.on('socket', (socket: Socket) => {
    socket.setNoDelay(true)
    socket.once(secure ? 'secureConnect' : 'connect', go)
  })
}

function describeError(error: Error & { code?: string }): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'the connection was refused'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name could not be resolved'
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the connection was reset'
    default:
      return error.code ? `the connection failed (${error.code})` : 'the connection failed'
  }
}

function flatten(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}

function encodeBody(body: HttpBody | undefined): { bytes?: Uint8Array; contentType?: string } {
  if (!body) return {}
  if ('json' in body) {
    return { bytes: Buffer.from(JSON.stringify(body.json)), contentType: 'application/json' }
  }
  if ('form' in body) {
    return {
      bytes: Buffer.from(new URLSearchParams(body.form).toString()),
      contentType: 'application/x-www-form-urlencoded',
    }
  }
  if ('bytes' in body) return body
  return encodeMultipart(body.multipart)
}

/** The boundary needs only to be absent from the parts; a fixed one makes requests repeatable. */
function encodeMultipart(parts: readonly FormPart[]): { bytes: Uint8Array; contentType: string } {
  const pieces: Uint8Array[] = []
  const contents = parts.map(({ value }) =>
    typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.bytes),
  )
  let boundary = 'pressroom-form'
  while (contents.some((content) => content.includes(boundary))) boundary += '-x'
  parts.forEach((part, index) => {
    const file =
      typeof part.value === 'string'
        ? ''
        : `; filename="${part.value.filename.replaceAll(/["\r\n]/g, '')}"\r\nContent-Type: ${part.value.contentType}`
    pieces.push(
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="${part.name}"${file}\r\n\r\n`,
      ),
      contents[index] ?? new Uint8Array(),
      Buffer.from('\r\n'),
    )
  })
  pieces.push(Buffer.from(`--${boundary}--\r\n`))
  return { bytes: Buffer.concat(pieces), contentType: `multipart/form-data; boundary=${boundary}` }
}

/** The body as JSON, or `undefined` when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
