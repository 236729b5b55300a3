import { describe, expect, it } from 'vitest'
import type { Chat } from '../../../src/bot/chat.js'
import { testDatabases } from '../../support/database.js'
import { storeTinyPicture, TINY_PICTURE } from '../../support/sample-media.js'
import { waitFor } from '../../support/wait-for.js'
import {
  CHANNEL,
  failed,
  live,
  publishing,
  reconciling,
  unconfirmed,
  useStage,
  waiting,
} from './stage.js'

describe.each(testDatabases())('telling the chat ($engine)', ({ use }) => {
  const open = useStage(use())

  it('shows a post, its targets in the thread, and the end', async () => {
    const stage = await open()
    await stage.announce()
    const { postId, targetIds } = await stage.publish([{ account: 'a' }, { account: 'b' }])
    await stage.told(postId)
    const root = stage.root(postId)
    expect(root?.metadata?.event_payload.counts).toMatchObject({ processing: 2, live: 0 })
    for (const id of targetIds) await stage.become(id, live())
    await stage.told(postId)
    expect(stage.root(postId)?.metadata?.event_payload.counts).toMatchObject({ live: 2 })
    const thread = stage.slack.replies(CHANNEL, root?.ts ?? '')
    expect(thread.map(({ metadata }) => metadata?.event_type)).toEqual([
      'pressroom_target',
      'pressroom_target',
      'pressroom_reply',
    ])
    expect(thread[0]?.metadata?.event_payload).toMatchObject({
      targetId: targetIds[0],
      state: 'published',
      permalink: expect.stringContaining('https://example.com/'),
    })
    expect(thread[2]?.text).toMatch(/^<@U000000ANA> All 2 live/)
    expect(stage.complaints()).toEqual([])
  })

  it('mentions the author once about what needs a person, together where it comes together', async () => {
    const stage = await open()
    await stage.announce()
    const { postId, targetIds } = await stage.publish([{ account: 'a' }, { account: 'b' }])
    await stage.told(postId)
    await stage.become(targetIds[0], failed())
    await stage.become(targetIds[1], unconfirmed())
    await stage.told(postId)
    expect(stage.shown('reply')).toHaveLength(1)
    expect(stage.shown('reply')[0]?.text).toContain('1 failed, 1 needs a person')
  })

  it('withdraws a question that settled itself', async () => {
    const stage = await open()
    await stage.announce()
    const { postId, targetIds } = await stage.publish([{ account: 'a' }, { account: 'b' }])
    await stage.become(targetIds[0], unconfirmed())
    await stage.told(postId)
    const found = { ...live(), how: 'found' } as ReturnType<typeof live>
    await stage.become(targetIds[0], found)
    await stage.told(postId)
    expect(stage.shown('reply').map(({ text }) => text)).toEqual([
      expect.stringContaining('may be live or not'),
      expect.stringContaining('No answer is needed any more'),
    ])
  })

  it('makes no noise about what was over before anybody was told', async () => {
    const stage = await open()
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    await stage.become(targetIds[0], failed())
    await stage.become(targetIds[0], publishing(), { attempt: 2 })
    await stage.announce()
    await stage.told(postId)
    expect(stage.shown('reply')).toEqual([])
    expect(stage.shown('target')[0]?.metadata?.event_payload).toMatchObject({
      state: 'publishing',
      attempt: 2,
    })
  })

  it('shows fifty quick transitions in a few edits, and the last one for sure', async () => {
    const stage = await open()
    await stage.announce({ settleMs: 1000, editGapMs: 1000 })
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    await stage.told(postId)
    for (let attempt = 1; attempt <= 25; attempt++) {
      await stage.become(targetIds[0], publishing(), { attempt })
      await stage.become(targetIds[0], waiting(), { attempt })
    }
    await stage.become(targetIds[0], live(), { attempt: 26 })
    await stage.told(postId)
    expect(stage.shown('target')[0]?.metadata?.event_payload).toMatchObject({
      state: 'published',
      attempt: 26,
    })
    expect(stage.slack.calls('chat.update').length).toBeLessThanOrEqual(4)
  })

  it('shows the newest state when a call had to wait', async () => {
    const stage = await open()
    const answers: string[] = []
    const watched: Chat = {
      ...stage.chat,
      async edit(message) {
        const result = await stage.chat.edit(message)
        answers.push(result.kind)
        return result
      },
    }
    await stage.announce({}, watched)
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    await stage.told(postId)
    stage.slack.faults.rateLimit('chat.update', 1, 1)
    await stage.become(targetIds[0], waiting())
    await waitFor(
      'the limit',
      () => answers,
      ([first]) => first === 'limited',
    )
    await stage.become(targetIds[0], live())
    await stage.told(postId)
    const edits = stage.slack.calls('chat.update').slice(1)
    const states = edits.map(({ args }) => JSON.stringify(args.metadata))
    expect(states.join()).not.toMatch(/waiting|needsRetry\W+1/)
    expect(states.join()).toContain('published')
  })

  it('waits exactly as long as Slack asks to, and then posts once', async () => {
    const stage = await open()
    stage.slack.faults.rateLimit('chat.postMessage', 1, 1)
    await stage.announce()
    const { postId } = await stage.publish([{ account: 'a' }])
    await stage.told(postId)
    const [refused, posted] = stage.slack.calls('chat.postMessage')
    expect(refused?.error).toBe('ratelimited')
    const waitedMs = (posted?.at ?? 0) - (refused?.at ?? 0)
    expect(waitedMs).toBeGreaterThanOrEqual(1000)
    expect(waitedMs).toBeLessThan(2000)
    expect(stage.shown('post')).toHaveLength(1)
    expect(stage.shown('target')).toHaveLength(1)
  })

  it('tells what a dead worker left before the posts that have waited longer', async () => {
    const stage = await open()
    const others = await Promise.all(
      Array.from({ length: 12 }, () => stage.publish([{ account: 'a' }])),
    )
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    await stage.become(targetIds[0], publishing())
    const event = { type: 'leaseEnded', at: Date.now() } as const
    await stage.become(targetIds[0], reconciling(), { event })
    await stage.announce({ concurrency: 1, loads: 1 })
    for (const other of [...others, { postId }]) await stage.told(other.postId)
    const order = stage.shown('post').map(({ metadata }) => metadata?.event_payload.postId)
    expect(order.indexOf(postId)).toBe(0)
  })

  it('tells what a dead worker left although as many posts are being told as may be', async () => {
    const stage = await open()
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const busy = await stage.publish([{ account: 'a' }])
    const slow: Chat = {
      ...stage.chat,
      async post(outgoing) {
        if (outgoing.card.kind === 'post' && outgoing.card.postId === busy.postId) await held
        return stage.chat.post(outgoing)
      },
    }
    await stage.announce({ concurrency: 1 }, slow)
    const other = await stage.publish([{ account: 'a' }])
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    await stage.become(targetIds[0], publishing())
    const event = { type: 'leaseEnded', at: Date.now() } as const
    await stage.become(targetIds[0], reconciling(), { event })
    await stage.told(postId)
    expect(stage.shown('post').map(({ metadata }) => metadata?.event_payload.postId)).toEqual([
      postId,
    ])
    release()
    for (const one of [busy, other]) await stage.told(one.postId)
  })

  it('shows everything once with two announcers on one database', async () => {
    const stage = await open()
    await stage.announce()
    await stage.announce()
    const made = await Promise.all(
      Array.from({ length: 8 }, () => stage.publish([{ account: 'a' }, { account: 'b' }])),
    )
    await Promise.all(
      made.flatMap(({ targetIds }) => targetIds.map((id) => stage.become(id, live()))),
    )
    await Promise.all(made.map(({ postId }) => stage.told(postId)))
    expect(stage.shown('post')).toHaveLength(8)
    expect(stage.shown('target')).toHaveLength(16)
    expect(stage.shown('reply')).toHaveLength(8)
  })

  it('catches up after a restart with the state of now only', async () => {
    const stage = await open()
    const first = await stage.announce()
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    await stage.told(postId)
    await first.stop()
    await stage.become(targetIds[0], waiting())
    await stage.become(targetIds[0], live(), { attempt: 2 })
    await stage.announce()
    await stage.told(postId)
    expect(stage.slack.calls('chat.update')).toHaveLength(2) // the target and the post
    expect(stage.shown('target')[0]?.metadata?.event_payload).toMatchObject({ state: 'published' })
    expect(stage.shown('reply')).toHaveLength(1)
  })

  it('puts what is to be posted by hand into the thread, with its files', async () => {
    const stage = await open()
    const bytes = await storeTinyPicture(stage.deps.database)
    await stage.announce()
    const content = { text: 'Paste *me*', media: [TINY_PICTURE] }
    const { postId, targetIds } = await stage.publish([
      { account: 'newsletter', platform: 'manual', content },
    ])
    stage.slack.faults.loseAnswer('files.completeUploadExternal')
    await stage.become(targetIds[0], unconfirmed())
    await stage.told(postId)
    const thread = stage.slack.replies(CHANNEL, stage.root(postId)?.ts ?? '')
    expect(JSON.stringify(thread[1]?.blocks)).toContain('Paste *me*')
    const files = thread.flatMap((message) => message.files ?? [])
    expect(files.map(({ name }) => name)).toEqual(['a.png'])
    expect(stage.slack.file(files[0]?.id ?? '')?.bytes).toEqual(Buffer.from(bytes))
  })

  it('shows everything else while files cannot be uploaded, and at last their addresses', async () => {
    const stage = await open()
    await stage.announce()
    const media = [{ ...TINY_PICTURE, sourceUrl: 'https://example.com/a.png' }]
    await storeTinyPicture(stage.deps.database)
    const { postId, targetIds } = await stage.publish([
      { account: 'newsletter', platform: 'manual', content: { text: 'Paste me', media } },
      { account: 'a' },
    ])
    await stage.told(postId)
    stage.slack.faults.failBefore('files.getUploadURLExternal', 1_000)
    await stage.become(targetIds[0], unconfirmed())
    await stage.become(targetIds[1], live())
    const root = () => stage.root(postId)?.metadata?.event_payload.counts
    await waitFor('the counts', root, (counts) => (counts as { live?: number })?.live === 1)
    await stage.told(postId)
    const thread = JSON.stringify(stage.slack.replies(CHANNEL, stage.root(postId)?.ts ?? ''))
    expect(thread).toContain('https://example.com/a.png')
    expect(stage.slack.calls('files.getUploadURLExternal')).toHaveLength(3)
  })

  it('stays inside the strictest limits of Slack by itself', async () => {
    const stage = await open()
    stage.slack.rateLimits('strict')
    await stage.announce({}, { ...stage.chat, pace: stage.ownPace })
    const { postId, targetIds } = await stage.publish(
      ['a', 'b', 'c', 'd'].map((account) => ({ account })),
    )
    for (const id of targetIds) await stage.become(id, live())
    await stage.told(postId)
    expect(stage.slack.calls().filter(({ error }) => error !== undefined)).toEqual([])
    expect(stage.shown('reply')).toHaveLength(1)
  })

  it('leaves posts of other chats alone', async () => {
    const stage = await open()
    await stage.publish([{ account: 'a' }], { chat: 'api', channelId: 'none' })
    await stage.announce()
    const { postId } = await stage.publish([{ account: 'a' }])
    await stage.told(postId)
    expect(stage.shown('post')).toHaveLength(1)
  })

  it('shows what has happened before it stops, when there is time for that', async () => {
    const stage = await open()
    const announcer = await stage.announce()
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    await stage.told(postId)
    await stage.become(targetIds[0], live())
    await announcer.stop(10_000)
    expect(stage.shown('target')[0]?.metadata?.event_payload).toMatchObject({ state: 'published' })
    expect(stage.shown('reply')).toHaveLength(1)
  })

  it('does not wait for a chat that is away before it stops', async () => {
    const stage = await open()
    const announcer = await stage.announce({ backoffMs: 60_000 })
    stage.slack.faults.failBefore('*', 1_000)
    const { postId } = await stage.publish([{ account: 'a' }])
    await stage.rested(postId)
    const askedAt = performance.now()
    await announcer.stop(60_000)
    expect(performance.now() - askedAt).toBeLessThan(20_000)
    expect(stage.shown('post')).toEqual([])
  })

  it('stops in the middle, and another goes on without doubling anything', async () => {
    const stage = await open()
    const first = await stage.announce()
    stage.slack.faults.slow('chat.postMessage', 200)
    const { postId } = await stage.publish([{ account: 'a' }, { account: 'b' }])
    await stage.slack.waitFor(() => stage.shown('post').length === 1)
    await first.stop()
    expect(stage.shown('target')).toEqual([])
    await stage.announce()
    await stage.told(postId)
    await waitFor(
      'both targets',
      () => stage.shown('target').length,
      (n) => n === 2,
    )
    expect(stage.shown('post')).toHaveLength(1)
  })
})
