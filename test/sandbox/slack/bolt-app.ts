import { App, HTTPReceiver, LogLevel, SocketModeReceiver, webApi } from '@slack/bolt'
import type { SlackWorkspace } from '../../../src/sandbox/slack/index.js'

/** Says nothing: refusals and broken connections are what these tests are about. */
const logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
}

const clientOptionsFor = (apiUrl: string) => ({
  slackApiUrl: apiUrl,
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  logger,
})

/** Slack's own Web API client on a workspace, without its retries. */
export function webClient(slack: SlackWorkspace, apiUrl: string): webApi.WebClient {
  return new webApi.WebClient(slack.botToken, clientOptionsFor(apiUrl))
}

/** A real Bolt app on a workspace over Socket Mode. */
export async function startBoltApp(
  slack: SlackWorkspace,
  apiUrl: string,
  listeners: (app: App) => void,
): Promise<App> {
  const clientOptions = clientOptionsFor(apiUrl)
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    logger,
    installerOptions: { clientOptions },
  })
  const app = new App({ token: slack.botToken, receiver, clientOptions, logger })
  listeners(app)
  await app.start()
  return app
}

/** A real Bolt app that takes signed HTTP requests. */
export async function startHttpBoltApp(
  slack: SlackWorkspace,
  options: { apiUrl: string; signingSecret: string },
  listeners: (app: App) => void,
): Promise<{ url: string; stop(): Promise<unknown> }> {
  const receiver = new HTTPReceiver({ signingSecret: options.signingSecret, logger })
  const app = new App({
    token: slack.botToken,
    receiver,
    clientOptions: clientOptionsFor(options.apiUrl),
    logger,
  })
  listeners(app)
  const server = await app.start({ port: 0, host: '127.0.0.1' })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { url: `http://127.0.0.1:${port}/slack/events`, stop: () => app.stop() }
}
