import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MediaSource } from '../../../src/bot/command.js'
import type { TargetState } from '../../../src/publisher/core/target.js'
import { beginMessage, messageShown } from '../../../src/store/chat-messages.js'
import type { Orm } from '../../../src/store/database.js'
import { addNote } from '../../../src/store/notes.js'
import { loadPost } from '../../../src/store/posts.js'
import { accounts, media } from '../../../src/store/schema.js'
import { testDatabases } from '../../support/database.js'
import { png } from '../media/samples.js'
import { ana, ben, createTestBot, live, statesOf, type TestBot, textOf } from './bot.js'

let server: Server
let root: string

beforeAll(async () => {
  const picture = png(8, 6)
  server = createServer((request, response) => {
    if (request.url === '/page') return response.end('<!doctype html><p>Hello</p>')
    if (request.url?.startsWith('/secret') && request.headers.authorization !== 'Bearer xoxb-1') {
      response.setHeader('content-type', 'text/html')
      return response.end('<!doctype html><p>Sign in</p>')
    }
    response.end(picture)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => new Promise((done) => server.close(done)))

const photo = (alt?: string): MediaSource => ({
  from: 'url',
  url: `${root}/harbour%20at%20dawn.jpeg`,
  ...(alt === undefined ? {} : { alt }),
})

describe.each(testDatabases())('publish, on the $engine database', ({ use }) => {
  const database = use()
  let bot: TestBot

  beforeEach(async () => {
    bot = await createTestBot(database())
  })

  it('queues a target for each account and says nothing: the channel shows it', async () => {
    expect(await bot.publish('Hello')).toEqual({ kind: 'nothing' })
    const { post, targets } = await bot.newest()
    expect(post).toMatchObject({
      status: 'open',
      authorId: 'U1',
      authorName: 'ana',
      text: 'Hello',
      channelId: 'C1',
    })
    expect(targets.map(({ account, content }) => [account, content])).toEqual([
      ['facebook', { text: 'Hello', media: [] }],
      ['x', { text: 'Hello', media: [] }],
    ])
    expect(statesOf({ post, targets })).toEqual({ facebook: 'queued', x: 'queued' })
    const uuid = /^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
    for (const { idempotencyKey } of targets) expect(idempotencyKey).toMatch(uuid)
    expect(new Set(targets.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2)
  })

  it('makes one post of a command that is delivered three times, also at once', async () => {
    const again = { key: 'slack:one' }
    await Promise.all([bot.publish('Hello', {}, again), bot.publish('Hello', {}, again)])
    expect(await bot.publish('Hello', {}, again)).toEqual({ kind: 'nothing' })
    expect((await bot.all()).map(({ status }) => status)).toEqual(['open'])
  })

  it("finds accounts whatever their case, and the channel's own without a choice", async () => {
    await bot.publish('One', { targets: ['X', 'FaceBook'] })
    expect((await bot.newest()).targets.map(({ account }) => account)).toEqual(['x', 'facebook'])
    const other = await createTestBot(database(), { channelTargets: () => ['x'] })
    other.clock.advance(1000)
    await other.ask({ kind: 'publish', text: 'Two', texts: {}, media: [] })
    const last = await loadPost(database().orm, (await other.all()).at(-1)?.id ?? '')
    expect(last?.targets.map(({ account }) => account)).toEqual(['x'])
  })

  it('names the known accounts when one is not known, and queues nothing', async () => {
    const reply = await bot.publish('Hello', { targets: ['facebok', 'x'] })
    expect(textOf(reply)).toBe(
      'targets | "facebok" is not an account here. | Known: facebook, instagram and x.',
    )
    expect(await bot.all()).toEqual([])
  })

  it.each([
    ['no text', '', {}, 'text | There is nothing to publish: no text and no media.'],
    [
      'a text that is too long, per account',
      'a'.repeat(300),
      {},
      'text | x | The text has 300 characters; 280 is the limit.',
    ],
    [
      'a text of its own that is too long',
      'Hello',
      { texts: { x: 'a'.repeat(281) } },
      'text:x | x | The text has 281 characters; 280 is the limit.',
    ],
    [
      'a text for an account that is not chosen',
      'Hello',
      { texts: { instagram: 'Hi' } },
      'text:instagram | instagram | There is a text for instagram, but instagram is not among the chosen accounts.',
    ],
    [
      'a choice of no account',
      'Hello',
      { targets: [] },
      'targets | It names no account. | Known: facebook, instagram and x.',
    ],
    [
      'a platform that needs media',
      'Hello',
      { targets: ['instagram'] },
      'media_url | instagram | Instagram needs a picture or a video.',
    ],
    [
      'a time that is past',
      'Hello',
      { when: { kind: 'words', words: 'yesterday 9:00' } },
      'at | Sunday 4 January 2026, 09:00 (Europe/Madrid) is in the past.',
    ],
    [
      'a time that makes no sense',
      'Hello',
      { when: { kind: 'words', words: 'blue' } },
      'at | "blue" is not a time I understand.',
    ],
  ] as const)('refuses %s and queues nothing', async (_what, text, more, words) => {
    const reply = await bot.publish(text, more)
    expect(textOf(reply)).toContain(words)
    expect(reply).toMatchObject(text ? { written: text } : {})
    expect(await bot.all()).toEqual([])
  })

  it('lists everything that stands against it at once', async () => {
    const reply = await bot.publish('a'.repeat(300), { targets: ['x', 'instagram'] })
    expect(textOf(reply).split('\n')).toHaveLength(2)
  })

  it('keeps the media with their descriptions, the same bytes once', async () => {
    await bot.publish('Hello', { media: [photo('A boat')], targets: ['instagram', 'x'] })
    await bot.publish('Hello again', { media: [photo('Another boat')] })
    const kept = await database().orm.select({ id: media.id }).from(media)
    expect(kept).toHaveLength(1)
    const { targets } = await bot.newest()
    expect(targets[0]?.content.media).toEqual([
      {
        id: kept[0]?.id,
        kind: 'image',
        mime: 'image/png',
        bytes: png(8, 6).length,
        width: 8,
        height: 6,
        filename: 'harbour-at-dawn.png',
        sourceUrl: `${root}/harbour%20at%20dawn.jpeg`,
        alt: 'Another boat',
      },
    ])
  })

  it('refuses what is neither picture nor video', async () => {
    const reply = await bot.publish('Hello', { media: [{ from: 'url', url: `${root}/page` }] })
    expect(textOf(reply)).toContain('media_url | ')
    expect(textOf(reply)).toContain('it looks like a web page')
    expect(await bot.all()).toEqual([])
  })

  it('says what the texts break as well when media cannot be had', async () => {
    const reply = await bot.publish('a'.repeat(300), {
      media: [{ from: 'url', url: `${root}/page` }],
      targets: ['x', 'instagram'],
    })
    expect(textOf(reply)).toContain('280 is the limit')
    expect(textOf(reply)).not.toContain('needs a picture')
  })

  it('fetches from private addresses only where that is allowed', async () => {
    const strict = await createTestBot(database(), {
      media: { allowPrivate: false, servesMedia: true },
    })
    const reply = await strict.publish('Hello', { media: [photo()] })
    expect(textOf(reply)).toContain('127.0.0.1 is not a public address')
  })

  it("opens uploads with the chat's token, and never typed addresses", async () => {
    const lent = await createTestBot(database(), {
      uploadAccess: () => ({ authorization: 'Bearer xoxb-1' }),
    })
    const url = `${root}/secret/a.png`
    await lent.publish('One', { media: [{ from: 'upload', url, filename: 'a.png' }] })
    expect((await lent.newest()).targets[0]?.content.media[0]).not.toHaveProperty('sourceUrl')
    expect(textOf(await lent.publish('Two', { media: [{ from: 'url', url }] }))).toContain(
      'web page',
    )
    const refused = await bot.publish('Three', {
      media: [{ from: 'upload', url, filename: 'a.png' }],
    })
    expect(textOf(refused)).toContain('media | a.png: The chat did not hand the file over.')
  })

  it('schedules, and says when that is', async () => {
    const reply = await bot.publish('Hello', { when: { kind: 'words', words: 'tomorrow 9:00' } })
    expect(textOf(reply)).toBe(
      'Scheduled for Tuesday 6 January 2026, 09:00 (Europe/Madrid): facebook and x.',
    )
    const { post, targets } = await bot.newest()
    expect(post.publishAt?.toISOString()).toBe('2026-01-06T08:00:00.000Z')
    expect(targets[0]?.target.state).toEqual({
      status: 'scheduled',
      publishAt: Date.parse('2026-01-06T08:00:00Z'),
    })
    expect(targets[0]?.dueAt).toBe(Date.parse('2026-01-06T08:00:00Z'))
  })

  it('accepts a post for a disconnected account, and says so', async () => {
    await database()
      .orm.update(accounts)
      .set({ status: 'held', heldReason: { class: 'auth', text: 'The token has expired.' } })
      .where(eq(accounts.name, 'x'))
    expect(textOf(await bot.publish('Hello'))).toContain(
      'x is disconnected (The token has expired.)',
    )
    expect(statesOf(await bot.newest())).toEqual({ facebook: 'queued', x: 'queued' })
  })

  it('shows what was noted about the account before it queues', async () => {
    await addNote(database().orm, {
      id: 'n1',
      account: 'x',
      platform: 'x',
      text: 'Shorten links first',
      authorId: 'U2',
      authorName: 'ben',
      createdAt: new Date(bot.clock.now()),
    })
    let postsThen = -1
    const watching = await createTestBot(database(), {
      tell: async (reply) => {
        postsThen = (await bot.all()).length
        bot.told.push(textOf(reply))
      },
    })
    await watching.publish('Hello')
    expect(bot.told).toEqual(['Noted when it failed before:\n• x: Shorten links first (ben)'])
    expect([postsThen, (await bot.all()).length]).toEqual([0, 1])
  })

  describe('the same content again', () => {
    const twice = async (first = {}, second = {}) => {
      await bot.publish('Hello', first)
      bot.clock.advance(60_000)
      return bot.publish('Hello', second)
    }

    it('is asked about within a day, and not queued', async () => {
      const reply = await twice()
      const [post, draft] = await bot.all()
      expect(textOf(reply)).toContain(`• facebook: 60 seconds ago, on its way (${post?.id})`)
      expect(reply).toMatchObject({
        kind: 'question',
        buttons: [
          { action: 'publish_anyway', value: draft?.id },
          { action: 'cancel', value: draft?.id },
        ],
      })
      expect(draft).toMatchObject({ status: 'draft', copyOf: post?.id })
      expect((await loadPost(database().orm, draft?.id ?? ''))?.targets).toEqual([])
    })

    it('is asked about with links to the earlier post, in the chat and on the platform', async () => {
      await bot.publish('Hello')
      const { post } = await bot.newest()
      await bot.set(post.id, {
        x: { ...live(1), permalink: 'https://x.example/1' } as TargetState,
      })
      const at = bot.clock.now()
      const place = { postId: post.id, kind: 'post', chat: 'slack', channelId: 'C1', at } as const
      await beginMessage(database().orm, { key: post.id, ...place })
      await messageShown(database().orm, { key: post.id, messageId: '17.5', hash: null, at })
      expect(textOf(await bot.publish('Hello'))).toContain(
        `• x: 0 seconds ago, live (${post.id}) https://acme.slack.com/T1/C1/17.5 https://x.example/1`,
      )
    })

    it('is asked about when it goes out about the same time, however long ago it was asked for', async () => {
      const when = { kind: 'instant', at: bot.clock.now() + 5 * 86_400_000 } as const
      await bot.publish('Hello', { when })
      bot.clock.advance(4 * 86_400_000)
      expect((await bot.publish('Hello', { when })).kind).toBe('question')
    })

    it('is asked about when one account overlaps, and not when none does', async () => {
      expect((await twice({ targets: ['x'] }, { targets: ['facebook'] })).kind).toBe('nothing')
      expect((await bot.publish('Hello', { targets: ['x', 'facebook'] })).kind).toBe('question')
    })

    it('is not asked about after a day, nor when text, media or description differ', async () => {
      await bot.publish('Hello', { media: [photo('A boat')] })
      expect((await bot.publish('Hello!', { media: [photo('A boat')] })).kind).toBe('nothing')
      expect((await bot.publish('Hello', { media: [photo('A ship')] })).kind).toBe('nothing')
      expect((await bot.publish('Hello')).kind).toBe('nothing')
      expect((await bot.publish('Hello', { media: [photo('A boat')] })).kind).toBe('question')
      bot.clock.advance(25 * 3_600_000)
      expect((await bot.publish('Hello', { media: [photo('A boat')] })).kind).toBe('nothing')
    })

    it('is asked about also when both come at the same moment', async () => {
      const replies = await Promise.all([
        bot.publish('Hello', {}, { actor: ana }),
        bot.publish('Hello', {}, { actor: ben }),
      ])
      expect(replies.map(({ kind }) => kind).sort()).toEqual(['nothing', 'question'])
      expect((await bot.all()).map(({ status }) => status).sort()).toEqual(['draft', 'open'])
    })

    it('is asked about also when the database loses the answer to the commit', async () => {
      await bot.publish('Hello')
      const orm = losingCommits(database().orm)
      const cut = await createTestBot(database(), { database: { ...database(), orm } })
      const reply = await cut.publish('Hello')
      const draft = (await bot.all()).find(({ status }) => status === 'draft')
      expect(draft).toBeDefined()
      expect(reply).toMatchObject({
        kind: 'question',
        buttons: [{ action: 'publish_anyway', value: draft?.id }, {}],
      })
    })

    it('asks twice, in different words, when it is live', async () => {
      await bot.publish('Hello')
      const { post } = await bot.newest()
      await bot.set(post.id, { facebook: live(1), x: live(2) })
      expect(await bot.publish('Hello')).toMatchObject({
        buttons: [{ confirm: { title: 'Publish it a second time?' } }, {}],
      })
    })

    it('makes one post of "Publish anyway", whoever and however often it is pressed', async () => {
      await twice()
      const draft = (await bot.all()).at(-1)
      const press = (options = {}) =>
        bot.ask({ kind: 'publishAnyway', id: draft?.id ?? '' }, options)
      expect(textOf(await press({ actor: ben }))).toContain('Only the one who was asked')
      const replies = await Promise.all([
        press({ key: 'slack:p' }),
        press({ key: 'slack:p' }),
        press(),
      ])
      expect(replies.map(textOf).sort()).toEqual(
        [
          '',
          'Publishing a new copy: facebook and x.',
          'You have said so already; it is published once.',
        ].sort(),
      )
      const { post, targets } = await bot.newest()
      expect(post).toMatchObject({ id: draft?.id, status: 'open' })
      expect(targets).toHaveLength(2)
      expect(statesOf({ post, targets })).toEqual({ facebook: 'queued', x: 'queued' })
    })

    it('publishes nothing after "Cancel", also when "Publish anyway" follows', async () => {
      await twice()
      const id = (await bot.all()).at(-1)?.id ?? ''
      expect(textOf(await bot.ask({ kind: 'cancel', id }))).toBe(
        'Cancelled; nothing was published.',
      )
      expect(textOf(await bot.ask({ kind: 'publishAnyway', id }))).toContain('You cancelled this')
      expect((await bot.all()).map(({ status }) => status)).toEqual(['open', 'discarded'])
    })

    it('does not publish a draft whose time has passed', async () => {
      const when = { kind: 'words', words: 'in 10 minutes' } as const
      await twice({}, { when })
      bot.clock.advance(3_600_000)
      const id = (await bot.all()).at(-1)?.id ?? ''
      expect(textOf(await bot.ask({ kind: 'publishAnyway', id }))).toContain('has passed meanwhile')
      expect((await bot.all()).map(({ status }) => status)).toEqual(['open', 'draft'])
    })
  })

  it("opens the form with the channel's accounts chosen", async () => {
    const chosen = await createTestBot(database(), { channelTargets: () => ['x'] })
    expect(await chosen.ask({ kind: 'openForm' })).toMatchObject({
      kind: 'form',
      form: {
        kind: 'publish',
        accounts: [{ name: 'facebook' }, { name: 'instagram' }, { name: 'x' }],
        chosen: ['x'],
      },
    })
  })
})

/** A connection that ends each time between a commit and its answer. */
function losingCommits(orm: Orm): Orm {
  return new Proxy(orm, {
    get(target, property) {
      if (property !== 'transaction') return Reflect.get(target, property)
      return async (work: Parameters<typeof target.transaction>[0]) => {
        await target.transaction(work)
        throw new Error('Connection terminated')
      }
    },
  })
}
