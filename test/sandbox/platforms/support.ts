import { afterEach } from 'vitest'
import {
  createSandbox,
  type PlatformName,
  type Sandbox,
  type SandboxOptions,
} from '../../../src/sandbox/platforms/index.js'

/** A JPEG of 800 by 1000 pixels (4:5) down to its frame header; the picture itself is left out. */
export const JPEG = Buffer.from(
  'ffd8ffe000104a46494600010100000100010000ffc000110803e8032003012200021101031101ffd9',
  'hex',
)
/** A 1x1 PNG. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
/** The first bytes of an MP4: enough to be told from a picture. */
export const MP4 = Buffer.from('000000186674797069736f6d0000020069736f6d69736f32', 'hex')

export interface Client {
  sandbox: Sandbox
  url: string
  close(): Promise<void>
  /** A call to one platform; `body` objects go as JSON, everything else as it is. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
}

export interface CallOptions {
  token?: string | null
  body?: unknown
  headers?: Record<string, string>
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: answers are asserted on, field by field
  json: any
}

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()))
})

/** A sandbox of one's own on a free port, closed after the test. */
export async function start(platform: PlatformName, options: SandboxOptions = {}): Promise<Client> {
  const sandbox = createSandbox(options)
  const { url, close } = await sandbox.listen()
  open.push(close)
  const api = sandbox.apiUrl(url, platform)

  return {
    sandbox,
    url: api,
    close,
    call: async (method, path, { token = `sandbox-${platform}-token`, body, headers } = {}) => {
      const plain = isPlain(body)
      const response = await fetch(path.startsWith('http') ? path : api + path, {
        method,
        redirect: 'manual',
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(plain ? { 'content-type': 'application/json' } : {}),
          ...headers,
        },
        ...(body === undefined ? {} : { body: plain ? JSON.stringify(body) : (body as BodyInit) }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, text, json: parse(text) }
    },
  }
}

function isPlain(body: unknown): boolean {
  return (
    typeof body === 'object' && body !== null && Object.getPrototypeOf(body) === Object.prototype
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
