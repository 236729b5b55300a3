import { createHmac } from 'node:crypto'
import { isObject } from './block-kit/validate.js'
import { ackLimitMs, type Transport } from './socket-mode.js'

/**
 * Sends slash commands and interactions as signed HTTP requests, as Slack does without Socket Mode.
 * @see https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function createHttpTransport(
  target: { url: string; signingSecret: string },
  now: () => number,
): Transport {
  return async ({ type, payload }) => {
    const form =
      type === 'slash_commands'
        ? new URLSearchParams(Object.entries(payload).map(([key, value]) => [key, String(value)]))
        : new URLSearchParams({ payload: JSON.stringify(payload) })
    const body = form.toString()
    const timestamp = String(Math.floor(now() / 1000))
    const signature = createHmac('sha256', target.signingSecret)
      .update(`v0:${timestamp}:${body}`)
      .digest('hex')
    const sentAt = performance.now()
    try {
      const response = await fetch(target.url, {
        method: 'POST',
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(ackLimitMs),
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
          'x-slack-request-timestamp': timestamp,
          'x-slack-signature': `v0=${signature}`,
        },
      })
      const text = await response.text()
      const ackMs = performance.now() - sentAt
      if (response.status !== 200) return { kind: 'failed', error: 'dispatch_failed' }
      if (text === '') return { kind: 'acked', ackMs }
      if (!response.headers.get('content-type')?.startsWith('application/json')) {
        return { kind: 'acked', ackMs, payload: { text } }
      }
      const json: unknown = JSON.parse(text)
      if (!isObject(json)) return { kind: 'failed', error: 'invalid_response' }
      return { kind: 'acked', ackMs, ...(Object.keys(json).length ? { payload: json } : {}) }
    } catch (error) {
      if (error instanceof SyntaxError) return { kind: 'failed', error: 'invalid_response' }
      const timedOut = error instanceof Error && error.name === 'TimeoutError'
      return { kind: 'failed', error: timedOut ? 'operation_timeout' : 'dispatch_failed' }
    }
  }
}
