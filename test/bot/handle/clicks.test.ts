import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import type { CommandBody } from '../../../src/bot/command.js'
import { listAccounts } from '../../../src/store/accounts.js'
import { loadHistory } from '../../../src/store/load-history.js'
import { loadPost, type PostWithTargets } from '../../../src/store/posts.js'
import { events, notes, targets } from '../../../src/store/schema.js'
import { testDatabases } from '../../support/database.js'
import {
  ana,
  ben,
  createTestBot,
  failed,
  held,
  live,
  social,
  statesOf,
  type TestBot,
  textOf,
  unconfirmed,
} from './bot.js'

describe.each(testDatabases())('clicks, on the $engine database', ({ use }) => {
  const database = use()
  let bot: TestBot
  let postId: string

  beforeEach(async () => {
    bot = await createTestBot(database())
    await bot.publish('Hello', { targets: ['facebook', 'x'] })
    postId = (await bot.newest()).post.id
    bot.clock.advance(60_000)
  })

  const idOf = (found: PostWithTargets, account: string) =>
    found.targets.find((one) => one.account === account)?.id ?? ''
  const press = async (body: CommandBody, actor = ana) => textOf(await bot.ask(body, { actor }))
  const now = async () => statesOf(await bot.newest())

  describe('retry', () => {
    it('sends again exactly what has failed', async () => {
      await bot.set(postId, { facebook: live(1), x: failed(2) })
      expect(await press({ kind: 'retry', id: postId })).toBe('Sending again: x.')
      expect(await now()).toEqual({ facebook: 'published', x: 'queued' })
      const [deed] = await loadHistory(database().orm, postId)
      expect(deed).toMatchObject({ type: 'retryRequested', who: ana })
    })

    it('takes the beginning of an id, and says when there is none', async () => {
      await bot.set(postId, { facebook: failed(1), x: failed(2) })
      expect(await press({ kind: 'retry', id: postId.slice(0, -2) })).toBe(
        'Sending again: facebook and x.',
      )
      expect(await press({ kind: 'retry', id: 'p9zzzz' })).toContain('There is no post p9zzzz here')
    })

    it('has one effect when two people press at the same moment, and tells the other who did', async () => {
      const post = await bot.set(postId, { facebook: live(1), x: failed(2) })
      const id = idOf(post, 'x')
      const words = await Promise.all([
        press({ kind: 'retryFailed', id }, ana),
        press({ kind: 'retryFailed', id }, ben),
      ])
      const [first, second] = words[0]?.startsWith('Sending') ? [0, 1] : [1, 0]
      expect(words[first]).toBe('Sending again: x.')
      expect(words[second]).toBe(
        `x: ${[ana, ben][first]?.name} asked for a retry a moment ago. It is queued already.`,
      )
      const logged = await database().orm.select().from(events).where(eq(events.targetId, id))
      expect(logged.filter(({ type }) => type === 'retryRequested')).toHaveLength(1)
    })

    it('has one effect and one answer when the click is delivered again', async () => {
      await bot.set(postId, { facebook: live(1), x: failed(2) })
      const again = { key: 'slack:click' }
      const click = () => bot.ask({ kind: 'retryFailed', id: postId }, again)
      const words = (await Promise.all([click(), click()])).map(textOf)
      expect(words.sort()).toEqual(['', 'Sending again: x.'])
      expect(await loadHistory(database().orm, postId)).toHaveLength(1)
    })

    it('refuses what may be live, and retries the rest', async () => {
      const post = await bot.set(postId, { facebook: unconfirmed(1), x: failed(2) })
      const words = await press({ kind: 'retry', id: postId })
      expect(words).toContain('Sending again: x.\nfacebook: It may be live already. Look first')
      expect(await press({ kind: 'retryFailed', id: idOf(post, 'facebook') })).toContain(
        'It may be live already.',
      )
      expect(await now()).toEqual({ facebook: 'unconfirmed', x: 'queued' })
    })

    it('leaves out what was removed, unless that target is meant itself', async () => {
      const post = await bot.set(postId, { facebook: failed(1, 'removed'), x: failed(2) })
      expect(await press({ kind: 'retryFailed', id: postId })).toContain(
        'facebook: It was live and is gone from the platform.',
      )
      expect(await now()).toEqual({ facebook: 'failed', x: 'queued' })
      await press({ kind: 'retryFailed', id: idOf(post, 'facebook') })
      expect(await now()).toEqual({ facebook: 'queued', x: 'queued' })
    })

    it('asks about a new copy when everything is live, and records it as one', async () => {
      await bot.set(postId, { facebook: live(1), x: live(2) })
      const reply = await bot.ask({ kind: 'retry', id: postId })
      expect(textOf(reply)).toContain('All 2 are live: facebook and x.')
      expect(reply).toMatchObject({ buttons: [{ confirm: {} }, {}] })
      expect(await now()).toEqual({ facebook: 'published', x: 'published' })
      const draft = (await bot.all()).find(({ status }) => status === 'draft')
      bot.clock.advance(1000)
      await press({ kind: 'publishAnyway', id: draft?.id ?? '' })
      const copy = await loadPost(database().orm, draft?.id ?? '')
      expect(copy?.post).toMatchObject({ status: 'open', copyOf: postId })
      expect(copy && statesOf(copy)).toEqual({ facebook: 'queued', x: 'queued' })
    })
  })

  describe('a verdict', () => {
    it('makes it live at once, by name, and lets the link follow', async () => {
      const post = await bot.set(postId, { facebook: live(1), x: unconfirmed(2) })
      const id = idOf(post, 'x')
      const reply = await bot.ask({ kind: 'confirmLive', id })
      expect(reply).toMatchObject({ buttons: [{ action: 'add_link', value: id }] })
      expect(await press({ kind: 'confirmLive', id }, ben)).toBe(
        'x: ana already confirmed it is live.',
      )
      expect(await press({ kind: 'denyLive', id }, ben)).toBe(
        'x: ana already confirmed it is live.',
      )
      expect(await bot.ask({ kind: 'addLink', id })).toMatchObject({ form: { kind: 'link' } })
      expect(await press({ kind: 'linkSubmitted', id, link: 'nonsense' })).toContain('link | ')
      const link = 'https://x.example/1'
      const before = (await bot.newest()).post.changed
      expect(await press({ kind: 'linkSubmitted', id, link })).toContain('The link stands')
      const target = (await bot.newest()).targets.find((one) => one.id === id)
      expect(target?.target.state).toMatchObject({ status: 'published', who: ana, permalink: link })
      expect((await bot.newest()).post.changed).toBeGreaterThan(before)
      expect(await press({ kind: 'linkSubmitted', id, link })).toContain('It has a link already')
    })

    it('marks it as not live, and sends it only at a second click', async () => {
      const post = await bot.set(postId, { facebook: live(1), x: unconfirmed(2) })
      const id = idOf(post, 'x')
      expect(await press({ kind: 'denyLive', id })).toContain('Recorded as not live')
      expect(await now()).toEqual({ facebook: 'published', x: 'failed' })
      bot.clock.advance(120_000)
      expect(await press({ kind: 'denyLive', id }, ben)).toBe(
        'x: ana said it is not there 2 minutes ago. It is already marked as not live.',
      )
      await press({ kind: 'retryFailed', id })
      expect(await now()).toEqual({ facebook: 'published', x: 'queued' })
    })

    describe('on a question', () => {
      const asked = async () => {
        const post = await bot.set(postId, { facebook: live(1), x: unconfirmed(2) }, 1)
        return idOf(post, 'x')
      }
      /** Somebody else denies it and sends it again, and nobody knows what became of that. */
      const sentAgain = async (id: string) => {
        await press({ kind: 'denyLive', id, askedAt: 2 }, ben)
        await press({ kind: 'retryFailed', id }, ben)
        bot.clock.advance(120_000)
        await bot.set(postId, { x: unconfirmed(3) }, 2)
      }
      const EARLIER =
        'x: ben asked for a retry 2 minutes ago. This answers an earlier question, so nothing was changed: more has happened since. Please look again, then answer in its thread or from /publish status.'

      it.each(['denyLive', 'confirmLive'] as const)(
        'changes nothing by %s once a later one is in question, and says so',
        async (kind) => {
          const id = await asked()
          await sentAgain(id)
          const before = await bot.newest()
          expect(await press({ kind, id, askedAt: 2 })).toBe(EARLIER)
          expect(await bot.newest()).toEqual(before)
          expect(await loadHistory(database().orm, postId)).toHaveLength(2)
          expect(await press({ kind: 'retryFailed', id })).toContain('It may be live already.')
        },
      )

      it('changes nothing once late news has raised it again, though nothing was sent since', async () => {
        const id = await asked()
        await press({ kind: 'denyLive', id, askedAt: 2 }, ben)
        await bot.set(postId, { x: unconfirmed(5) }, 1)
        expect(await press({ kind: 'denyLive', id, askedAt: 2 })).toContain('an earlier question')
        expect((await now()).x).toBe('unconfirmed')
      })

      it('is refused once when the late press is delivered again', async () => {
        const id = await asked()
        await sentAgain(id)
        const late = () => bot.ask({ kind: 'denyLive', id, askedAt: 2 }, { key: 'slack:late' })
        const words = (await Promise.all([late(), late()])).map(textOf)
        expect(words.sort()).toEqual(['', EARLIER])
      })

      it('counts when it is the one in question, and where the button does not tell', async () => {
        const id = await asked()
        await sentAgain(id)
        await press({ kind: 'denyLive', id, askedAt: 3 })
        expect((await now()).x).toBe('failed')
        await bot.set(postId, { x: unconfirmed(4) }, 3)
        await press({ kind: 'confirmLive', id })
        expect((await now()).x).toBe('published')
      })

      it('is carried by the buttons of a status', async () => {
        const id = await asked()
        await sentAgain(id)
        expect(await bot.ask({ kind: 'status', id })).toMatchObject({
          buttons: expect.arrayContaining([
            expect.objectContaining({ action: 'confirm_live', value: id, askedAt: 3 }),
            expect.objectContaining({ action: 'deny_live', value: id, askedAt: 3 }),
          ]),
        })
      })
    })

    it('is asked for one account at a time', async () => {
      await bot.set(postId, { facebook: unconfirmed(1), x: unconfirmed(2) })
      await press({ kind: 'confirmLive', id: postId })
      await press({ kind: 'denyLive', id: postId })
      expect(await now()).toEqual({ facebook: 'unconfirmed', x: 'unconfirmed' })
    })
  })

  it('cancels what was not sent, and says what could not be cancelled', async () => {
    await bot.set(postId, { facebook: live(1) })
    expect(await press({ kind: 'cancel', id: postId })).toBe(
      'Cancelled: x.\nfacebook: It is already live.',
    )
    expect(await now()).toEqual({ facebook: 'published', x: 'cancelled' })
    expect(await press({ kind: 'cancel', id: postId }, ben)).toContain('It was cancelled by ana.')
  })

  it('publishes what is held now, also while the account is disconnected', async () => {
    await bot.set(postId, { facebook: held(1), x: live(2) })
    expect(await press({ kind: 'publishNow', id: postId })).toContain('Publishing now: facebook.')
    const { targets } = await bot.newest()
    expect(targets[0]?.target.state).toMatchObject({ status: 'queued', force: true })
  })

  describe('edit and retry', () => {
    it('opens the form with the text of that target and why it failed', async () => {
      const post = await bot.set(postId, { facebook: live(1), x: failed(2) })
      expect(await bot.ask({ kind: 'editRetry', id: idOf(post, 'x') })).toMatchObject({
        form: { kind: 'edit', account: 'x', text: 'Hello', why: 'The platform refused it.' },
      })
      expect(await press({ kind: 'editRetry', id: idOf(post, 'facebook') })).toContain(
        'facebook: It is already live.',
      )
    })

    it('checks the limits, then sends the new text of that target alone', async () => {
      const post = await bot.set(postId, { facebook: failed(1), x: failed(2) })
      const id = idOf(post, 'x')
      expect(await press({ kind: 'editSubmitted', id, text: 'a'.repeat(281) })).toContain(
        'text | x | The text has 281 characters',
      )
      expect(await press({ kind: 'editSubmitted', id, text: '  ' })).toContain(
        'no text and no media',
      )
      expect(await now()).toEqual({ facebook: 'failed', x: 'failed' })
      expect(await press({ kind: 'editSubmitted', id, text: ' Shorter ' })).toBe(
        'Edited and sending again: x.',
      )
      const { targets } = await bot.newest()
      expect(targets.map(({ content }) => content.text)).toEqual(['Hello', 'Shorter'])
      expect(targets[1]?.contentHash).not.toBe(targets[0]?.contentHash)
      expect(await now()).toEqual({ facebook: 'failed', x: 'queued' })
      expect(await press({ kind: 'editSubmitted', id, text: 'Other' }, ben)).toContain(
        'ana edited it a moment ago. It is queued already.',
      )
    })

    it('keeps what an earlier attempt left behind while the words stay as they are', async () => {
      const post = await bot.set(postId, { facebook: failed(1), x: failed(2) })
      await database()
        .orm.update(targets)
        .set({ handles: { sentAt: 5 } })
      for (const [account, text] of [
        ['facebook', ' Hello '],
        ['x', 'Other words'],
      ] as const) {
        await press({ kind: 'editSubmitted', id: idOf(post, account), text })
      }
      const edited = (await bot.newest()).targets.map(({ target: { handles } }) => handles)
      expect(edited).toEqual([{ sentAt: 5 }, {}])
    })

    it('changes what is scheduled without sending it', async () => {
      const publishAt = bot.clock.now() + 3_600_000
      const post = await bot.set(postId, { x: { status: 'scheduled', publishAt } })
      const words = await press({ kind: 'editSubmitted', id: idOf(post, 'x'), text: 'Later' })
      expect(words).toBe('Edited: x. It goes out at its time.')
      expect((await now()).x).toBe('scheduled')
    })
  })

  it('asks for a credential check', async () => {
    const post = await bot.set(postId, { facebook: held(1) })
    bot.clock.advance(1000)
    expect(await press({ kind: 'checkCredentials', id: idOf(post, 'facebook') })).toContain(
      'Checking facebook now.',
    )
    const [facebook, , x] = await listAccounts(database().orm)
    expect(facebook?.checkDueAt?.getTime()).toBe(bot.clock.now())
    expect(x?.checkDueAt?.getTime()).toBeLessThan(bot.clock.now())
  })

  it('keeps a note with what it is about, once', async () => {
    const post = await bot.set(postId, { x: failed(1) })
    const id = idOf(post, 'x')
    expect(await bot.ask({ kind: 'addNote', id })).toMatchObject({
      form: { kind: 'note', about: 'x' },
    })
    expect(await press({ kind: 'noteSubmitted', id, text: ' ' })).toContain('note | ')
    const submit = () =>
      bot.ask({ kind: 'noteSubmitted', id, text: 'Shorten links' }, { key: 'slack:note' })
    expect((await Promise.all([submit(), submit()])).map(textOf).sort()[0]).toBe('')
    const kept = await database().orm.select().from(notes)
    expect(kept).toMatchObject([
      { postId, targetId: id, account: 'x', reasonClass: 'validation', authorName: 'ana' },
    ])
  })

  it('is refused from another channel and another workspace, and changes nothing', async () => {
    const post = await bot.set(postId, { facebook: live(1), x: failed(2) })
    const bodies: CommandBody[] = [
      { kind: 'retry', id: postId },
      { kind: 'retryFailed', id: idOf(post, 'x') },
      { kind: 'cancel', id: postId },
      { kind: 'publishNow', id: postId },
      { kind: 'editSubmitted', id: idOf(post, 'x'), text: 'Mine now' },
      { kind: 'noteSubmitted', id: postId, text: 'Hello' },
      { kind: 'status', id: postId },
    ]
    for (const body of bodies) {
      const elsewhere = await bot.ask(body, { conversation: { ...social, channelId: 'C2' } })
      expect(textOf(elsewhere)).toBe('That post belongs to another channel; ask there.')
      const stranger = await bot.ask(body, { conversation: { ...social, teamId: 'T2' } })
      expect(textOf(stranger)).toBe('There is no such post in this workspace.')
    }
    expect(await now()).toEqual({ facebook: 'published', x: 'failed' })
    expect(await loadHistory(database().orm, postId)).toEqual([])
  })

  describe('status', () => {
    it('shows one post, target by target', async () => {
      await bot.set(postId, { facebook: live(1), x: failed(2) })
      const words = await press({ kind: 'status', id: postId })
      expect(words).toContain(`${postId} "Hello" by ana: 1 live, 1 failed`)
      expect(words).toContain('The platform refused it.')
    })

    it('shows what a person needs for an answer, also when its message is gone', async () => {
      const where = 'https://example.com/page'
      const asked = { ...unconfirmed(2), where } as ReturnType<typeof unconfirmed>
      const post = await bot.set(postId, { facebook: live(1), x: asked })
      const reply = await bot.ask({ kind: 'status', id: postId })
      expect(textOf(reply)).toContain(`The answer was lost. Where to look: ${where}`)
      const id = idOf(post, 'x')
      expect(reply).toMatchObject({
        kind: 'question',
        buttons: expect.arrayContaining([
          expect.objectContaining({ action: 'confirm_live', value: id }),
          expect.objectContaining({ action: 'deny_live', value: id }),
        ]),
      })
    })

    it('says how to answer for one of several', async () => {
      const post = await bot.set(postId, { facebook: failed(1), x: held(2) })
      const reply = await bot.ask({ kind: 'status', id: postId })
      const id = idOf(post, 'facebook')
      expect(reply.kind).toBe('text')
      expect(textOf(reply)).toContain(`the status command with its id, such as ${id}`)
      expect(await bot.ask({ kind: 'status', id })).toMatchObject({
        kind: 'question',
        buttons: expect.arrayContaining([expect.objectContaining({ value: id })]),
      })
    })

    it('names what needs a person first', async () => {
      await bot.set(postId, { facebook: live(1), x: unconfirmed(2) })
      bot.clock.advance(1000)
      await bot.publish('Later', { when: { kind: 'words', words: 'in 2 days' } })
      bot.clock.advance(1000)
      await bot.publish('Now')
      const words = await press({ kind: 'status' })
      expect(words.match(/Needs a person|Scheduled|Newest|"\w+"/g)).toEqual([
        'Needs a person',
        '"Hello"',
        'Scheduled',
        '"Later"',
        'Newest',
        '"Now"',
      ])
      const elsewhere = { conversation: { ...social, channelId: 'C2' } }
      expect(textOf(await bot.ask({ kind: 'status' }, elsewhere))).toContain(
        'Nothing was published',
      )
    })
  })

  it("shows each account's health", async () => {
    expect(await press({ kind: 'accounts' })).toContain('• facebook (facebook): not checked yet')
  })
})
