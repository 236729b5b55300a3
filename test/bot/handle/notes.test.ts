import { beforeEach, describe, expect, it } from 'vitest'
import { loadView } from '../../../src/bot/announce/load-view.js'
import { targetCard } from '../../../src/bot/card-target.js'
import { notesOpenAt } from '../../../src/store/notes.js'
import { events } from '../../../src/store/schema.js'
import { testDatabases } from '../../support/database.js'
import { ben, createTestBot, failed, live, social, type TestBot, textOf } from './bot.js'

describe.each(testDatabases())('notes, $engine', (engine) => {
  const database = engine.use()
  let bot: TestBot

  beforeEach(async () => {
    bot = await createTestBot(database())
  })

  /** A post to x that failed, with a note on it. */
  async function noted(about: 'account' | 'kind', reasonClass: 'validation' | 'removed') {
    await bot.publish('The first', { targets: ['x'] })
    const { post } = await bot.newest()
    const { targets } = await bot.set(post.id, { x: failed(bot.clock.now(), reasonClass) })
    const id = targets[0]?.id ?? ''
    const reply = await bot.ask({ kind: 'noteSubmitted', id, text: 'Shorten links', about })
    bot.clock.advance(60_000)
    return { postId: post.id, id, reply: textOf(reply) }
  }

  async function asidesOf(account: string): Promise<string[]> {
    const { post, targets } = await bot.newest()
    const view = await loadView(bot.deps, post.id)
    const stored = targets.find((one) => one.account === account)
    if (!view || !stored) throw new Error('there is no such target')
    return targetCard(view, stored).asides.map((line) =>
      line.map((piece) => (typeof piece === 'string' ? piece : '…')).join(''),
    )
  }

  const onScorecard = (channelId = 'C1') =>
    notesOpenAt(database().orm, {
      workspaceId: 'slack:T1',
      channel: { chat: 'slack', channelId },
      destinations: [{ name: 'x', platform: 'x' }],
      at: bot.clock.now(),
      limit: 10,
    })

  it('come back before the next post to the account, in private and in its thread, until resolved', async () => {
    await noted('account', 'validation')
    await bot.publish('The second')
    expect(bot.told).toEqual(['Noted when it failed before:\n• x: Shorten links (ana)'])
    expect(await asidesOf('x')).toEqual(['From before: Note by …: Shorten links'])
    expect(await asidesOf('facebook')).toEqual([])
    const [note] = await onScorecard()
    const id = note?.id ?? ''
    const told = await bot.ask({ kind: 'resolveNote', id }, { actor: ben })
    expect(textOf(told)).toContain('Resolved: “Shorten links”')
    expect(textOf(await bot.ask({ kind: 'resolveNote', id }))).toBe('ben has resolved it already.')
    expect(await asidesOf('x')).toEqual([])
    await bot.publish('The third')
    expect(bot.told).toHaveLength(1)
    expect(await onScorecard()).toEqual([])
  })

  it('about a kind of failure come back on every account of the platform that could meet it', async () => {
    const { reply } = await noted('kind', 'validation')
    expect(reply).toContain('the content was refused, on any X account')
    await bot.publish('The second')
    expect(bot.told).toEqual([
      'Noted when it failed before:\n• the content was refused, on any X account: Shorten links (ana)',
    ])
    const { post } = await bot.newest()
    await bot.set(post.id, { x: failed(bot.clock.now(), 'removed') })
    expect(await asidesOf('x')).toEqual([]) // another failure than the one it is about
    await bot.set(post.id, { x: failed(bot.clock.now(), 'validation') })
    expect(await asidesOf('x')).toHaveLength(1)
  })

  it('reach posts that were scheduled before they were written', async () => {
    await bot.publish('Later', { targets: ['x'], when: { kind: 'words', words: 'in 2 hours' } })
    const { post: scheduled } = await bot.newest()
    bot.clock.advance(1000)
    await noted('account', 'validation')
    const { post } = await bot.load(scheduled.id)
    expect(post.changed).toBe(scheduled.changed + 1)
  })

  it('stay in their workspace, and in other channels of it', async () => {
    await noted('account', 'validation')
    const [note] = await onScorecard('C2')
    const strangers = { ...social, teamId: 'T2' }
    await bot.publish('The second', {}, { conversation: strangers })
    expect(bot.told).toEqual([])
    const refused = await bot.ask(
      { kind: 'resolveNote', id: note?.id ?? '' },
      { conversation: strangers },
    )
    expect(textOf(refused)).toBe('There is no such note here.')
    await bot.publish('The third', {}, { conversation: { ...social, channelId: 'C2' } })
    expect(bot.told).toHaveLength(1)
  })

  it('can be written when it is over, about what had failed', async () => {
    const { postId, id } = await noted('account', 'validation')
    await bot.set(postId, { x: live(bot.clock.now()) })
    const event = { targetId: id, postId, account: 'x', platform: 'x', type: 'attempted' }
    const failure = { fromStatus: 'publishing', toStatus: 'failed', attempt: 1, reason: 'media' }
    const at = new Date(bot.clock.now())
    await database()
      .orm.insert(events)
      .values({ ...event, ...failure, at })
    expect(await bot.ask({ kind: 'addNote', id })).toMatchObject({
      form: { kind: 'note', about: 'x', failure: 'the media was refused, on any X account' },
    })
  })
})
