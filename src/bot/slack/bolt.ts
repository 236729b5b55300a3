import { App, HTTPReceiver, type Logger, LogLevel, SocketModeReceiver } from '@slack/bolt'
import type { SlackSettings } from '../../config.js'
import type { Log } from '../../log.js'
import type { Route } from '../../server.js'
import { within } from '../../wait.js'
import { type Connection, keepConnected, type Pauses } from './connection.js'

/** Where Slack sends events without Socket Mode; the manifest's request URL ends so. */
const EVENTS_PATH = '/slack/events'

/** What was taken before a stop is acknowledged within this, or never. */
const ACKNOWLEDGED_WITHIN_MS = 3_500

export interface Bolt {
  readonly app: App
  readonly intake: {
    /** Takes nothing more from Slack, and resolves when all that came before was acknowledged. */
    stop(): Promise<void>
  }
  /** Keeps the Socket Mode connection, when that is the transport. */
  readonly connection?: Connection
  /** Takes Slack's requests, when they come over HTTP. */
  readonly route?: Route
}

/** Bolt, set up so that nothing stands between an event and its acknowledgement. */
export function createBolt(
  settings: SlackSettings,
  parts: { log: Log; random: () => number; pauses?: Pauses },
): Bolt {
  const logger = boltLogger(parts.log)
  const clientOptions = { slackApiUrl: settings.apiUrl, retryConfig: { retries: 0 } }
  const common = {
    logger,
    clientOptions,
    convoStore: false,
    ignoreSelf: false,
    // Bolt would call auth.test first, and wait for it before the first acknowledgement.
    authorize: async () => ({ botToken: settings.botToken }),
  } as const
  if (settings.transport === 'socket') {
    const receiver = new SocketModeReceiver({
      appToken: settings.appToken,
      logger,
      autoReconnectEnabled: false,
      installerOptions: { clientOptions: { ...clientOptions, timeout: 10_000 } },
    })
    const connection = keepConnected(receiver.client, parts)
    return { app: new App({ ...common, receiver }), intake: connection, connection }
  }
  const receiver = new HTTPReceiver({
    signingSecret: settings.signingSecret,
    endpoints: [EVENTS_PATH],
    logger,
  })
  let stopping = false
  const open = new Set<Promise<void>>()
  const route: Route = (request, response, path) => {
    if (path !== EVENTS_PATH) return false
    if (request.method !== 'POST') {
      response.writeHead(405, { allow: 'POST' }).end()
    } else if (stopping) {
      // Slack asks again where it can, and else tells the person that it did not work.
      response.writeHead(503, { 'retry-after': '5', connection: 'close' }).end()
    } else {
      const closed = new Promise<void>((resolve) => response.once('close', resolve))
      open.add(closed)
      void closed.then(() => open.delete(closed))
      receiver.requestListener(request, response)
    }
    return true
  }
  const intake = {
    async stop() {
      stopping = true
      await within(ACKNOWLEDGED_WITHIN_MS, Promise.all(open))
    },
  }
  return { app: new App({ ...common, receiver }), intake, route }
}

/** What Bolt has to say, at our levels; its reports of what we handle are details. */
function boltLogger(log: Log): Logger {
  const words = (parts: unknown[]) =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ')
  return {
    debug: () => {},
    info: (...parts) => log.debug(words(parts)),
    warn: (...parts) => log.debug(words(parts)),
    error: (...parts) => log.debug(words(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  }
}
