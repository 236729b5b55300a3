import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { createLog, createRedactor } from '../../src/log.js'
import { classifyAnswer } from '../../src/publisher/connectors/classify.js'
import type { Connector } from '../../src/publisher/connectors/connector.js'
import { createPolicy } from '../../src/publisher/core/retry.js'
import type { PublisherDeps } from '../../src/publisher/deps.js'
import type { Database } from '../../src/store/database.js'

/** A small platform on a real port. It takes every post it is sent, whatever it answers. */
export interface Acme {
  readonly url: string
  /** The posts it has taken, by the key that was sent along. */
  readonly posts: string[]
  /** Requests to publish that arrived. */
  readonly sends: () => number
  /** How the next requests to publish are answered; without it, with the id. */
  answer: (response: ServerResponse, key: string) => unknown
}

export const remoteIdOf = (key: string) => `acme-${key}`

export async function startAcme(): Promise<Acme> {
  const posts: string[] = []
  const acme = {
    url: '',
    posts,
    sends: () => posts.length,
    answer: (response: ServerResponse, key: string): unknown =>
      response.end(JSON.stringify({ id: remoteIdOf(key) })),
  }
  const server = createServer((request, response) => {
    if (request.method === 'GET') return response.end(JSON.stringify(posts))
    const key = request.url?.slice(1) ?? ''
    posts.push(key)
    return acme.answer(response, key)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  acme.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return acme
}

/** An honest connector to it: one mutation, a look-up that proves absence. */
export function createAcme(acme: Acme, changes: Partial<Connector> = {}): Connector {
  const refused = (status: number) =>
    status === 401
      ? ({ kind: 'permanent', reason: { class: 'auth', text: 'The token is refused.' } } as const)
      : undefined
  return {
    platform: 'facebook',
    retrySafety: 'The listing tells.',
    check: () => [],
    where: () => acme.url,
    checkCredentials: async () => ({ kind: 'ok', identity: 'Acme' }),
    async publish({ idempotencyKey }, steps) {
      const url = `${acme.url}/${idempotencyKey}`
      const answer = await steps.mutate({ method: 'POST', url })
      const read = classifyAnswer('Acme', answer, 'mutation', ({ status }) => refused(status))
      if (read.kind !== 'success') return read
      return { kind: 'published', remoteId: (read.json as { id: string }).id }
    },
    async lookUp({ idempotencyKey }, reader) {
      const answer = await reader.read({ method: 'GET', url: acme.url })
      if (answer.kind !== 'answer') return { kind: 'unclear', how: 'The listing did not come.' }
      return (JSON.parse(answer.text) as string[]).includes(idempotencyKey)
        ? { kind: 'found', remoteId: remoteIdOf(idempotencyKey), how: 'It is in the listing.' }
        : { kind: 'absent', proof: 'conclusive', how: 'It is not in the listing.' }
    },
    ...changes,
  }
}

/** What a worker is built from, with short waits and a silent log. */
export function workerDeps(
  database: Database,
  connector: Connector | undefined,
  changes: Partial<PublisherDeps> = {},
): PublisherDeps {
  return {
    database,
    now: Date.now,
    random: () => 0.5,
    log: createLog({ level: 'silent', redactor: createRedactor() }),
    policy: createPolicy({ settleBaseMs: 20, backoffBaseMs: 20 }),
    worker: 'worker-1',
    leaseMs: 45_000,
    requestTimeoutMs: 30_000,
    connector: () => connector,
    media: { bytes: async () => new Uint8Array(), publicUrl: () => '' },
    ...changes,
  }
}
