import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { postCard } from '../../../src/bot/card.js'
import { targetCard } from '../../../src/bot/card-target.js'
import type { Chat, Sought } from '../../../src/bot/chat.js'
import { createSlackChat, createSlackClient } from '../../../src/bot/slack/chat.js'
import { createSlackWorkspace, type SlackWorkspace } from '../../../src/sandbox/slack/index.js'
import { TINY_PICTURE } from '../../support/sample-media.js'
import { STATES, target, view } from '../view.js'

const CHANNEL = 'C00000SOCIAL'
const stored = target('ta', STATES.queued)
const shown = view([stored])
const post = { channelId: CHANNEL, card: postCard(shown) }
const media = {
  kind: 'media',
  postId: 'p1',
  key: 'p1/ta:media:1',
  account: 'newsletter',
  media: [{ ...TINY_PICTURE, sourceUrl: 'https://example.com/a.png' }],
} as const

describe('Slack as telling sees it', () => {
  let slack: SlackWorkspace
  let chat: Chat
  let client: ReturnType<typeof createSlackClient>

  beforeEach(async () => {
    slack = createSlackWorkspace({ rateLimits: 'off' })
    const { apiUrl } = await slack.listen()
    client = createSlackClient(slack.botToken, apiUrl)
    const bytes = async () => new Uint8Array([1, 2, 3])
    chat = createSlackChat({ client, timeZone: 'Etc/UTC', bytes })
  })
  afterEach(() => slack.close())

  async function postRoot(): Promise<string> {
    const result = await chat.post(post)
    if (result.kind !== 'posted') throw new Error(result.kind)
    return result.messageId
  }
  const sought = (change: Partial<Sought> = {}): Sought => ({
    channelId: CHANNEL,
    kind: 'post',
    postId: 'p1',
    key: 'p1',
    begunAt: Date.now(),
    ...change,
  })

  it('describes a file in whole characters', async () => {
    const rootId = await postRoot()
    const [file] = media.media
    const card = { ...media, media: [{ ...file, alt: `${'a'.repeat(999)}😀😀` }] }
    const posted = await chat.post({ channelId: CHANNEL, card, rootId })
    expect(posted.kind).toBe('posted')
    const [ticket] = slack.calls('files.getUploadURLExternal')
    expect(ticket?.args).toMatchObject({ alt_txt: `${'a'.repeat(999)}…` })
  })

  it('makes one request for one call, whatever happens', async () => {
    slack.faults.httpError('chat.postMessage', 500)
    expect(await chat.post(post)).toEqual({ kind: 'unknown', why: 'HTTP 500' })
    slack.faults.rateLimit('chat.postMessage', 1, 7)
    expect(await chat.post(post)).toEqual({ kind: 'limited', retryAfterMs: 7000 })
    slack.faults.loseAnswer('chat.postMessage')
    expect((await chat.post(post)).kind).toBe('unknown')
    expect(slack.calls('chat.postMessage')).toHaveLength(3)
  })

  it('knows that nothing was sent when nobody answers the door', async () => {
    await slack.close()
    expect(await chat.post(post)).toMatchObject({ kind: 'refused', final: false })
  })

  it('finds what it posted, in the channel and in a thread', async () => {
    const rootId = await postRoot()
    const card = targetCard(shown, stored)
    const reply = await chat.post({ channelId: CHANNEL, rootId, card })
    expect(await chat.find(sought())).toEqual({ kind: 'found', messageId: rootId, others: [] })
    expect(await chat.find(sought({ kind: 'target', key: 'ta', rootId }))).toMatchObject({
      kind: 'found',
      messageId: reply.kind === 'posted' && reply.messageId,
    })
    expect(await chat.find(sought({ key: 'p2' }))).toEqual({ kind: 'absent' })
    expect(await chat.find(sought({ kind: 'reply', key: 'p1/x', rootId: '1.000000' }))).toEqual({
      kind: 'absent',
    })
  })

  it('looks through more than one page', async () => {
    const rootId = await postRoot()
    for (let i = 0; i < 250; i++) slack.as('U000000BEN').say(`message ${i}`, CHANNEL)
    expect(await chat.find(sought())).toMatchObject({ kind: 'found', messageId: rootId })
    expect(slack.calls('conversations.history')).toHaveLength(2)
  })

  it('looks as far as it can have come, however much was said, and no further', async () => {
    const rootId = await postRoot()
    for (let i = 0; i < 1_100; i++) slack.as('U000000BEN').say(`message ${i}`, CHANNEL)
    expect(await chat.find(sought())).toMatchObject({ kind: 'found', messageId: rootId })
    expect(await chat.find(sought({ key: 'p2' }))).toEqual({ kind: 'absent' })
    const before = slack.calls('conversations.history').length
    const begunAt = Date.now() - 60 * 60_000
    expect(await chat.find(sought({ key: 'p2', begunAt }))).toEqual({ kind: 'absent' })
    expect(slack.calls('conversations.history')).toHaveLength(before + 1)
  })

  it('looks in the channel for what has lost its thread', async () => {
    const card = targetCard(shown, stored)
    const put = await chat.post({ channelId: CHANNEL, card })
    expect(
      await chat.find(sought({ kind: 'target', key: 'ta', rootId: '1.000000' })),
    ).toMatchObject({ kind: 'found', messageId: put.kind === 'posted' && put.messageId })
  })

  it('says so when it may not look', async () => {
    slack.faults.error('conversations.history', 'missing_scope')
    expect(await chat.find(sought())).toMatchObject({ kind: 'refused', scope: 'message' })
  })

  it('knows a message that is gone', async () => {
    const messageId = await postRoot()
    await chat.remove({ channelId: CHANNEL, messageId })
    expect(await chat.edit({ ...post, messageId })).toEqual({ kind: 'gone' })
  })

  it('takes back a target that Slack put into the channel because its thread is gone', async () => {
    client.chat.postMessage = async () => ({ ok: true, ts: '1.000001', message: {} })
    const deleted: unknown[] = []
    client.chat.delete = async (args) => {
      deleted.push(args)
      return { ok: true }
    }
    const card = targetCard(shown, stored)
    expect(await chat.post({ channelId: CHANNEL, rootId: '1.000000', card })).toMatchObject({
      kind: 'refused',
      scope: 'thread',
    })
    expect(deleted).toEqual([{ channel: CHANNEL, ts: '1.000001' }])
  })

  it('finds files that it shared', async () => {
    const rootId = await postRoot()
    slack.faults.loseAnswer('files.completeUploadExternal')
    expect((await chat.post({ channelId: CHANNEL, rootId, card: media })).kind).toBe('unknown')
    expect(await chat.find(sought({ kind: 'reply', key: media.key, rootId }))).toMatchObject({
      kind: 'found',
    })
  })

  it('is not in doubt about files when only the upload failed', async () => {
    const rootId = await postRoot()
    slack.faults.loseAnswer('files.getUploadURLExternal')
    expect(await chat.post({ channelId: CHANNEL, rootId, card: media })).toMatchObject({
      kind: 'refused',
      final: false,
    })
  })

  it.each(['missing_scope', 'unknown_method', 'file_upload_size_restricted'])(
    'names the files where uploads are refused: %s',
    async (error) => {
      const rootId = await postRoot()
      slack.faults.error('files.getUploadURLExternal', error)
      expect((await chat.post({ channelId: CHANNEL, rootId, card: media })).kind).toBe('posted')
      expect(JSON.stringify(slack.replies(CHANNEL, rootId)[0]?.blocks)).toContain(
        'https://example.com/a.png',
      )
    },
  )
})
