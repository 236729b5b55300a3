import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Fault } from '../../src/sandbox/platforms/index.js'
import { openDiscord } from './surfaces/discord.js'
import { PLATFORMS, type Platform, type ProgramStage, startWith } from './surfaces/program.js'
import { openSlack } from './surfaces/slack.js'
import { type Asked, cardOf, type Surface } from './surfaces/surface.js'

const refuse: Fault = { on: 'mutation', when: 'before', kind: 'meta_code', code: 368, times: 1 }
/** The post is accepted, no answer comes, and nothing can be read afterwards. */
const hide: readonly Fault[] = [
  { on: 'mutation', when: 'after', kind: 'reset', times: 1 },
  { on: 'read', when: 'before', kind: 'reset', times: 'always' },
]
const LONG = 30_000

/** One program with both chats before it and the same platforms behind; each scenario on both. */
describe('the program in two chats', { timeout: 90_000 }, () => {
  let stage: ProgramStage
  const surfaces = new Map<string, Surface>()

  beforeAll(async () => {
    for (const surface of await Promise.all([openSlack(), openDiscord()])) {
      surfaces.set(surface.name, surface)
    }
    stage = await startWith([...surfaces.values()])
  }, 120_000)

  afterAll(async () => {
    await stage.close()
    for (const surface of surfaces.values()) await surface.close()
  })

  describe.each(['slack', 'discord'])('in %s', (name) => {
    let chat: Surface

    beforeAll(() => {
      const found = surfaces.get(name)
      if (!found) throw new Error(`there is no ${name}`)
      chat = found
    })
    afterEach(() => {
      chat.clearFaults()
      for (const platform of PLATFORMS) stage.sandbox.clearFaults(platform)
    })

    /** The same words in another chat are another post. */
    const titled = (title: string) => `${title} (${name})`
    const until = (look: () => unknown) =>
      chat.waitFor(() => {
        try {
          return look()
        } catch {
          return false
        }
      }, LONG)
    const live = (platform: Platform, text: string) => stage.live(platform, text)
    const ended = (text: string) =>
      until(() => chat.thread(text).some((message) => /All \d live/.test(message.text)))

    /** Live once on each platform; shown once, with one message for each target and one at the end. */
    async function expectWhole(text: string): Promise<void> {
      await ended(text)
      await until(() => chat.thread(text).length >= 3 && chat.counts(text).live === 2)
      expect(chat.counts(text)).toMatchObject({ live: 2, failed: 0, needsPerson: 0 })
      expect(chat.posts(text)).toHaveLength(1)
      expect(chat.thread(text)).toHaveLength(3)
      expect([live('facebook', text), live('mastodon', text)]).toEqual([1, 1])
    }

    /** Publishes to Facebook what nobody can know about, and waits for the question. */
    async function publishUnknown(text: string) {
      for (const fault of hide) stage.sandbox.addFault('facebook', fault)
      await chat.publish('ana', text, 'facebook')
      await until(() => chat.counts(text).needsPerson === 1)
      await until(() => cardOf(chat, text, 'facebook').buttons.includes('confirm_live'))
      return cardOf(chat, text, 'facebook')
    }
    const told = (...asked: Asked[]) =>
      until(() => asked.every((one) => one.said().length > 0)).then(() =>
        asked.flatMap((one) => one.said()).join('\n'),
      )

    it('publishes', async () => {
      const text = titled('Published')
      const asked = await chat.publish('ana', text)
      expect(asked.acknowledgedMs).toBeLessThan(3_000)
      await expectWhole(text)
      expect(chat.mentions('ana', text)).toBe(1)
      const other = surfaces.get(name === 'slack' ? 'discord' : 'slack')
      expect(other?.posts(text)).toEqual([])
    })

    it('tells a partial failure, and retries only what failed', async () => {
      const text = titled('Partial')
      stage.sandbox.addFault('facebook', refuse)
      await chat.publish('ana', text)
      await until(() => chat.counts(text).failed === 1 && chat.counts(text).live === 1)
      expect(cardOf(chat, text, 'facebook').text).toContain('failed')
      expect(cardOf(chat, text, 'mastodon').buttons).not.toContain('retry_failed')
      await until(() => chat.mentions('ana', text) === 1)
      await chat.press('ben', cardOf(chat, text, 'facebook'), 'retry_failed')
      await ended(text)
      await until(() => chat.thread(text).length >= 3 && chat.counts(text).live === 2)
      expect(chat.counts(text)).toMatchObject({ live: 2, failed: 0 })
      expect([live('facebook', text), live('mastodon', text)]).toEqual([1, 1])
      expect(cardOf(chat, text, 'facebook').text).toContain('Retried by')
    })

    it('asks a person when nobody can know, and records that it is live', async () => {
      const text = titled('Confirmed')
      const card = await publishUnknown(text)
      expect(card.buttons).toEqual(['confirm_live', 'deny_live', 'add_note'])
      await chat.press('ben', card, 'confirm_live')
      await until(() => chat.counts(text).live === 1)
      await until(() => cardOf(chat, text, 'facebook').text.includes('confirmed by'))
      expect(live('facebook', text)).toBe(1)
    })

    it('records that it is not there, and sends again only when asked to', async () => {
      const text = titled('Denied')
      const card = await publishUnknown(text)
      await chat.press('ana', card, 'deny_live')
      await until(() => chat.counts(text).failed === 1)
      expect(live('facebook', text)).toBe(1)
      stage.sandbox.clearFaults('facebook')
      await until(() => cardOf(chat, text, 'facebook').buttons.includes('retry_failed'))
      await chat.press('ana', cardOf(chat, text, 'facebook'), 'retry_failed')
      await until(() => chat.counts(text).live === 1)
    })

    it('takes a double click as one', async () => {
      const text = titled('Double click')
      stage.sandbox.addFault('facebook', refuse)
      await chat.publish('ana', text)
      await until(() => chat.counts(text).failed === 1)
      const card = cardOf(chat, text, 'facebook')
      await Promise.all([
        chat.press('ana', card, 'retry_failed'),
        chat.press('ana', card, 'retry_failed'),
      ])
      await ended(text)
      expect(live('facebook', text)).toBe(1)
    })

    it('takes one answer of two people, and tells the other who was faster', async () => {
      const text = titled('Two people')
      const card = await publishUnknown(text)
      const said = await told(
        ...(await Promise.all([
          chat.press('ana', card, 'confirm_live'),
          chat.press('ben', card, 'confirm_live'),
        ])),
      )
      expect(said).toContain('Recorded: facebook is live')
      expect(said).toMatch(/facebook: \w+ already confirmed it is live/i)
      await until(() => chat.counts(text).live === 1)
      expect(live('facebook', text)).toBe(1)
    })

    it('does once what is delivered again', async () => {
      const text = titled('Redelivered')
      const asked = await chat.publish('ana', text)
      await Promise.all([asked.again(), asked.again()])
      await ended(text)
      await asked.again()
      await expectWhole(text)
    })

    it('finds messages whose answers were lost', async () => {
      const text = titled('Lost answers')
      chat.loseAnswer()
      await chat.publish('ana', text)
      await until(() => chat.posts(text).length === 1)
      chat.loseAnswer()
      await expectWhole(text)
    })

    it('waits when the chat limits it', async () => {
      const text = titled('Limited')
      chat.limit(1)
      await chat.publish('ana', text)
      await expectWhole(text)
    })

    it('goes on after a restart in the middle, and knows what was asked before', async () => {
      const text = titled('Restarted')
      for (const platform of PLATFORMS) {
        stage.sandbox.addFault(platform, {
          on: 'mutation',
          when: 'before',
          kind: 'slow',
          delayMs: 700,
          times: 1,
        })
      }
      const asked = await chat.publish('ana', text)
      await until(() => chat.posts(text).length === 1)
      await stage.stop()
      await stage.start()
      await asked.again()
      await expectWhole(text)
    })

    it('walks a failure through the playbook, and brings the note back', async () => {
      const text = titled('Playbook')
      const note = `Ask Kim to lift the block (${name})`
      stage.sandbox.addFault('facebook', refuse)
      await chat.publish('ana', text)
      await until(() => chat.counts(text).failed === 1 && chat.counts(text).live === 1)
      const card = () => cardOf(chat, text, 'facebook')
      await until(() => card().text.includes('Only this one?'))
      await until(() => card().buttons.includes('check_credentials'))
      const checked = await chat.press('ben', card(), 'check_credentials')
      expect(await told(checked)).toContain('facebook')
      await chat.press('ben', card(), 'add_note')
      await chat.fill('ben', { note })
      await until(() => card().text.includes(note))
      await chat.press('ben', card(), 'retry_failed')
      await ended(text)
      expect([live('facebook', text), live('mastodon', text)]).toEqual([1, 1])
      const next = titled('After the note')
      // What is live needs no note; this one is on its way long enough to be seen.
      const slow = { on: 'mutation', when: 'before', kind: 'slow', delayMs: 4_000 } as const
      stage.sandbox.addFault('facebook', { ...slow, times: 1 })
      await chat.publish('ana', next, 'facebook')
      await until(() => cardOf(chat, next, 'facebook').text.includes(note))
      await chat.scorecard('ana')
      await until(() => chat.inChannel().some((message) => message.text.includes(note)))
    })

    it('catches up after the chat could not be reached during a publish', async () => {
      const text = titled('Cut off')
      await chat.publish('ana', text)
      await chat.away(true)
      await expect
        .poll(() => live('facebook', text) + live('mastodon', text), { timeout: LONG })
        .toBe(2)
      expect(chat.thread(text).some((message) => /All \d live/.test(message.text))).toBe(false)
      await chat.away(false)
      await expectWhole(text)
      const next = await chat.publish('ben', titled('After it'), 'mastodon')
      expect(next.acknowledgedMs).toBeLessThan(3_000)
      await until(() => chat.counts(titled('After it')).live === 1)
    })
  })
})
