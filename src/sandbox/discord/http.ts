import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { invalidForm, refusal } from './errors.js'
import type { ReceivedFile } from './files.js'

export interface Body {
  json: unknown
  files: ReceivedFile[]
}

const MAX_BODY_BYTES = 100 * 1024 * 1024

/** Reads all bytes of a request. @throws ApiError 40005 when there are too many */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) throw refusal('entityTooLarge')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/**
 * Parses a JSON body, or a multipart body with `payload_json` and `files[n]`.
 * @see https://docs.discord.com/developers/reference#uploading-files
 * @throws ApiError 50109 for broken JSON, 50035 for another content type
 */
export async function parseBody(bytes: Buffer, contentType: string | undefined): Promise<Body> {
  if (bytes.length === 0) return { json: undefined, files: [] }
  if (contentType?.startsWith('application/json')) return { json: parseJson(`${bytes}`), files: [] }
  if (contentType?.startsWith('multipart/form-data')) return parseMultipart(bytes, contentType)
  const code = 'CONTENT_TYPE_INVALID'
  const message = `Expected "Content-Type" header to be one of {'application/json', 'multipart/form-data'}.`
  throw invalidForm({ _errors: [{ code, message }] })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw refusal('invalidJson')
  }
}

async function parseMultipart(bytes: Buffer, contentType: string): Promise<Body> {
  const headers = { 'content-type': contentType }
  const form = await new Response(new Uint8Array(bytes), { headers }).formData().catch(() => {
    throw invalidForm({
      _errors: [{ code: 'MULTIPART_INVALID', message: 'Broken multipart body' }],
    })
  })
  const payload = form.get('payload_json')
  const files: ReceivedFile[] = []
  for (const [name, value] of form) {
    const index = /^files\[(\d+)\]$/.exec(name)?.[1]
    if (index === undefined || typeof value === 'string') continue
    const data = new Uint8Array(await value.arrayBuffer())
    const type = value.type || 'application/octet-stream'
    files.push({ index: Number(index), filename: value.name, contentType: type, data })
  }
  return { json: typeof payload === 'string' ? parseJson(payload) : {}, files }
}

/** Sends JSON, or nothing at all: no body and no content type, as Discord does with 204. */
export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string>,
): void {
  if (body === undefined) {
    response.writeHead(status, headers).end()
    return
  }
  response.writeHead(status, { ...headers, 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** A number in a query string. @throws ApiError 50035 when it is none or out of range */
export function queryInteger(
  query: URLSearchParams,
  name: string,
  range: { min: number; max: number; otherwise: number },
): number {
  const text = query.get(name)
  if (text === null) return range.otherwise
  const number = z.coerce.number().int().min(range.min).max(range.max).safeParse(text)
  if (number.success) return number.data
  const message = `int value should be between ${range.min} and ${range.max}.`
  throw invalidForm({ [name]: { _errors: [{ code: 'NUMBER_TYPE_RANGE', message }] } })
}
