import type { IncomingMessage, ServerResponse } from 'node:http'
import { isObject } from './block-kit/validate.js'
import { type JsonObject, SlackApiError } from './types.js'

/**
 * Reads a request's body.
 * @param maxBytes the connection is destroyed beyond that
 */
export async function readBody(req: IncomingMessage, maxBytes = 64 * 1024 * 1024): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) {
      req.destroy()
      throw new Error('body too large')
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/**
 * Arguments of a Web API call: JSON, or a form whose structured values are JSON strings.
 * @throws SlackApiError `invalid_json`, `invalid_form_data`
 * @see https://docs.slack.dev/apis/web-api/ "POST bodies"
 */
export function parseArguments(contentType: string, body: Buffer): JsonObject {
  if (contentType.startsWith('application/json')) {
    const json = parseJson(body.toString('utf8') || '{}')
    if (!isObject(json)) throw new SlackApiError('invalid_json')
    return json
  }
  if (body.length === 0) return {}
  if (!contentType.startsWith('application/x-www-form-urlencoded')) {
    throw new SlackApiError('invalid_form_data')
  }
  return Object.fromEntries(new URLSearchParams(body.toString('utf8')))
}

/** The bytes of an upload, whether sent raw or as the one file of a multipart form. */
export async function fileBytes(contentType: string, body: Buffer): Promise<Buffer> {
  if (!contentType.startsWith('multipart/form-data')) return body
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': contentType },
  }).formData()
  for (const value of form.values()) {
    if (typeof value !== 'string') return Buffer.from(await value.arrayBuffer())
  }
  return Buffer.alloc(0)
}

export function sendJson(
  res: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body)
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(text)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new SlackApiError('invalid_json')
  }
}
