import type { App } from '@slack/bolt'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSlackWorkspace, type SlackWorkspace } from '../../../src/sandbox/slack/index.js'
import { startBoltApp } from './bolt-app.js'

const channel = 'C00000SOCIAL'
const ana = 'U000000ANA'
const retryButton = {
  type: 'actions',
  elements: [
    {
      type: 'button',
      action_id: 'retry_failed',
      value: 'post-1',
      text: { type: 'plain_text', text: 'Retry failed' },
    },
  ],
} as const

let slack: SlackWorkspace
let app: App
let apiUrl: string

beforeEach(async () => {
  slack = createSlackWorkspace()
  ;({ apiUrl } = await slack.listen())
})

afterEach(async () => {
  await app.stop()
  await slack.close()
})

describe('a Bolt app in Socket Mode', () => {
  it('goes from command to post, click, edit and history with metadata', async () => {
    app = await startBoltApp(slack, apiUrl, (bolt) => {
      bolt.command('/publish', async ({ command, ack, client }) => {
        await ack()
        await client.chat.postMessage({
          channel: command.channel_id,
          text: command.text,
          blocks: [
            { type: 'section', text: { type: 'mrkdwn', text: `*${command.text}*` } },
            retryButton,
          ],
          metadata: { event_type: 'pressroom_post', event_payload: { postId: 'post-1' } },
        })
      })
      bolt.action('retry_failed', async ({ ack, action, body, client }) => {
        await ack()
        if (body.type !== 'block_actions' || action.type !== 'button' || !body.message) return
        await client.chat.update({
          channel: body.channel?.id ?? '',
          ts: body.message.ts,
          text: `retrying ${action.value} for ${body.user.name}`,
          metadata: { event_type: 'pressroom_post', event_payload: { postId: action.value ?? '' } },
        })
      })
    })

    const delivery = await slack.as(ana).slash('/publish', 'Hello', channel)
    expect(delivery.ackMs).toBeLessThan(3000)
    const posted = await slack.waitFor(() => slack.messages(channel)[0])
    expect(posted).toMatchObject({ text: 'Hello', metadata: { event_type: 'pressroom_post' } })

    await slack.as(ana).click(posted, 'retry_failed')
    await slack.waitFor(() => slack.messages(channel)[0]?.edited)
    const history = await app.client.conversations.history({ channel, include_all_metadata: true })
    expect(history.messages).toHaveLength(1)
    expect(history.messages?.[0]).toMatchObject({
      text: 'retrying post-1 for ana',
      metadata: { event_payload: { postId: 'post-1' } },
    })
    expect(history.messages?.[0]?.blocks).toBeUndefined()
  })
})
