import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSlackWorkspace, type SlackWorkspace } from '../../../src/sandbox/slack/index.js'
import { startHttpBoltApp } from './bolt-app.js'

const channel = 'C00000SOCIAL'
const ana = 'U000000ANA'
const signingSecret = 'local-signing-secret'

let slack: SlackWorkspace
let app: Awaited<ReturnType<typeof startHttpBoltApp>>

beforeEach(async () => {
  slack = createSlackWorkspace()
  const { apiUrl } = await slack.listen()
  app = await startHttpBoltApp(slack, { apiUrl, signingSecret }, (bolt) => {
    bolt.command('/publish', async ({ command, ack, client }) => {
      await ack()
      await client.chat.postMessage({
        channel: command.channel_id,
        text: command.text,
        blocks: [
          {
            type: 'actions',
            elements: [
              {
                type: 'button',
                action_id: 'retry_failed',
                value: 'post-1',
                text: { type: 'plain_text', text: 'Retry failed' },
              },
            ],
          },
        ],
      })
    })
    bolt.command('/scorecard', ({ ack }) => ack('All well'))
    bolt.action('retry_failed', async ({ ack, respond }) => {
      await ack()
      await respond({ text: 'Retrying', replace_original: false })
    })
  })
})

afterEach(async () => {
  await app.stop()
  await slack.close()
})

describe('a Bolt app over HTTP', () => {
  it('takes signed commands and clicks, and answers through the response URL', async () => {
    slack.deliverTo({ url: app.url, signingSecret })
    const delivery = await slack.as(ana).slash('/publish', 'Hello', channel)
    expect(delivery.ackMs).toBeLessThan(3000)
    const posted = await slack.waitFor(() => slack.messages(channel)[0])
    await slack.as(ana).click(posted, 'retry_failed')
    await slack.waitFor(() => slack.ephemerals(ana).some((e) => e.text === 'Retrying'))
  })

  it('shows a plain text acknowledgement to the person', async () => {
    slack.deliverTo({ url: app.url, signingSecret })
    await slack.as(ana).slash('/scorecard', '', channel)
    expect(slack.ephemerals(ana)).toMatchObject([{ text: 'All well' }])
  })

  it('fails where the signature is not accepted', async () => {
    slack.deliverTo({ url: app.url, signingSecret: 'another secret' })
    const delivery = await slack.as(ana).slash('/publish', 'Hello', channel)
    expect(delivery.error).toBe('dispatch_failed')
    expect(slack.messages(channel)).toEqual([])
  })
})
