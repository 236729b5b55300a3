import { MessageFlags } from 'discord.js'
import { describe, expect, it } from 'vitest'
import type { Chat } from '../../../src/bot/chat.js'
import { isMarked } from '../../../src/bot/discord/marker.js'
import { startThread } from '../../../src/bot/discord/threads.js'
import { beginMessage } from '../../../src/store/chat-messages.js'
import { testDatabases } from '../../support/database.js'
import { storeTinyPicture, TINY_PICTURE } from '../../support/sample-media.js'
import { waitFor } from '../../support/wait-for.js'
import { failed, live, unconfirmed, waiting } from '../announce/stage.js'
import { ANA, BEN, CHANNEL, GUILD, OUTSIDE, type Stage, useStage } from './chat-stage.js'

const MINUTE = 60_000
const POST = 'POST /channels/:channel/messages'
const THREAD = 'POST /channels/:channel/messages/:message/threads'
const [embedded] = testDatabases()
if (!embedded) throw new Error('the embedded engine is always there')

describe('telling Discord', () => {
  const open = useStage(embedded.use())
  const pair = [{ account: 'a' }, { account: 'b' }]

  /** Everything of a post with two targets stands there once, and nothing else. */
  async function expectWhole(stage: Stage, postId: string, targetIds: readonly string[]) {
    await stage.told(postId)
    const [root, ...more] = stage.own(CHANNEL)
    expect(more).toEqual([])
    expect(root && isMarked(root, 'post', postId)).toBe(true)
    const thread = stage.own(root?.id ?? '').filter(({ type }) => type !== 21)
    expect(thread).toHaveLength(targetIds.length)
    for (const [index, id] of targetIds.entries()) {
      expect(thread[index] && isMarked(thread[index], 'target', id)).toBe(true)
    }
  }

  it('shows a post, its targets in the thread, and the end', async () => {
    const stage = await open()
    await stage.announce()
    const { postId, targetIds } = await stage.publish(pair)
    await expectWhole(stage, postId, targetIds)
    expect(stage.inChannel()[0]).toContain('0 live · 0 failed · **2 processing**')
    expect(stage.discord.threads(CHANNEL)).toMatchObject([{ name: 'Hello' }])
    for (const id of targetIds) await stage.become(id, live())
    await stage.told(postId)
    expect(stage.inChannel()[0]).toContain('**2 live** · 0 failed · 0 processing')
    const said = stage.inThreads()
    expect(said).toHaveLength(3)
    expect(said[0]).toContain('🟢 **a** (Facebook): live since <t:')
    expect(said[2]).toMatch(new RegExp(`^<@${ANA}> All 2 live: \\[a\\]`))
    expect(stage.discord.notifications(ANA)).toHaveLength(1)
    expect(stage.complaints()).toEqual([])
  })

  it('mentions the author about what needs a person, and nobody else', async () => {
    const stage = await open()
    await stage.announce()
    const content = { text: `Hello <@${BEN}> and @everyone`, media: [] }
    const { postId, targetIds } = await stage.publish([{ account: `<@${BEN}>`, content }])
    await stage.become(targetIds[0], unconfirmed())
    await stage.told(postId)
    expect(stage.discord.notifications(ANA)).toHaveLength(1)
    expect(stage.discord.notifications(BEN)).toEqual([])
  })

  it.each([
    ['the first message', 0],
    ['a message in the thread', 1],
  ])('finds %s whose answer was lost, instead of posting it again', async (_what, before) => {
    const stage = await open()
    for (let i = 0; i < before; i++) stage.discord.faults.slow(POST, 1)
    stage.discord.faults.loseAnswer(POST)
    await stage.announce()
    const { postId, targetIds } = await stage.publish(pair)
    await expectWhole(stage, postId, targetIds)
    expect(stage.discord.threads(CHANNEL)).toMatchObject([{ name: 'Hello' }])
  })

  it.each([500, 502, 504])('finds a message after a %i that came too late', async (status) => {
    const stage = await open()
    stage.discord.faults.status(POST, status, 1, { afterWork: true })
    await stage.announce()
    const { postId, targetIds } = await stage.publish(pair)
    await expectWhole(stage, postId, targetIds)
  })

  it('posts what certainly is not there, once', async () => {
    const stage = await open()
    stage.discord.faults.failBefore(POST)
    await stage.announce()
    const { postId, targetIds } = await stage.publish(pair)
    await expectWhole(stage, postId, targetIds)
  })

  it.each([
    ['lost after it was made', 'loseAnswer'],
    ['cut before it was made', 'failBefore'],
  ] as const)('makes one thread when the request was %s', async (_what, fault) => {
    const stage = await open()
    stage.discord.faults[fault](THREAD)
    await stage.announce()
    const { postId, targetIds } = await stage.publish(pair)
    await expectWhole(stage, postId, targetIds)
    expect(stage.discord.threads(CHANNEL)).toMatchObject([{ name: 'Hello' }])
  })

  it('uses the thread that somebody else has made meanwhile', async () => {
    const stage = await open()
    const root = await stage.rest.post(`/channels/${CHANNEL}/messages`, { body: { content: 'x' } })
    const { id: rootId } = root as { id: string }
    const thread = { channelId: CHANNEL, rootId, name: `${'🙂'.repeat(80)} and more` }
    await startThread(stage.rest, thread)
    await startThread(stage.rest, thread)
    expect(stage.discord.threads(CHANNEL)).toMatchObject([{ id: rootId, name: '🙂'.repeat(50) }])
  })

  it('finds a message long after Discord has forgotten its nonce', async () => {
    const stage = await open()
    const { postId, targetIds } = await stage.publish(pair)
    stage.discord.faults.loseAnswer(POST)
    const first = await stage.announce({ lookAfterMs: 60_000 })
    await waitFor('the first message', stage.inChannel, ({ length }) => length === 1)
    await first.stop()
    stage.pass(30 * MINUTE)
    await stage.announce()
    await expectWhole(stage, postId, targetIds)
  })

  it('is kept from a second copy by the nonce, and brings what it finds up to date', async () => {
    const stage = await open()
    const { postId, targetIds } = await stage.publish(pair)
    stage.discord.faults.loseAnswer(POST)
    let shown = false
    // Discord's lists lag behind: the message cannot be seen yet, but its nonce is known.
    const blind: Chat = {
      ...stage.chat,
      post: (message) => {
        const { card } = message
        const first = card.kind === 'post' && !shown
        shown = true
        return stage.chat.post(first ? { ...message, card: { ...card, excerpt: 'Old' } } : message)
      },
      find: async () => ({ kind: 'absent' }),
    }
    await stage.announce({}, blind)
    await expectWhole(stage, postId, targetIds)
    expect(stage.inChannel()[0]).toMatch(/^\*\*Hello\*\*/)
    expect(stage.posts().filter(({ path }) => path.includes(CHANNEL))).toHaveLength(2)
  })

  it('finds a reply whose answer was lost', async () => {
    const stage = await open()
    await stage.announce()
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    await stage.told(postId)
    stage.discord.faults.loseAnswer(POST)
    await stage.become(targetIds[0], failed())
    await stage.told(postId)
    expect(stage.inThreads()).toHaveLength(2)
    expect(stage.discord.notifications(ANA)).toHaveLength(1)
  })

  it('goes on after a crash between writing down and posting, and takes nobody else’s message', async () => {
    const stage = await open()
    const { postId, targetIds } = await stage.publish(pair)
    const begun = { kind: 'post', chat: 'discord', channelId: CHANNEL, at: Date.now() } as const
    await beginMessage(stage.deps.database.orm, { key: postId, postId, ...begun })
    stage.discord.as(BEN).say(CHANNEL, `not the bot\n-# ${postId}`)
    await stage.announce()
    await expectWhole(stage, postId, targetIds)
  })

  it('posts what a crash has lost, also after more was said than anybody looks through', async () => {
    const stage = await open()
    const { postId, targetIds } = await stage.publish(pair)
    const begun = { kind: 'post', chat: 'discord', channelId: CHANNEL, at: Date.now() } as const
    await beginMessage(stage.deps.database.orm, { key: postId, postId, ...begun })
    for (let i = 0; i < 520; i++) stage.discord.as(BEN).say(CHANNEL, `message ${i}`)
    await stage.announce()
    await expectWhole(stage, postId, targetIds)
    // What was said long after it can have been posted is not looked through.
    const reads = () =>
      stage.discord.calls().filter(({ method, path }) => {
        return method === 'GET' && path.includes(`/channels/${CHANNEL}/messages`)
      })
    const before = reads().length
    const begunAt = Date.now() - 60 * MINUTE
    const sought = { channelId: CHANNEL, kind: 'post', postId, key: 'p9', begunAt } as const
    expect(await stage.chat.find(sought)).toEqual({ kind: 'absent' })
    expect(reads()).toHaveLength(before + 1)
  })

  it('removes the second one of a message that stands there twice', async () => {
    const stage = await open()
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    stage.discord.faults.loseAnswer(POST)
    const first = await stage.announce({ lookAfterMs: 60_000 })
    await waitFor('the first message', stage.inChannel, ({ length }) => length === 1)
    await first.stop()
    const { components, flags } = stage.own(CHANNEL)[0] ?? {}
    const twin = { components, flags: (flags ?? 0) & MessageFlags.IsComponentsV2 }
    await stage.rest.post(`/channels/${CHANNEL}/messages`, { body: twin })
    expect(stage.own(CHANNEL)).toHaveLength(2)
    await stage.announce()
    await expectWhole(stage, postId, targetIds)
  })

  it('rather posts nothing than twice when it may not look', async () => {
    const stage = await open()
    stage.discord.faults.loseAnswer(POST)
    stage.rights.lacking = ['Read Message History']
    const giveBack = stage.discord.denyPermission(CHANNEL, 'READ_MESSAGE_HISTORY')
    await stage.announce()
    const { postId, targetIds } = await stage.publish(pair)
    await waitFor('the complaint', stage.complaints, (seen) =>
      seen.some(({ why }) => why?.includes('Read Message History')),
    )
    expect(stage.own(CHANNEL)).toHaveLength(1)
    giveBack()
    stage.rights.lacking = []
    await stage.become(targetIds[0], live())
    await expectWhole(stage, postId, targetIds)
  })

  it('repeats an edit whose answer was lost', async () => {
    const stage = await open()
    await stage.announce()
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    await stage.told(postId)
    stage.discord.faults.loseAnswer('PATCH /channels/:channel/messages/:message')
    stage.discord.faults.failBefore('PATCH /channels/:channel/messages/:message')
    await stage.become(targetIds[0], failed())
    await stage.told(postId)
    expect(stage.inChannel()[0]).toContain('**1 failed**')
    expect(stage.inThreads()[0]).toContain('🔴 **a**')
  })

  it('takes a quiet thread out of the archive to edit in it', async () => {
    const stage = await open()
    await stage.announce()
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    await stage.told(postId)
    const [thread] = stage.discord.threads(CHANNEL)
    stage.discord.as(BEN).archiveThread(thread?.id ?? '')
    await stage.become(targetIds[0], waiting())
    await stage.told(postId)
    expect(stage.inThreads()[0]).toContain('🟡 **a**')
    expect(stage.complaints()).toEqual([])
  })

  /** A target's messages in the threads of the channel, and in the channel itself. */
  const ofTarget = (stage: Stage, targetId: string | undefined) =>
    [CHANNEL, ...stage.discord.threads(CHANNEL).map(({ id }) => id)].flatMap((place) =>
      stage.own(place).filter((message) => isMarked(message, 'target', targetId ?? '')),
    )

  it('posts the message of a target again when it was deleted and a person is needed', async () => {
    const stage = await open()
    await stage.announce()
    const { postId, targetIds } = await stage.publish(pair)
    const [first] = targetIds
    await stage.told(postId)
    const [before] = ofTarget(stage, first)
    if (before) stage.discord.as(BEN).deleteMessage(before)
    await stage.become(first, waiting())
    await stage.told(postId)
    expect(ofTarget(stage, first)).toEqual([])
    stage.discord.faults.loseAnswer(POST)
    await stage.become(first, unconfirmed())
    await stage.told(postId)
    const [message, ...more] = ofTarget(stage, first)
    expect(more).toEqual([])
    expect(message?.channel_id).toBe(before?.channel_id)
    expect(JSON.stringify(message?.components)).toContain(`confirm_live:${first}`)
    if (message) stage.discord.as(BEN).deleteMessage(message)
    await stage.become(first, unconfirmed())
    await stage.told(postId)
    expect(ofTarget(stage, first)).toEqual([])
  })

  it('makes the thread anew when it was deleted and a person is needed', async () => {
    const stage = await open()
    await stage.announce()
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    await stage.told(postId)
    const [thread] = stage.discord.threads(CHANNEL)
    stage.discord.as(BEN).deleteChannel(thread?.id ?? '')
    await stage.become(targetIds[0], unconfirmed())
    await stage.told(postId)
    expect(stage.inChannel()).toHaveLength(1)
    expect(ofTarget(stage, targetIds[0])).toMatchObject([{ channel_id: thread?.id }])
    expect(stage.inThreads()).toHaveLength(2)
  })

  it('tells a person in the channel when post and thread are gone, and goes on there', async () => {
    const stage = await open()
    const first = await stage.announce()
    const { postId, targetIds } = await stage.publish(pair)
    const [id, other] = targetIds
    await stage.told(postId)
    await first.stop()
    const [root] = stage.own(CHANNEL)
    if (root) stage.discord.as(BEN).deleteMessage(root)
    stage.discord.as(BEN).deleteChannel(root?.id ?? '')
    await stage.become(id, failed())
    await stage.become(other, live())
    const second = await stage.announce()
    await stage.told(postId)
    expect(ofTarget(stage, id)).toMatchObject([{ channel_id: CHANNEL }])
    expect(ofTarget(stage, other)).toEqual([]) // the end is no news outside its thread
    expect(stage.inChannel()).toMatchObject([
      expect.stringContaining('🔴 **a**'),
      expect.stringMatching(/ failed and is not live/),
    ])
    expect(stage.discord.notifications(ANA)).toHaveLength(1)
    await second.stop()
    await stage.announce()
    await stage.become(id, live())
    await stage.told(postId)
    expect(stage.inChannel()[0]).toContain('🟢 **a**')
    expect(stage.inChannel()).toHaveLength(2)
  })

  it('tells a person in the channel when the thread is locked, and keeps no other post waiting', async () => {
    const stage = await open()
    await stage.announce({ closedMs: 60_000 })
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    await stage.told(postId)
    const [thread] = stage.discord.threads(CHANNEL)
    stage.discord.as(BEN).archiveThread(thread?.id ?? '', { locked: true })
    await stage.become(targetIds[0], failed())
    await stage.told(postId)
    expect(ofTarget(stage, targetIds[0]).map(({ channel_id }) => channel_id)).toEqual([
      CHANNEL,
      thread?.id,
    ])
    const next = await stage.publish([{ account: 'a' }])
    await stage.told(next.postId)
    expect(stage.complaints()).toEqual([])
  })

  it.each([
    ['CREATE_PUBLIC_THREADS', 'Create Public Threads'],
    ['SEND_MESSAGES', 'Send Messages'],
  ] as const)('says once that it lacks %s, and catches up when it has it', async (right, named) => {
    const stage = await open()
    stage.rights.lacking = [named]
    const giveBack = stage.discord.denyPermission(CHANNEL, right)
    await stage.announce({ closedMs: 300 })
    const made = [await stage.publish(pair), await stage.publish(pair)]
    await waitFor('the complaint', stage.complaints, ({ length }) => length > 0)
    const refusals = () => stage.discord.calls().filter(({ status }) => status === 403).length
    const before = refusals()
    await waitFor('the next knock', refusals, (count) => count > before)
    const complaints = stage.complaints().filter(({ level }) => level === 50)
    expect(complaints).toHaveLength(1)
    expect(complaints[0]?.msg).toContain(`Give the bot ${named} in the channel`)
    giveBack()
    for (const { postId } of made) await stage.told(postId)
    expect(stage.inChannel()).toHaveLength(2)
    expect(stage.inThreads()).toHaveLength(4)
  })

  it('posts what was lost in a thread there, once it may write there again', async () => {
    const stage = await open()
    await stage.announce({ closedMs: 100 })
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    const [first] = targetIds
    await stage.told(postId)
    const giveBack = stage.discord.denyPermission(CHANNEL, 'SEND_MESSAGES_IN_THREADS')
    await stage.publish([{ account: 'a' }])
    const refusals = () => stage.discord.calls().filter(({ status }) => status === 403).length
    await waitFor('the refusal', refusals, (count) => count > 0)
    const [lost] = ofTarget(stage, first)
    if (lost) stage.discord.as(BEN).deleteMessage(lost)
    // That a message is gone is no sign that others can be written.
    await stage.become(first, waiting())
    await stage.told(postId)
    await stage.become(first, failed())
    const before = refusals()
    await waitFor('the next knocks', refusals, (count) => count > before + 2)
    expect(stage.complaints().filter(({ level }) => level === 50)).toHaveLength(1)
    expect(ofTarget(stage, first)).toEqual([])
    giveBack()
    await stage.told(postId)
    expect(ofTarget(stage, first)).toMatchObject([{ channel_id: lost?.channel_id }])
    expect(stage.inChannel()).toHaveLength(2)
  })

  it('takes a quiet thread out of the archive with what was lost in it', async () => {
    const stage = await open()
    await stage.announce()
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    await stage.told(postId)
    const [lost] = ofTarget(stage, targetIds[0])
    if (lost) stage.discord.as(BEN).deleteMessage(lost)
    stage.discord.as(BEN).archiveThread(lost?.channel_id ?? '')
    await stage.become(targetIds[0], failed())
    await stage.told(postId)
    expect(ofTarget(stage, targetIds[0])).toMatchObject([{ channel_id: lost?.channel_id }])
    expect(stage.complaints()).toEqual([])
  })

  it.each([
    ['a channel that does not exist', '900000000000000099', 'There is no such channel'],
    ['a server that the bot was removed from', CHANNEL, 'invite it to the server'],
  ])('says so for %s', async (_what, channelId, words) => {
    const stage = await open()
    if (channelId === CHANNEL) stage.discord.removeBot(GUILD)
    await stage.announce()
    await stage.publish(pair, { channelId })
    await waitFor('the complaint', stage.complaints, ({ length }) => length > 0)
    expect(stage.complaints()[0]?.msg).toContain(words)
    expect(stage.complaints()[0]?.msg).toContain(`discord refuses to show posts in ${channelId}`)
  })

  it('says that the token is refused, and goes on when it is taken again', async () => {
    const stage = await open()
    stage.discord.faults.status(POST, 401)
    await stage.announce()
    const { postId, targetIds } = await stage.publish(pair)
    await expectWhole(stage, postId, targetIds)
    expect(stage.complaints().map(({ msg }) => msg)).toEqual([
      expect.stringContaining('Discord refuses the token of the bot (401)'),
    ])
  })

  it('waits as long as a short 429 says, and leaves longer waits to the line', async () => {
    const stage = await open()
    await stage.announce()
    stage.discord.faults.rateLimit(POST, 1, 0.3)
    const one = await stage.publish(pair)
    await expectWhole(stage, one.postId, one.targetIds)
    expect(stage.complaints()).toEqual([])
    stage.discord.faults.rateLimit(POST, 1, 60)
    const results = await stage.chat.post({
      channelId: OUTSIDE,
      card: { kind: 'media', postId: 'p1', key: 'p1/m', account: 'a', media: [], text: 'x' },
    })
    expect(results).toMatchObject({ kind: 'limited' })
    expect(results.kind === 'limited' && results.retryAfterMs).toBeGreaterThan(50_000)
  })

  it('shows the files of what is posted by hand, with their descriptions', async () => {
    const stage = await open()
    await storeTinyPicture(stage.deps.database)
    const content = { text: 'Hello', media: [{ ...TINY_PICTURE, alt: 'The sun' }] }
    await stage.announce()
    const made = await stage.publish([{ account: 'newsletter', platform: 'manual', content }])
    await stage.become(made.targetIds[0], unconfirmed())
    await stage.told(made.postId)
    const [root] = stage.own(CHANNEL)
    const files = stage.own(root?.id ?? '').flatMap(({ attachments }) => attachments)
    expect(files).toMatchObject([{ filename: 'a.png', description: 'The sun', size: 3 }])
    expect(stage.inThreads()[1]).toContain('```\nHello\n```')
  })

  it('names the files where it may not attach any', async () => {
    const stage = await open()
    stage.discord.denyPermission(CHANNEL, 'ATTACH_FILES')
    const sourceUrl = 'https://example.com/sun_rise.png'
    const media = [{ ...TINY_PICTURE, sourceUrl }]
    const card = {
      kind: 'media',
      postId: 'p1',
      key: 'p1/m',
      account: 'a',
      media,
      text: 'x',
    } as const
    expect(await stage.chat.post({ channelId: CHANNEL, card })).toMatchObject({ kind: 'posted' })
    expect(stage.inChannel()[0]).toContain(sourceUrl)
  })
})
