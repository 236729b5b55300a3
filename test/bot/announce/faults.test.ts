import { describe, expect, it } from 'vitest'
import { MOST_EDITIONS } from '../../../src/bot/announce/lost.js'
import { createAnnouncer } from '../../../src/bot/announce.js'
import type { Chat } from '../../../src/bot/chat.js'
import { beginMessage, loadChatMessages } from '../../../src/store/chat-messages.js'
import { loadPost } from '../../../src/store/posts.js'
import { testDatabases } from '../../support/database.js'
import { waitFor } from '../../support/wait-for.js'
import {
  CHANNEL,
  failed,
  live,
  publishing,
  QUICK,
  type Stage,
  unconfirmed,
  useStage,
} from './stage.js'

describe.each(testDatabases())('a chat that misbehaves ($engine)', ({ use }) => {
  const open = useStage(use())

  /** Everything of a post with two targets stands there once, and nothing else. */
  async function expectWhole(stage: Stage, postId: string) {
    await stage.told(postId)
    expect(stage.shown('post')).toHaveLength(1)
    expect(stage.shown('target')).toHaveLength(2)
    expect(stage.slack.messages(CHANNEL)).toHaveLength(3)
  }
  const pair = [{ account: 'a' }, { account: 'b' }]

  it.each([
    ['the first message', 0],
    ['a message in the thread', 1],
  ])('finds %s whose answer was lost, instead of posting it again', async (_what, before) => {
    const stage = await open()
    await stage.announce()
    for (let i = 0; i < before; i++) stage.slack.faults.slow('chat.postMessage', 1)
    stage.slack.faults.loseAnswer('chat.postMessage')
    const { postId } = await stage.publish(pair)
    await expectWhole(stage, postId)
    expect(stage.slack.calls('chat.postMessage')).toHaveLength(3)
  })

  it.each(['httpError', 'fatal_error'] as const)('finds a message after %s', async (kind) => {
    const stage = await open()
    await stage.announce()
    if (kind === 'httpError') stage.slack.faults.httpError('*', 503, 1, { applied: true })
    else stage.slack.faults.error('*', kind, { applied: true })
    const { postId } = await stage.publish(pair)
    await expectWhole(stage, postId)
  })

  it('finds a reply whose answer was lost', async () => {
    const stage = await open()
    await stage.announce()
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    await stage.told(postId)
    stage.slack.faults.loseAnswer('chat.postMessage')
    await stage.become(targetIds[0], failed())
    await stage.told(postId)
    expect(stage.shown('reply')).toHaveLength(1)
  })

  it('posts a message that certainly is not there, once', async () => {
    const stage = await open()
    await stage.announce()
    stage.slack.faults.failBefore('chat.postMessage')
    const { postId } = await stage.publish(pair)
    await expectWhole(stage, postId)
    expect(stage.slack.calls('conversations.history')).not.toEqual([]) // it was looked for
  })

  it('heals a history that cannot be read for a moment', async () => {
    const stage = await open()
    await stage.announce()
    stage.slack.faults.loseAnswer('chat.postMessage')
    stage.slack.faults.httpError('conversations.history', 500, 2)
    const { postId } = await stage.publish(pair)
    await expectWhole(stage, postId)
  })

  it('rather posts nothing than twice when it may not look', async () => {
    const stage = await open()
    stage.slack.faults.loseAnswer('chat.postMessage')
    stage.slack.faults.error('conversations.history', 'missing_scope', { applied: false }, 1000)
    await stage.announce()
    const { postId, targetIds } = await stage.publish(pair)
    await waitFor('the complaint', stage.complaints, (seen) => {
      return seen.some(({ why }) => why === 'missing_scope')
    })
    expect(stage.slack.messages(CHANNEL)).toHaveLength(1)
    expect(stage.complaints().at(-1)?.msg).toContain('not posted again')
    expect(await stage.rested(postId)).toBe(0)
    // The right to look comes, and a change of the post makes it try again.
    stage.slack.faults.clear()
    await stage.become(targetIds[0], live())
    await expectWhole(stage, postId)
  })

  it('goes on after a crash between writing down and posting', async () => {
    const stage = await open()
    const { postId } = await stage.publish(pair)
    const begun = { kind: 'post', chat: 'slack', channelId: CHANNEL, at: Date.now() } as const
    await beginMessage(stage.deps.database.orm, { key: postId, postId, ...begun })
    await stage.announce()
    await expectWhole(stage, postId)
  })

  it('posts what a crash has lost, also after more was said than anybody looks through', async () => {
    const stage = await open()
    const { postId } = await stage.publish(pair)
    const begun = { kind: 'post', chat: 'slack', channelId: CHANNEL, at: Date.now() } as const
    await beginMessage(stage.deps.database.orm, { key: postId, postId, ...begun })
    for (let i = 0; i < 1_100; i++) stage.slack.as('U000000BEN').say(`message ${i}`, CHANNEL)
    await stage.announce()
    await stage.told(postId)
    expect(stage.shown('post')).toHaveLength(1)
    expect(stage.shown('target')).toHaveLength(2)
  })

  it('goes on after a crash between posting and writing down', async () => {
    const stage = await open()
    const { postId } = await stage.publish(pair)
    const begun = { kind: 'post', chat: 'slack', channelId: CHANNEL, at: Date.now() } as const
    await beginMessage(stage.deps.database.orm, { key: postId, postId, ...begun })
    await stage.client.chat.postMessage({
      channel: CHANNEL,
      text: 'shown before the crash',
      metadata: { event_type: 'pressroom_post', event_payload: { postId } },
    })
    await stage.announce()
    await expectWhole(stage, postId)
    expect(stage.root(postId)?.text).toContain('Hello') // and it is brought up to date
  })

  it('does not take the message of somebody else for its own', async () => {
    const stage = await open()
    stage.slack.as('U000000BEN').say('pressroom_post', CHANNEL)
    await stage.announce()
    stage.slack.faults.failBefore('chat.postMessage')
    const { postId } = await stage.publish([{ account: 'a' }])
    await stage.told(postId)
    expect(stage.shown('post')).toHaveLength(1)
  })

  it('removes the second one of a message that stands there twice', async () => {
    const stage = await open()
    const { postId } = await stage.publish([{ account: 'a' }])
    const begun = { kind: 'post', chat: 'slack', channelId: CHANNEL, at: Date.now() } as const
    await beginMessage(stage.deps.database.orm, { key: postId, postId, ...begun })
    const metadata = { event_type: 'pressroom_post', event_payload: { postId } }
    for (const text of ['one', 'two']) {
      await stage.client.chat.postMessage({ channel: CHANNEL, text, metadata })
    }
    await stage.announce()
    await stage.told(postId)
    expect(stage.shown('post')).toHaveLength(1)
  })

  it('repeats an edit whose answer was lost', async () => {
    const stage = await open()
    await stage.announce()
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    await stage.told(postId)
    stage.slack.faults.loseAnswer('chat.update')
    stage.slack.faults.failBefore('chat.update')
    await stage.become(targetIds[0], failed())
    await stage.told(postId)
    expect(stage.shown('target')[0]?.metadata?.event_payload.state).toBe('failed')
    expect(stage.shown('post')[0]?.metadata?.event_payload.counts).toMatchObject({ failed: 1 })
  })

  /** Deletes the newest message of a target, as a moderator would. */
  async function deleteTarget(stage: Stage, targetId: string | undefined) {
    const ts = ofTarget(stage, targetId).at(-1)?.ts ?? ''
    await stage.client.chat.delete({ channel: CHANNEL, ts })
  }
  const ofTarget = (stage: Stage, targetId: string | undefined) =>
    stage.shown('target').filter(({ metadata }) => {
      return metadata?.event_payload.targetId === targetId
    })

  it('posts the message of a target again when it was deleted and a person is needed', async () => {
    const stage = await open()
    await stage.announce()
    await stage.announce()
    const { postId, targetIds } = await stage.publish(pair)
    const [first] = targetIds
    await stage.told(postId)
    await deleteTarget(stage, first)
    await stage.become(first, publishing())
    await stage.told(postId)
    expect(ofTarget(stage, first)).toEqual([]) // on its way nobody misses it
    await stage.become(first, unconfirmed())
    await stage.told(postId)
    const [message, ...more] = ofTarget(stage, first)
    expect(more).toEqual([])
    expect(message?.thread_ts).toBe(stage.root(postId)?.ts)
    expect(message?.metadata?.event_payload).toMatchObject({ postId, state: 'unconfirmed' })
    expect(JSON.stringify(message?.blocks)).toContain('confirm_live')
    const [ask] = stage.shown('reply')
    expect(Number(ask?.ts)).toBeGreaterThan(Number(message?.ts))
  })

  it('does not post again what was deleted when nothing changed since, but the end', async () => {
    const stage = await open()
    await stage.announce()
    const { postId, targetIds } = await stage.publish(pair)
    const [first] = targetIds
    await stage.become(first, unconfirmed())
    await stage.told(postId)
    await deleteTarget(stage, first)
    const evidence = [{ at: Date.now(), text: 'It is still not there.' }]
    await stage.become(first, { ...unconfirmed(), evidence } as ReturnType<typeof unconfirmed>)
    await stage.told(postId)
    expect(ofTarget(stage, first)).toEqual([])
    for (const id of targetIds) await stage.become(id, live())
    await stage.told(postId)
    expect(ofTarget(stage, first).map(({ metadata }) => metadata?.event_payload.state)).toEqual([
      'published',
    ])
    await deleteTarget(stage, first)
    await stage.become(first, { ...live(), lateMs: 60_000 } as ReturnType<typeof live>)
    await stage.told(postId)
    expect(ofTarget(stage, first)).toEqual([])
  })

  it('gives up on a message that is deleted again and again', async () => {
    const stage = await open()
    await stage.announce()
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    const [first] = targetIds
    for (let attempt = 1; attempt <= MOST_EDITIONS + 2; attempt++) {
      await stage.told(postId)
      if (ofTarget(stage, first).length > 0) await deleteTarget(stage, first)
      await stage.become(first, failed(), { attempt })
    }
    await stage.told(postId)
    const rows = await loadChatMessages(stage.deps.database.orm, postId)
    expect(rows.find(({ key }) => key === first)).toMatchObject({
      status: 'gone',
      edition: MOST_EDITIONS,
    })
  })

  it.each(['edit_window_closed', 'cant_update_message'])(
    'posts a message anew after %s, leaves the old one, and never takes that for the new one',
    async (refusal) => {
      const stage = await open()
      await stage.announce()
      const { postId, targetIds } = await stage.publish([{ account: 'a' }])
      const [first] = targetIds
      await stage.told(postId)
      stage.slack.faults.error('chat.update', refusal)
      stage.slack.faults.failBefore('chat.postMessage')
      await stage.become(first, failed())
      await stage.told(postId)
      expect(ofTarget(stage, first).map(({ metadata }) => metadata?.event_payload.state)).toEqual([
        'queued',
        'failed',
      ])
      stage.slack.faults.error('chat.update', refusal)
      stage.slack.faults.loseAnswer('chat.postMessage')
      await stage.become(first, live(), { attempt: 2 })
      await stage.told(postId)
      expect(ofTarget(stage, first).map(({ metadata }) => metadata?.event_payload.state)).toEqual([
        'queued',
        'failed',
        'published',
      ])
    },
  )

  it('still tells a person in the channel when the thread is gone', async () => {
    const stage = await open()
    const first = await stage.announce()
    stage.slack.faults.slow('chat.postMessage', 100)
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    await stage.slack.waitFor(() => stage.shown('post').length === 1)
    await first.stop()
    await stage.client.chat.delete({ channel: CHANNEL, ts: stage.shown('post')[0]?.ts ?? '' })
    await stage.become(targetIds[0], failed())
    await stage.announce()
    await stage.told(postId)
    const [message, ask, ...others] = stage.slack.messages(CHANNEL)
    expect(message?.metadata?.event_payload).toMatchObject({ state: 'failed' })
    expect(JSON.stringify(message?.blocks)).toContain('retry_failed')
    expect(ask?.text).toMatch(/^<@U000000ANA> .*failed and is not live/)
    expect(others).toEqual([])
    await stage.become(targetIds[0], live(), { attempt: 2 })
    await stage.told(postId)
    expect(stage.shown('target').map(({ metadata }) => metadata?.event_payload.state)).toEqual([
      'published',
    ])
  })

  it('says once that it is not in the channel, knocks rarely, and catches up when it is', async () => {
    const stage = await open()
    stage.slack.faults.error('chat.postMessage', 'not_in_channel', { applied: false }, 1000)
    await stage.announce({ closedMs: 400 })
    const made = [await stage.publish(pair), await stage.publish(pair), await stage.publish(pair)]
    await stage.slack.waitFor(() => stage.slack.calls('chat.postMessage').length >= 3)
    const complaints = stage.complaints().filter(({ why }) => why === 'not_in_channel')
    expect(complaints).toHaveLength(1)
    expect(complaints[0]?.msg).toContain('Invite the bot')
    expect(stage.slack.calls('chat.postMessage').length).toBeLessThanOrEqual(6)
    const [first] = made
    const loaded = first && (await loadPost(stage.deps.database.orm, first.postId))
    expect(loaded?.post.told).toBe(0)
    stage.slack.faults.clear()
    for (const { postId } of made) await stage.told(postId)
    expect(stage.shown('post')).toHaveLength(3)
    expect(stage.shown('target')).toHaveLength(6)
  })

  it('posts what was lost once it is in the channel again, and once only', async () => {
    const stage = await open()
    await stage.announce({ closedMs: 50 })
    const { postId, targetIds } = await stage.publish([{ account: 'a' }])
    const [first] = targetIds
    await stage.told(postId)
    await deleteTarget(stage, first)
    stage.slack.faults.error('chat.postMessage', 'not_in_channel', { applied: false }, 4)
    await stage.become(first, failed())
    await stage.told(postId)
    expect(ofTarget(stage, first).map(({ thread_ts }) => thread_ts)).toEqual([
      stage.root(postId)?.ts,
    ])
    const rows = await loadChatMessages(stage.deps.database.orm, postId)
    expect(rows.find(({ key }) => key === first)).toMatchObject({ edition: 2, outside: false })
    expect(stage.complaints().filter(({ why }) => why === 'not_in_channel')).toHaveLength(1)
  })

  it('shows the rest when one message is refused, and does not call it told', async () => {
    const stage = await open()
    stage.slack.faults.slow('chat.postMessage', 1)
    stage.slack.faults.error('chat.postMessage', 'invalid_blocks')
    await stage.announce()
    const { postId, targetIds } = await stage.publish(pair)
    await stage.slack.waitFor(() => stage.shown('target').length === 1)
    await waitFor('the complaint', stage.complaints, ({ length }) => length === 1)
    expect(await stage.rested(postId)).toBe(0)
    await stage.become(targetIds[0], live())
    await expectWhole(stage, postId)
  })

  it('does not post what another has posted while it was frozen', async () => {
    const stage = await open()
    let thaw = () => {}
    const frozen = new Promise<void>((resolve) => {
      thaw = resolve
    })
    let calls = 0
    const frozenChat: Chat = {
      ...stage.chat,
      async post(message) {
        calls += 1
        await frozen
        return stage.chat.post(message)
      },
    }
    const first = await stage.announce({ leaseMs: 60_000 }, frozenChat)
    const { postId } = await stage.publish([{ account: 'a' }])
    await waitFor(
      'the call',
      () => calls,
      (n) => n === 1,
    )
    // For another process the lease has run out meanwhile.
    const later = { ...stage.deps, now: () => Date.now() + 120_000 }
    const second = createAnnouncer(later, [stage.chat], QUICK)
    await second.start()
    await stage.told(postId)
    await second.stop()
    thaw()
    await first.stop()
    expect(stage.shown('post')).toHaveLength(1)
    expect(stage.shown('target')).toHaveLength(1)
  })
})
