import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { scorecardCard } from '../../../src/bot/scorecard/card.js'
import type { ScorecardChat } from '../../../src/bot/scorecard/deliver.js'
import { drawPicture } from '../../../src/bot/scorecard/picture.js'
import { createSlackClient } from '../../../src/bot/slack/chat.js'
import { createSlackScorecards } from '../../../src/bot/slack/scorecard.js'
import { createSlackWorkspace, type SlackWorkspace } from '../../../src/sandbox/slack/index.js'
import type { TargetDetail } from '../../../src/store/scorecard-asides.js'
import { failure, report, smooth } from '../scorecard/sample.js'

const CHANNEL = 'C00000SOCIAL'
const KEY = `slack/${CHANNEL}/2026-W47`
const made = report({
  smooth: smooth('facebook', 4, 5),
  rough: [failure('t1', 'facebook', '2026-11-18T10:00', undefined, 'media')],
})
const place: TargetDetail = {
  targetId: 't1',
  text: 'Hello',
  permalink: null,
  channelId: CHANNEL,
  rootMessageId: '1700000000.000100',
  messageId: '1700000000.000200',
}
const note = {
  id: 'n1',
  postId: 'p1',
  targetId: 't1',
  account: 'facebook',
  platform: 'facebook',
  reasonClass: 'media',
  text: 'Shrink pictures first',
  authorId: 'U000000ANA',
  authorName: 'ana',
  createdAt: new Date(0),
  resolvedAt: null,
  resolvedBy: null,
}

describe('Slack as posting scorecards sees it', () => {
  let slack: SlackWorkspace
  let scorecards: ScorecardChat

  async function open(takesFilesInMs: number) {
    slack = createSlackWorkspace({ rateLimits: 'off', takesFilesInMs })
    const { apiUrl } = await slack.listen()
    const client = createSlackClient(slack.botToken, apiUrl)
    scorecards = createSlackScorecards(client, 'Etc/UTC', [10, 200, 400])
  }
  beforeEach(() => open(0))
  afterEach(() => slack.close())

  async function card() {
    const details = { targets: new Map([['t1', place]]), said: new Map<number, string>() }
    const picture = await drawPicture(made)
    return scorecardCard({
      report: made,
      details,
      notes: [note],
      ...(picture ? { picture } : {}),
    })
  }

  async function postCard(): Promise<string> {
    const message = { channelId: CHANNEL, key: KEY, part: 'card' as const, card: await card() }
    const result = await scorecards.post(message)
    if (result.kind !== 'posted') throw new Error(JSON.stringify(result))
    return result.messageId
  }

  const shown = () => JSON.stringify(slack.messages(CHANNEL))

  it('shows the picture with its words, the notes with their buttons, and links failures', async () => {
    await postCard()
    const text = shown()
    expect(text).toContain('"slack_file"')
    expect(text).toContain('"alt_text"')
    expect(text).toContain('resolve_note')
    expect(text).toContain(
      `archives/${CHANNEL}/p1700000000000200?thread_ts=1700000000.000100&amp;cid=${CHANNEL}`,
    )
  })

  it('shows the picture as soon as Slack has taken it in', async () => {
    await slack.close()
    await open(200)
    await postCard()
    expect(shown()).toContain('"slack_file"')
    expect(slack.calls('files.completeUploadExternal')).toHaveLength(1)
  })

  it('stands without its picture where Slack does not take it', async () => {
    await slack.close()
    await open(60_000)
    await postCard()
    expect(shown()).not.toContain('"slack_file"')
    expect(shown()).toContain('Success')
  })

  it('finds what it posted by key and part, in the channel and in the thread', async () => {
    const rootId = await postCard()
    const [message] = (await card()).thread
    if (!message) throw new Error('there is no thread')
    const reply = { channelId: CHANNEL, key: KEY, part: message.part, rootId, message }
    const posted = await scorecards.post(reply)
    const sought = { channelId: CHANNEL, key: KEY, begunAt: Date.now() }
    expect(await scorecards.find({ ...sought, part: 'card' })).toMatchObject({ messageId: rootId })
    expect(await scorecards.find({ ...sought, part: message.part, rootId })).toMatchObject({
      messageId: posted.kind === 'posted' ? posted.messageId : '',
    })
    expect(await scorecards.find({ ...sought, part: 'failures-9', rootId })).toEqual({
      kind: 'absent',
    })
  })
})
