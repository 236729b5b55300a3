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

  it('sends a click as Slack does, with what the person saw', async () => {
    const payloads: unknown[] = []
    app = await startBoltApp(slack, apiUrl, (bolt) => {
      bolt.action('retry_failed', async ({ ack, body }) => {
        payloads.push(body)
        await ack()
      })
    })
    const { ts } = await app.client.chat.postMessage({ channel, text: 'a', blocks: [retryButton] })
    const seen = slack.messages(channel)[0]
    if (!seen || !ts) throw new Error('not posted')
    await app.client.chat.update({ channel, ts, text: 'edited meanwhile', blocks: [] })

    await slack.as(ana).click(seen, 'retry_failed')
    expect(payloads).toEqual([
      expect.objectContaining({
        type: 'block_actions',
        user: expect.objectContaining({ id: ana, username: 'ana' }),
        container: expect.objectContaining({ message_ts: ts, channel_id: channel }),
        channel: { id: channel, name: 'social' },
        message: expect.objectContaining({ ts, text: 'edited meanwhile' }),
        trigger_id: expect.any(String),
        response_url: expect.stringMatching(/^http/),
        actions: [expect.objectContaining({ action_id: 'retry_failed', value: 'post-1' })],
      }),
    ])
    await expect(slack.as(ana).click(ts, 'retry_failed')).rejects.toThrow('no "retry_failed"')
  })

  it('delivers again under a new envelope id with the same payload', async () => {
    const triggers: string[] = []
    app = await startBoltApp(slack, apiUrl, (bolt) => {
      bolt.command('/publish', async ({ command, ack }) => {
        triggers.push(command.trigger_id)
        await ack()
      })
    })
    const first = await slack.as(ana).slash('/publish', 'Hello', channel)
    const second = await first.redeliver()
    const [third] = await slack.redeliverAll()
    expect(new Set([first.envelopeId, second.envelopeId, third?.envelopeId]).size).toBe(3)
    expect(triggers).toEqual([first.triggerId, first.triggerId, first.triggerId])
    expect(second.payload).toEqual(first.payload)
  })

  it('tells the person when nothing acknowledges within 3 s', async () => {
    app = await startBoltApp(slack, apiUrl, (bolt) => {
      bolt.command('/publish', async () => undefined)
    })
    const delivery = await slack.as(ana).slash('/publish', '', channel)
    expect(delivery).toMatchObject({ error: 'operation_timeout', ackMs: Infinity })
    expect(slack.ephemerals(ana)).toMatchObject([{ from: 'USLACKBOT' }])
  })

  it('tells the person at once when no app is connected', async () => {
    app = await startBoltApp(slack, apiUrl, () => undefined)
    await app.stop()
    await slack.waitFor(() => slack.connections() === 0)
    const delivery = await slack.as(ana).slash('/publish', '', channel)
    expect(delivery.error).toBe('dispatch_failed')
  })

  it('shows what the acknowledgement says to the person alone', async () => {
    app = await startBoltApp(slack, apiUrl, (bolt) => {
      bolt.command('/publish', ({ ack }) => ack({ text: 'On it', response_type: 'ephemeral' }))
    })
    await slack.as(ana).slash('/publish', '', channel)
    expect(slack.ephemerals(ana)).toMatchObject([{ text: 'On it', from: slack.botUserId }])
    expect(slack.messages(channel)).toEqual([])
  })

  it('reconnects when Slack asks it to, and then takes commands again', async () => {
    app = await startBoltApp(slack, apiUrl, (bolt) => {
      bolt.command('/publish', ({ ack }) => ack())
    })
    slack.disconnectSockets('refresh_requested')
    await slack.waitFor(() => slack.connections() === 0)
    await slack.waitFor(() => slack.connections() === 1, 15_000)
    const delivery = await slack.as(ana).slash('/publish', '', channel)
    expect(delivery.error).toBeUndefined()
  })

  it('shares deliveries out among the connections of the app', async () => {
    const taken = [0, 0]
    const take = (who: 0 | 1) => (bolt: App) =>
      bolt.command('/publish', async ({ ack }) => {
        taken[who] = (taken[who] ?? 0) + 1
        await ack()
      })
    app = await startBoltApp(slack, apiUrl, take(0))
    const second = await startBoltApp(slack, apiUrl, take(1))
    for (let i = 0; i < 4; i++) await slack.as(ana).slash('/publish', '', channel)
    expect(taken).toEqual([2, 2])
    await second.stop()
  })
})
