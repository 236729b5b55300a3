import { App, HTTPReceiver, type Logger, LogLevel, SocketModeReceiver } from '@slack/bolt'
import type { SlackSettings } from '../../config.js'
import type { Log } from '../../log.js'
import type { Route } from '../../server.js'
import { type Connection, keepConnected, type Pauses } from './connection.js'

/** Where Slack sends events without Socket Mode; the manifest's request URL ends so. */
export const EVENTS_PATH = '/slack/events'

export interface Bolt {
  readonly app: App
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
    return {
      app: new App({ ...common, receiver }),
      connection: keepConnected(receiver.client, parts),
    }
  }
  const receiver = new HTTPReceiver({
    signingSecret: settings.signingSecret,
    endpoints: [EVENTS_PATH],
    logger,
  })
  const route: Route = (request, response, path) => {
    if (path !== EVENTS_PATH) return false
    if (request.method === 'POST') receiver.requestListener(request, response)
    else response.writeHead(405, { allow: 'POST' }).end()
    return true
  }
  return { app: new App({ ...common, receiver }), route }
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
