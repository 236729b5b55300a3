import { App, LogLevel, SocketModeReceiver } from '@slack/bolt'
import type { SlackWorkspace } from '../../../src/sandbox/slack/index.js'

/** A real Bolt app on a workspace over Socket Mode; the Web API client does not retry. */
export async function startBoltApp(
  slack: SlackWorkspace,
  apiUrl: string,
  listeners: (app: App) => void,
): Promise<App> {
  const clientOptions = { slackApiUrl: apiUrl, retryConfig: { retries: 0 } }
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions },
  })
  const app = new App({
    token: slack.botToken,
    receiver,
    clientOptions: { ...clientOptions, rejectRateLimitedCalls: true },
    logLevel: LogLevel.ERROR,
  })
  listeners(app)
  await app.start()
  return app
}
