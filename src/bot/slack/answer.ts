import type { webApi } from '@slack/bolt'
import type { Log } from '../../log.js'
import type { Reply } from '../reply.js'
import type { Address } from './parse.js'
import { renderReply } from './reply.js'

const ANSWER_TIMEOUT_MS = 5_000

/**
 * Tells one person something privately: through the response_url of what they did, else as an
 * ephemeral message in the channel, else as a direct message. Needs no store; failing is logged.
 * @returns false when none of these worked
 * @see https://docs.slack.dev/interactivity/handling-user-interaction ("Message responses")
 */
export async function answer(
  reply: Reply,
  address: Address,
  { client, log }: { client: webApi.WebClient; log: Log },
): Promise<boolean> {
  const message = renderReply(reply)
  if (!message) return true
  const { channelId, userId, responseUrl, threadTs, replaces, lasting } = address
  const thread = threadTs === undefined ? {} : { thread_ts: threadTs }
  const direct = () => client.chat.postMessage({ channel: userId, ...message })
  const ways = [
    ...(lasting ? [direct] : []),
    async () => {
      if (responseUrl === undefined) throw new Error('no response_url')
      const place = replaces ? {} : thread
      const body = { response_type: 'ephemeral', replace_original: replaces, ...place, ...message }
      await send(responseUrl, body)
    },
    () => client.chat.postEphemeral({ channel: channelId, user: userId, ...thread, ...message }),
    direct,
  ]
  const failures: string[] = []
  for (const way of ways) {
    try {
      await way()
      return true
    } catch (error) {
      failures.push((error as Error).message)
    }
  }
  log.warn({ user: userId, channel: channelId, failures }, 'could not answer somebody')
  return false
}

async function send(responseUrl: string, body: object): Promise<void> {
  const response = await fetch(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  })
  if (!response.ok) throw new Error(`the response_url answered with status ${response.status}`)
}
