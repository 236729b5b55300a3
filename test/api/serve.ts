import { type ApiDeps, createApi } from '../../src/api/index.js'
import { startServer } from '../../src/server.js'
import type { Database } from '../../src/store/database.js'
import { createTestBot, type TestBot } from '../bot/handle/bot.js'

export const ROOT_TOKEN = 'the-token-of-the-environment'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into, field by field
  readonly body: any
}

export interface ServedApi {
  readonly bot: TestBot
  readonly port: number
  ask(method: string, path: string, options?: Asking): Promise<Answer>
  post(path: string, json?: unknown, key?: string): Promise<Answer>
  get(path: string): Promise<Answer>
  stop(): Promise<void>
}

interface Asking {
  token?: string | null
  json?: unknown
  body?: BodyInit
  headers?: Record<string, string>
}

/** The API over a database with three accounts, as the program serves it; Slack is connected in name only. */
export async function serveApi(
  database: Database,
  changes: Partial<ApiDeps> = {},
): Promise<ServedApi> {
  const bot = await createTestBot(database)
  const { tell: _nobody, ...deps } = bot.deps
  const api = createApi({
    ...deps,
    token: ROOT_TOKEN,
    channels: [{ chat: 'slack', channel: 'C1', targets: ['facebook'] }],
    channelTargets: () => ['facebook'],
    chats: new Map([['slack', async () => 'T1']]),
    openQueueBoard: () => Promise.reject(new Error('there is no queue here')),
    ...changes,
  })
  await api.start()
  const server = await startServer({
    port: 0,
    host: '127.0.0.1',
    routes: [api.route],
    log: deps.log,
  })
  const ask: ServedApi['ask'] = async (method, path, options = {}) => {
    const { token = ROOT_TOKEN, json, headers } = options
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(options.body === undefined ? {} : { body: options.body }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
    }
  }
  return {
    bot,
    port: server.port,
    ask,
    get: (path) => ask('GET', path),
    post: (path, json, key) =>
      ask('POST', path, {
        ...(json === undefined ? {} : { json }),
        ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
      }),
    async stop() {
      await api.stop()
      await server.close()
    },
  }
}
