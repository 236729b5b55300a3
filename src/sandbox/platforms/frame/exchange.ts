import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'

/** An answer as data; a string or bytes go out as they are, anything else as JSON. */
export interface Reply {
  status: number
  headers?: Record<string, string>
  body?: unknown
}

/** Thrown by a handler to answer with a refusal in the platform's own shape. */
export class Refused extends Error {
  constructor(readonly reply: Reply) {
    super(`refused with ${reply.status}`)
  }
}

export interface UploadedFile {
  field: string
  name: string
  type: string
  bytes: Uint8Array
}

export type Body =
  | { type: 'unread' }
  | { type: 'none' }
  | { type: 'json'; value: unknown }
  | { type: 'form'; fields: [string, string][]; files: UploadedFile[] }
  | { type: 'raw'; bytes: Uint8Array; contentType: string }
  | { type: 'invalid'; reason: string }

/** One request to a platform; its body is `unread` while only the head has been looked at. */
export interface Call {
  method: string
  /** Below the platform's prefix, still encoded, without the query. */
  path: string
  /** `path` in decoded pieces. */
  segments: string[]
  query: URLSearchParams
  headers: IncomingHttpHeaders
  /** Public address of the platform's prefix, for links that point back here. */
  root: string
  body: Body
}

const BODY_CAP_BYTES = 64 * 1024 * 1024

/** Reads a request's body by its content type; a body that does not parse is `invalid`, not an error. */
export async function readBody(req: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_CAP_BYTES) return { type: 'invalid', reason: 'body too large' }
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  const contentType = req.headers['content-type'] ?? ''
  if (bytes.length === 0) return { type: 'none' }
  if (/^application\/json\b/i.test(contentType)) return parseJson(bytes)
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) {
    return { type: 'form', fields: [...new URLSearchParams(bytes.toString('utf8'))], files: [] }
  }
  if (/^multipart\/form-data\b/i.test(contentType)) return parseMultipart(bytes, contentType)
  return { type: 'raw', bytes, contentType }
}

function parseJson(bytes: Buffer): Body {
  try {
    return { type: 'json', value: JSON.parse(bytes.toString('utf8')) }
  } catch {
    return { type: 'invalid', reason: 'malformed JSON' }
  }
}

async function parseMultipart(bytes: Buffer, contentType: string): Promise<Body> {
  try {
    const form = await new Response(new Uint8Array(bytes), {
      headers: { 'content-type': contentType },
    }).formData()
    const fields: [string, string][] = []
    const files: UploadedFile[] = []
    for (const [field, value] of form) {
      if (typeof value === 'string') fields.push([field, value])
      else {
        const content = new Uint8Array(await value.arrayBuffer())
        files.push({ field, name: value.name, type: value.type, bytes: content })
      }
    }
    return { type: 'form', fields, files }
  } catch {
    return { type: 'invalid', reason: 'malformed multipart body' }
  }
}

/** The token of `Authorization: <scheme> …`, if it is there. */
export function bearerOf(call: Pick<Call, 'headers'>, scheme = 'Bearer'): string | undefined {
  const [given, token] = (call.headers.authorization ?? '').split(' ')
  return given?.toLowerCase() === scheme.toLowerCase() && token ? token : undefined
}

/** A JSON body as an object; undefined when it is anything else. */
export function jsonObject(body: Body): Record<string, unknown> | undefined {
  return body.type === 'json' && isObject(body.value) ? body.value : undefined
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Sends a reply; a client that has gone away is not an error. */
export function send(res: ServerResponse, reply: Reply): void {
  if (res.destroyed || res.writableEnded) return
  const { body } = reply
  const raw = typeof body === 'string' || body instanceof Uint8Array
  const content = body === undefined ? '' : raw ? body : JSON.stringify(body)
  const typed =
    raw || body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }
  const length = typeof content === 'string' ? Buffer.byteLength(content) : content.length
  const bodiless = reply.status === 204 || reply.status === 304
  res.writeHead(reply.status, {
    ...typed,
    ...(bodiless ? {} : { 'content-length': String(length) }),
    ...reply.headers,
  })
  res.end(bodiless ? undefined : content)
}
