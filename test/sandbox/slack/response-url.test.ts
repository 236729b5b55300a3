import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSlackWorkspace, type SlackWorkspace } from '../../../src/sandbox/slack/index.js'
import { webClient } from './bolt-app.js'

const channel = 'C00000SOCIAL'
const ana = 'U000000ANA'
const buttons = [
  {
    type: 'actions' as const,
    block_id: 'asked',
    elements: [
      {
        type: 'button' as const,
        action_id: 'cancel',
        text: { type: 'plain_text' as const, text: 'Cancel' },
      },
    ],
  },
]

let slack: SlackWorkspace
let client: ReturnType<typeof webClient>
let now: number

beforeEach(async () => {
  now = Date.now()
  slack = createSlackWorkspace({ clock: () => now })
  client = webClient(slack, (await slack.listen()).apiUrl)
})

afterEach(() => slack.close())

async function send(url: string | undefined, body: object): Promise<number> {
  const response = await fetch(url ?? '', { method: 'POST', body: JSON.stringify(body) })
  return response.status
}

describe('a response URL', () => {
  it('answers the person alone unless the channel is asked for', async () => {
    const { responseUrl } = await slack.as(ana).slash('/publish', '', channel)
    const before = slack.ephemerals(ana).length
    expect(await send(responseUrl, { text: 'for you' })).toBe(200)
    expect(await send(responseUrl, { text: 'for all', response_type: 'in_channel' })).toBe(200)
    expect(slack.ephemerals(ana).slice(before)).toMatchObject([{ text: 'for you' }])
    expect(slack.messages(channel)).toMatchObject([{ text: 'for all' }])
  })

  it('works five times', async () => {
    const { responseUrl } = await slack.as(ana).slash('/publish', '', channel)
    for (let i = 0; i < 5; i++) expect(await send(responseUrl, { text: 'x' })).toBe(200)
    expect(await send(responseUrl, { text: 'x' })).toBe(404)
  })

  it('works for half an hour', async () => {
    const { responseUrl } = await slack.as(ana).slash('/publish', '', channel)
    now += 30 * 60_000 + 1
    expect(await send(responseUrl, { text: 'x' })).toBe(404)
  })

  it('replaces and removes the message whose button was pressed', async () => {
    const { ts = '' } = await client.chat.postMessage({ channel, text: 'a', blocks: buttons })
    const { responseUrl } = await slack.as(ana).click(ts, 'cancel')
    await send(responseUrl, { text: 'replaced', replace_original: true })
    expect(slack.messages(channel)).toMatchObject([{ ts, text: 'replaced' }])
    await send(responseUrl, { delete_original: true })
    expect(slack.messages(channel)).toEqual([])
  })

  it('replaces and removes an ephemeral message, which has no message in the payload', async () => {
    await client.chat.postEphemeral({ channel, user: ana, text: 'sure?', blocks: buttons })
    const ts = slack.ephemerals(ana)[0]?.ts ?? ''
    const { responseUrl, payload } = await slack.as(ana).click(ts, 'cancel')
    expect(payload).toMatchObject({
      container: { is_ephemeral: true, message_ts: ts },
      actions: [{ action_id: 'cancel', block_id: 'asked' }],
    })
    expect(payload).not.toHaveProperty('message')
    await send(responseUrl, { text: 'cancelled', replace_original: true })
    const shown = () => slack.ephemerals(ana).find((e) => e.ts === ts)
    expect(shown()).toMatchObject({ text: 'cancelled' })
    await send(responseUrl, { delete_original: true })
    expect(shown()).toBeUndefined()
  })

  it('refuses what Slack would refuse, without counting it', async () => {
    const { responseUrl } = await slack.as(ana).slash('/publish', '', channel)
    expect(await send(responseUrl, { text: '' })).toBe(400)
    expect(await send(responseUrl, { text: 'x', blocks: [{ type: 'poem' }] })).toBe(400)
    expect(await send(responseUrl, { text: 'x', channel })).toBe(400)
    for (let i = 0; i < 5; i++) expect(await send(responseUrl, { text: 'x' })).toBe(200)
  })
})
