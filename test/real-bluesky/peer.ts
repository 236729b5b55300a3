import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type CutLine, startProxy } from './proxy.js'

/** A record as the server gives it back. */
export interface StoredRecord {
  readonly uri: string
  readonly value: {
    readonly text: string
    readonly facets?: readonly Facet[]
    readonly embed?: Embed
  }
}

export interface Facet {
  readonly index: { readonly byteStart: number; readonly byteEnd: number }
  readonly features: readonly Readonly<Record<string, string>>[]
}

export interface Embed {
  readonly $type: string
  readonly images?: readonly {
    readonly alt: string
    readonly aspectRatio?: { readonly width: number; readonly height: number }
    readonly image: { readonly ref: { readonly $link: string }; readonly mimeType: string }
  }[]
  readonly external?: {
    readonly uri: string
    readonly title: string
    readonly description: string
    readonly thumb?: { readonly ref: { readonly $link: string } }
  }
}

/** Bluesky's own server behind a line that can be cut, and what it holds, read past the connector. */
export interface Peer {
  readonly proxy: CutLine
  readonly did: string
  readonly handle: string
  readonly appPassword: string
  /** The posts of the account with this text. */
  posts(text: string): Promise<readonly StoredRecord[]>
  blob(cid: string): Promise<Uint8Array>
  didOf(handle: string): Promise<string>
  /** Takes the app password away, as its owner would in the settings. */
  revoke(): Promise<void>
  close(): Promise<void>
}

export async function startPeer(): Promise<Peer> {
  const proxy = await startProxy()
  const script = fileURLToPath(new URL('server.mjs', import.meta.url))
  const server = spawn(process.execPath, [script, proxy.url], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LOG_ENABLED: 'false' },
  })
  const { url, did, handle, appPassword } = await firstLine(server)
  proxy.leadTo(url)
  const get = async (method: string, query: Record<string, string>) => {
    const answer = await fetch(`${url}/xrpc/${method}?${new URLSearchParams(query)}`)
    if (!answer.ok) throw new Error(`${method}: ${answer.status} ${await answer.text()}`)
    return answer
  }
  const post = async (method: string, input: unknown, token = '') => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const body = JSON.stringify(input)
    const answer = await fetch(`${url}/xrpc/${method}`, { method: 'POST', headers, body })
    if (!answer.ok) throw new Error(`${method}: ${answer.status} ${await answer.text()}`)
    return answer
  }
  return {
    proxy,
    did,
    handle,
    appPassword,
    async posts(text) {
      const query = { repo: did, collection: 'app.bsky.feed.post', limit: '100' }
      const answer = await get('com.atproto.repo.listRecords', query)
      const { records } = (await answer.json()) as { records: StoredRecord[] }
      return records.filter(({ value }) => value.text === text)
    },
    async blob(cid) {
      const answer = await get('com.atproto.sync.getBlob', { did, cid })
      return new Uint8Array(await answer.arrayBuffer())
    },
    async didOf(name) {
      const answer = await get('com.atproto.identity.resolveHandle', { handle: name })
      return ((await answer.json()) as { did: string }).did
    },
    async revoke() {
      const login = { identifier: handle, password: 'password-of-a-test' }
      const answer = await post('com.atproto.server.createSession', login)
      const { accessJwt } = (await answer.json()) as { accessJwt: string }
      await post('com.atproto.server.revokeAppPassword', { name: 'pressroom' }, accessJwt)
    },
    async close() {
      server.kill('SIGTERM')
      if (server.exitCode === null) await once(server, 'exit')
      await proxy.close()
    },
  }
}

async function firstLine(server: ChildProcess): Promise<Record<string, string> & Ready> {
  if (!server.stdout || !server.stderr) throw new Error('the server has no output')
  const said: string[] = []
  createInterface(server.stderr).on('line', (line) => said.push(line))
  for await (const line of createInterface(server.stdout)) {
    if (line.startsWith('{"url"')) return JSON.parse(line)
    said.push(line)
  }
  throw new Error(`Bluesky's server did not start:\n${said.slice(-30).join('\n')}`)
}

interface Ready {
  readonly url: string
  readonly did: string
  readonly handle: string
  readonly appPassword: string
}
