import { beforeEach, describe, expect, it } from 'vitest'
import type { CommandBody } from '../../src/bot/command.js'
import { handle } from '../../src/bot/handle.js'
import type { Reply } from '../../src/bot/reply.js'
import { resume } from '../../src/bot/resume.js'
import { testDatabases } from '../support/database.js'
import { ana, createTestBot, failed, social, statesOf, type TestBot, textOf } from './handle/bot.js'

const HELLO: CommandBody = { kind: 'publish', text: 'Hello', texts: {}, media: [], targets: ['x'] }
const MINUTE = 60_000

describe.each(testDatabases())('a request whose process is gone, on $engine', ({ use }) => {
  const database = use()
  let bot: TestBot
  let keys = 0
  let key: string

  beforeEach(async () => {
    bot = await createTestBot(database())
    key = `slack:left-${++keys}`
  })

  /** The next process comes upon it. */
  const takeUp = (body: CommandBody, mayDo = true, askedAt = bot.clock.now()): Promise<Reply> => {
    const command = { ...body, key }
    const work = () => handle(command, ana, social, { ...bot.deps, askedAt })
    return resume(command, { mayDo, at: askedAt }, work, bot.deps)
  }
  const posts = async () => (await bot.all()).map(({ status, text }) => `${status} ${text}`)

  it('is carried out, and the one who asked is told although it had no answer before', async () => {
    expect(textOf(await takeUp(HELLO))).toMatch(/was interrupted .* It is queued, once/)
    expect(await posts()).toEqual(['open Hello'])
  })

  it('is told as done when it was carried out before, and not done again', async () => {
    await bot.ask(HELLO, { key })
    expect(textOf(await takeUp(HELLO))).toMatch(/It is queued, once/)
    expect(textOf(await takeUp(HELLO, false))).toMatch(/It is queued, once/)
    expect(await posts()).toEqual(['open Hello'])
  })

  it('has its answer, with why it comes late', async () => {
    const at = bot.clock.now() + 60 * MINUTE
    const reply = await takeUp({ ...HELLO, when: { kind: 'instant', at } })
    expect(textOf(reply)).toMatch(
      /^Pressroom was interrupted .* has seen to it now\.\nScheduled for/,
    )
  })

  it('means the time that it meant when it was asked for', async () => {
    bot.clock.advance((10 * 60 + 59) * MINUTE) // a minute to midnight in Madrid
    const askedAt = bot.clock.now()
    bot.clock.advance(2 * MINUTE)
    await takeUp({ ...HELLO, when: { kind: 'words', words: 'tomorrow 9:00' } }, true, askedAt)
    const { post } = await bot.newest()
    expect(post.publishAt?.toISOString()).toBe('2026-01-06T08:00:00.000Z')
  })

  it('is asked about again when the question may never have been seen', async () => {
    await bot.ask(HELLO, { key: 'slack:earlier' })
    expect((await bot.ask(HELLO, { key })).kind).toBe('question')
    const reply = await takeUp(HELLO)
    expect(reply).toMatchObject({
      kind: 'question',
      text: expect.stringMatching(/nothing was queued/),
    })
    expect((await posts()).sort()).toEqual(['draft Hello', 'open Hello'])
  })

  it('is never done once it was told as not done, also by a process that was only frozen', async () => {
    const reply = await takeUp(HELLO, false, bot.clock.now() - 6 * MINUTE)
    expect(reply).toMatchObject({ written: 'Hello' })
    expect(textOf(reply)).toMatch(/what you asked for 6 minutes ago\. Nothing was queued/)
    const thawed = await bot.ask(HELLO, { key })
    expect(textOf(thawed)).toMatch(/Nothing was queued; publish it again/)
    expect(textOf(await takeUp(HELLO, false))).toMatch(/Nothing was queued/)
    expect(await posts()).toEqual([])
  })

  it('is no click any more either once it was told as not done', async () => {
    await bot.publish('Hello', { targets: ['x'] })
    const { post } = await bot.newest()
    await bot.set(post.id, { x: failed(bot.clock.now()) })
    const retry: CommandBody = { kind: 'retryFailed', id: post.id }
    expect(textOf(await takeUp(retry, false))).toMatch(/so it was not done/)
    expect((await bot.ask(retry, { key })).kind).toBe('nothing')
    expect(statesOf(await bot.load(post.id))).toEqual({ x: 'failed' })
  })

  it('is a click that counts once', async () => {
    await bot.publish('Hello', { targets: ['x'] })
    const { post } = await bot.newest()
    await bot.set(post.id, { x: failed(bot.clock.now()) })
    const retry: CommandBody = { kind: 'retryFailed', id: post.id }
    await bot.ask(retry, { key })
    await bot.set(post.id, { x: failed(bot.clock.now()) })
    expect(textOf(await takeUp(retry))).toMatch(/It is done/)
    expect(statesOf(await bot.load(post.id))).toEqual({ x: 'failed' })
  })
})
