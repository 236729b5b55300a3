import { afterEach, describe, expect, it } from 'vitest'
import { createDiscord } from '../../../src/bot/discord/index.js'
import type { Message } from '../../../src/sandbox/discord/model.js'
import { syncAccounts } from '../../../src/store/accounts.js'
import { loadPost } from '../../../src/store/posts.js'
import { createSecretBox } from '../../../src/store/secret-box.js'
import { testDatabases } from '../../support/database.js'
import { silentServer } from '../../support/silent-server.js'
import { waitFor } from '../../support/wait-for.js'
import { failed, live, statesOf, unconfirmed } from '../handle/bot.js'
import { png } from '../media/samples.js'
import { brokenDatabase, hangingDatabase } from '../slack/stage.js'
import { ANA, BEN, CHANNEL, GUILD } from './chat-stage.js'
import { createStage, type Stage } from './stage.js'

const CALLBACK = 'POST /interactions/:id/:token/callback'
const [embedded] = testDatabases()
if (!embedded) throw new Error('the embedded engine is always there')

describe('commands in Discord', () => {
  const database = embedded.use()
  let stage: Stage

  afterEach(() => stage.close())

  const start = async (
    ...changes: Parameters<typeof createStage> extends [unknown, ...infer R] ? R : never
  ) => {
    stage = await createStage(database(), ...changes)
    await stage.client.start()
    return stage
  }
  const settled = (count: number) =>
    waitFor(
      'posts',
      () => stage.bot.all(),
      (posts) => posts.length === count,
    )
  const post = (options: Record<string, string>, who = ANA) =>
    stage.discord.as(who).slash('publish', { subcommand: 'post', options }, CHANNEL)
  /** A card with these buttons, as the announcer would show it. */
  const card = async (...ids: string[]): Promise<Message> => {
    const buttons = ids.map((custom_id) => ({ type: 2, style: 2, label: custom_id, custom_id }))
    const response = await fetch(`${stage.settings.apiUrl}/v10/channels/${CHANNEL}/messages`, {
      method: 'POST',
      headers: {
        authorization: `Bot ${stage.discord.token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ content: 'card', components: [{ type: 1, components: buttons }] }),
    })
    return (await response.json()) as Message
  }
  const loaded = async (id = '') => {
    const found = await loadPost(database().orm, id)
    if (!found) throw new Error(`there is no post ${id}`)
    return found
  }

  describe('/publish post', () => {
    it('is acknowledged privately at once, queued, and said to be', async () => {
      const { bot } = await start()
      const delivery = await post({ text: 'Fish & chips', to: 'x, facebook' })
      expect(delivery.ackMs).toBeLessThan(1000)
      expect(delivery.response).toEqual({ kind: 'deferred', ephemeral: true })
      await settled(1)
      const [made] = await bot.all()
      expect(made).toMatchObject({
        text: 'Fish & chips',
        chat: 'discord',
        workspaceId: `discord:${GUILD}`,
        channelId: CHANNEL,
        authorId: ANA,
        authorName: 'Ana',
      })
      expect(Object.keys(statesOf(await loaded(made?.id)))).toEqual(['x', 'facebook'])
      expect(await stage.answers(delivery.interactionId)).toEqual([
        expect.stringMatching(/^Queued\./),
      ])
    })

    it('makes one post when the gateway delivers it again', async () => {
      const { discord, bot } = await start()
      discord.faults.doubleInteractions()
      const delivery = await post({ text: 'Hello', to: 'x' })
      delivery.redeliver()
      await stage.answers(delivery.interactionId)
      const last = await discord.as(ANA).slash('publish', { subcommand: 'accounts' }, CHANNEL)
      await stage.answers(last.interactionId)
      expect((await bot.all()).map(({ status }) => status)).toEqual(['open'])
      const { followUps, edits } = discord.interactionReplies(delivery.interactionId)
      expect(followUps).toEqual([])
      expect(edits).toHaveLength(1)
    })

    it('takes files with their descriptions, addresses after them, and texts of their own', async () => {
      const { bot } = await start()
      const media = { name: 'boat.png', data: png(8, 6), contentType: 'image/png' }
      const options = {
        text: 'Hello',
        to: 'instagram,x',
        media,
        alt: 'A red boat',
        at: 'tomorrow 9:00',
        own_text: 'x: Hello, X',
      }
      const typed = { subcommand: 'post', options }
      await stage.discord.as(ANA).slash('publish', typed, CHANNEL)
      await settled(1)
      const { targets } = await loaded((await bot.all())[0]?.id)
      expect(targets.map(({ content }) => content)).toMatchObject([
        { text: 'Hello', media: [{ filename: 'boat.png', alt: 'A red boat' }] },
        { text: 'Hello, X', media: [{ width: 8, height: 6 }] },
      ])
      expect(targets[0]?.target.state.status).toBe('scheduled')
    })

    it('says privately what stands against it, and hands the text back', async () => {
      const { bot } = await start()
      const delivery = await post({ text: 'Hello *you*', to: 'mastodon' })
      const [problems, written] = await stage.answers(delivery.interactionId, 2)
      expect(problems).toMatch(
        /^Nothing was queued or changed:\n• to: "mastodon" is not an account/,
      )
      expect(written).toBe('```\nHello *you*\n```')
      expect(await bot.all()).toEqual([])
    })

    it('asks before the same is published again, and replaces the question by the answer', async () => {
      const { discord, bot } = await start()
      await post({ text: 'Hello', to: 'x' })
      await settled(1)
      const { interactionId } = await post({ text: 'Hello', to: 'x' })
      await stage.answers(interactionId)
      const [question] = discord.as(ANA).messages(CHANNEL).slice(-1)
      const ids = JSON.stringify(question?.components).match(/"custom_id":"[^"]+"/g)
      const draft = (await bot.all()).find(({ status }) => status === 'draft')
      expect(ids).toEqual([
        `"custom_id":"publish_anyway:${draft?.id}"`,
        `"custom_id":"cancel:${draft?.id}"`,
      ])
      if (question) await discord.as(ANA).click(question, `publish_anyway:${draft?.id}`)
      await discord.waitFor(() => {
        const [last] = discord.as(ANA).messages(CHANNEL).slice(-1)
        return last?.content.startsWith('Publishing a new copy') && last.components.length === 0
      })
      expect((await bot.all()).map(({ status }) => status)).toEqual(['open', 'open'])
    })

    it('asks twice before what is live is published again', async () => {
      const { discord, bot } = await start()
      await post({ text: 'Hello', to: 'x' })
      await settled(1)
      const [first] = await bot.all()
      await bot.set(first?.id ?? '', { x: live(Date.now()) })
      const { interactionId } = await post({ text: 'Hello', to: 'x' })
      await stage.answers(interactionId)
      const draft = (await bot.all()).find(({ status }) => status === 'draft')
      const newest = () => {
        const [last] = discord.as(ANA).messages(CHANNEL).slice(-1)
        if (!last) throw new Error('nothing was said')
        return last
      }
      await discord.as(ANA).click(newest(), `publish_anyway:${draft?.id}:ask`)
      expect(newest().content).toContain('Publish it a second time?')
      expect((await bot.all()).map(({ status }) => status).sort()).toEqual(['draft', 'open'])
      await discord.as(ANA).click(newest(), `publish_anyway:${draft?.id}`)
      await discord.waitFor(() => newest().content.startsWith('Publishing a new copy'))
      expect((await bot.all()).map(({ status }) => status)).toEqual(['open', 'open'])
    })
  })

  describe('the other commands', () => {
    it('answer privately', async () => {
      await start()
      const ask = async (subcommand: string, options = {}) => {
        const { interactionId } = await stage.discord
          .as(ANA)
          .slash('publish', { subcommand, options }, CHANNEL)
        return (await stage.answers(interactionId)).join('\n')
      }
      expect(await ask('help')).toContain('/publish post text:Hello')
      expect(await ask('accounts')).toContain('facebook (facebook): not checked yet')
      expect(await ask('status')).toContain('Nothing was published from this channel yet')
      expect(await ask('retry', { id: 'p1abc23' })).toContain('There is no post p1abc23 here')
      expect(await ask('cancel', { id: 'p1abc23' })).toContain('There is no post p1abc23 here')
    })

    it('complete accounts one after the other, and know the posts of the channel', async () => {
      const { discord, bot } = await start()
      const type = (subcommand: string, focused: string, written: string) =>
        discord
          .as(ANA)
          .autocomplete(
            'publish',
            { subcommand, options: { [focused]: written }, focused },
            CHANNEL,
          )
      expect((await type('post', 'to', '')).map(({ value }) => value)).toEqual([
        'facebook',
        'instagram',
        'x',
      ])
      expect(await type('post', 'to', 'x,in')).toEqual([
        { name: 'x, instagram', value: 'x, instagram' },
      ])
      await post({ text: 'Hello', to: 'x' })
      await settled(1)
      const [made] = await bot.all()
      expect(await type('status', 'id', 'hel')).toEqual([
        { name: `${made?.id} Hello (1 processing)`, value: made?.id },
      ])
    })
  })

  describe('when the store is in trouble', () => {
    it('acknowledges although the store hangs, and says so when no form can be opened', async () => {
      const { discord } = await start({ database: hangingDatabase(database()) })
      const person = discord.as(ANA)
      expect((await post({ text: 'Hello', to: 'x' })).ackMs).toBeLessThan(1000)
      const status = await person.slash('publish', { subcommand: 'status' }, CHANNEL)
      expect(status.ackMs).toBeLessThan(1000)
      const click = await person.click(await card('retry_failed:p1'), 'retry_failed:p1')
      expect(click.response).toEqual({ kind: 'deferredUpdate' })
      const form = await person.slash('publish', { subcommand: 'form' }, CHANNEL)
      expect(form.ackMs).toBeLessThan(2900)
      expect(form.response).toMatchObject({
        message: { content: expect.stringContaining('The form could not be opened in time') },
      })
      const input = { subcommand: 'post', options: { to: 'x' }, focused: 'to' }
      expect(await person.autocomplete('publish', input, CHANNEL)).toEqual([])
    })

    it('tells the one who asked that nothing was queued', async () => {
      await start({ database: brokenDatabase(database()) })
      const { interactionId } = await post({ text: 'Hello', to: 'x' })
      expect(await stage.answers(interactionId)).toEqual([
        expect.stringContaining('Nothing was queued; try again in a moment.'),
      ])
    })
  })

  it('tells that nothing was queued when a picture does not come before the stop', async () => {
    const picture = await silentServer()
    const { bot } = await start()
    const { interactionId } = await post({
      text: 'Hello',
      to: 'x',
      media_url: `${picture.url}/a.png`,
    })
    await picture.asked
    await stage.client.stop(AbortSignal.timeout(100))
    expect(await stage.answers(interactionId)).toEqual([
      'Pressroom is being restarted, so nothing was queued. Publish it again in a moment.',
    ])
    expect(await bot.all()).toEqual([])
  })

  describe('the first answer', () => {
    it.each(['loseAnswer', 'failBefore'] as const)(
      'is given once more when nothing is heard (%s), and the command carried out once',
      async (fault) => {
        const { discord, bot } = await start()
        discord.faults[fault](CALLBACK)
        const delivery = await post({ text: 'Hello', to: 'x' })
        expect(delivery.problem).toBeNull()
        await stage.answers(delivery.interactionId)
        expect(await bot.all()).toHaveLength(1)
      },
    )

    it('that is too late leads to nothing, as the person was told', async () => {
      const { discord, bot } = await start({}, { server: { ackDeadlineMs: 50 } })
      const waiting = post({ text: 'Hello', to: 'x' })
      stage.pass(10_000)
      expect((await waiting).problem).toBe('application did not respond')
      await discord.waitFor(() => discord.calls().some(({ status }) => status === 404))
      await stage.client.stop()
      expect(await bot.all()).toEqual([])
    })
  })

  it('answers in the channel when the work took longer than the token lives', async () => {
    let go = () => {}
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    const { discord } = await start({
      scorecard: async () => {
        await gate
        return { kind: 'text', text: 'All is well.' }
      },
    })
    await discord.as(ANA).slash('scorecard', { options: { period: 'last week' } }, CHANNEL)
    stage.pass(16 * 60_000)
    go()
    await discord.waitFor(() => discord.messages(CHANNEL).length === 1)
    expect(discord.messages(CHANNEL)[0]?.content).toBe(`<@${ANA}> All is well.`)
    expect(discord.notifications(ANA)).toHaveLength(1)
  })

  it.each(['loseAnswer', 'status'] as const)(
    'fills in the answer although a call goes astray (%s)',
    async (fault) => {
      const { discord } = await start()
      const edit = 'PATCH /webhooks/:app/:token/messages/:message'
      if (fault === 'status') discord.faults.status(edit, 502)
      else discord.faults.loseAnswer(edit)
      const { interactionId } = await post({ text: 'Hello', to: 'x' })
      expect(await stage.answers(interactionId)).toEqual([expect.stringMatching(/^Queued\./)])
    },
  )

  describe('the form', () => {
    const open = async () => {
      const typed = { subcommand: 'form' }
      const { response } = await stage.discord.as(ANA).slash('publish', typed, CHANNEL)
      if (response?.kind !== 'modal') throw new Error(`no form: ${JSON.stringify(response)}`)
      return response.modal
    }

    it("opens with the channel's accounts chosen, also from an empty /publish post", async () => {
      await start({ channelTargets: () => ['x', 'facebook'] })
      const modal = await open()
      expect(modal.customId).toBe('publish_form')
      const inputs = modal.components.map((one) => (one.type === 18 ? one.component : undefined))
      expect(inputs.map((input) => input?.custom_id)).toEqual([
        'text',
        'targets',
        'media',
        'alt',
        'at',
      ])
      expect(inputs[1]).toMatchObject({
        options: [
          { value: 'facebook', default: true },
          { value: 'instagram', default: false },
          { value: 'x', default: true },
        ],
      })
      expect((await post({})).response).toMatchObject({ kind: 'modal' })
    })

    it('lets names be written where there are more accounts than a list holds', async () => {
      const { bot } = await start()
      const names = Array.from({ length: 30 }, (_, index) => `account-${index}`)
      await syncAccounts(
        database().orm,
        names.map((name) => ({ name, platform: 'x' })),
        createSecretBox(Buffer.alloc(32, 1)),
        bot.clock.now(),
      )
      const modal = await open()
      await stage.discord
        .as(ANA)
        .submitModal(modal, { text: 'Hello', targets: 'account-3, account-7' })
      await settled(1)
      const made = await loaded((await bot.all())[0]?.id)
      expect(Object.keys(statesOf(made))).toEqual(['account-3', 'account-7'])
    })

    it('queues what was filled in, once, with the uploaded picture', async () => {
      const { bot, discord } = await start()
      const modal = await open()
      const delivery = await discord.as(ANA).submitModal(modal, {
        text: 'Hello\nyou',
        targets: ['instagram'],
        media: [{ name: 'boat.png', data: png(8, 6), contentType: 'image/png' }],
        alt: 'A red boat',
      })
      expect(delivery.response).toEqual({ kind: 'deferred', ephemeral: true })
      delivery.redeliver()
      await settled(1)
      const { targets } = await loaded((await bot.all())[0]?.id)
      expect(targets.map(({ content }) => content)).toMatchObject([
        { text: 'Hello\nyou', media: [{ filename: 'boat.png', alt: 'A red boat' }] },
      ])
    })

    it('says what stands against it and hands the text back', async () => {
      const { discord, bot } = await start()
      const modal = await open()
      const fields = { text: 'a'.repeat(300), targets: ['x'], at: 'yesterday 9:00' }
      const { interactionId } = await discord.as(ANA).submitModal(modal, fields)
      const said = await stage.answers(interactionId, 2)
      expect(said[0]).toContain('is in the past')
      expect(said[1]).toBe(`\`\`\`\n${'a'.repeat(300)}\n\`\`\``)
      const [last] = discord.as(ANA).messages(CHANNEL).slice(-1)
      if (!last) throw new Error('nothing was said')
      const again = await discord.as(ANA).click(last, `publish_form:${interactionId}`)
      if (again.response?.kind !== 'modal') throw new Error('no form')
      const filled = JSON.stringify(again.response.modal.components)
      expect(filled).toContain(`"value":"${'a'.repeat(300)}"`)
      expect(filled).toContain('"value":"yesterday 9:00"')
      expect(filled.match(/"value":"(\w+)","description":"\w+","default":true/g)).toHaveLength(1)
      expect(await bot.all()).toEqual([])
    })
  })

  describe('buttons', () => {
    const publish = async (states: Parameters<Stage['bot']['set']>[1]) => {
      await post({ text: 'Hello', to: 'x,facebook' })
      await settled(1)
      const [made] = await stage.bot.all()
      const { targets } = await stage.bot.set(made?.id ?? '', states)
      const idOf = (account: string) => targets.find((one) => one.account === account)?.id ?? ''
      return { postId: made?.id ?? '', idOf }
    }

    it('send again only what has failed', async () => {
      const { discord } = await start()
      const at = Date.now()
      const { postId } = await publish({ x: failed(at), facebook: live(at) })
      const id = `retry_failed:${postId}`
      const { interactionId } = await discord.as(BEN).click(await card(id), id)
      expect(await stage.answers(interactionId)).toEqual(['Sending again: x.'])
      expect(statesOf(await loaded(postId))).toEqual({ x: 'queued', facebook: 'published' })
    })

    it('have one effect when two people press at once, and when a press is delivered twice', async () => {
      const { discord } = await start()
      const { postId, idOf } = await publish({ x: unconfirmed(Date.now()) })
      const id = `confirm_live:${idOf('x')}`
      const message = await card(id)
      discord.faults.doubleInteractions(2)
      const [one, two] = await Promise.all([
        discord.as(ANA).click(message, id),
        discord.as(BEN).click(message, id),
      ])
      const said = [
        ...(await stage.answers(one.interactionId)),
        ...(await stage.answers(two.interactionId)),
      ].sort()
      expect(said).toHaveLength(2)
      expect(said.join('\n')).toMatch(/Recorded: x is live/)
      expect(said.join('\n')).toMatch(/x: (Ana|Ben) already confirmed it is live/)
      expect(statesOf(await loaded(postId))).toMatchObject({ x: 'published' })
    })

    it('take the link afterwards, in a form', async () => {
      const { discord } = await start()
      const { postId, idOf } = await publish({ x: unconfirmed(Date.now()) })
      const id = `confirm_live:${idOf('x')}`
      const { interactionId } = await discord.as(ANA).click(await card(id), id)
      await stage.answers(interactionId)
      const [reply] = discord.interactionReplies(interactionId).followUps
      if (!reply) throw new Error('no answer')
      const link = await discord.as(ANA).click(reply.message, `add_link:${idOf('x')}`)
      if (link.response?.kind !== 'modal') throw new Error('no form')
      const submitted = await discord
        .as(ANA)
        .submitModal(link.response.modal, { link: 'https://x.com/acme/status/1' })
      await stage.answers(submitted.interactionId)
      const target = (await loaded(postId)).targets.find(({ account }) => account === 'x')
      expect(target?.target.state).toMatchObject({ permalink: 'https://x.com/acme/status/1' })
    })

    it('deny, and then retry is a click of its own', async () => {
      const { discord } = await start()
      const { postId, idOf } = await publish({ x: unconfirmed(Date.now()) })
      const message = await card(`deny_live:${idOf('x')}`, `retry_failed:${idOf('x')}`)
      const retry = await discord.as(ANA).click(message, `retry_failed:${idOf('x')}`)
      expect((await stage.answers(retry.interactionId))[0]).toMatch(/first|person|look/i)
      const deny = await discord.as(ANA).click(message, `deny_live:${idOf('x')}`)
      expect((await stage.answers(deny.interactionId))[0]).toContain('Recorded as not live')
      expect(statesOf(await loaded(postId))).toMatchObject({ x: 'failed' })
    })

    describe('of a private answer that asks whether a post is live', () => {
      const asked = async () => {
        await start()
        const { postId, idOf } = await publish({ x: unconfirmed(1) })
        const set = (attempt: number) =>
          stage.bot.set(postId, { x: unconfirmed(attempt), facebook: live(1) }, attempt)
        await set(1)
        const typed = { subcommand: 'status', options: { id: postId } }
        const { interactionId } = await stage.discord.as(ANA).slash('publish', typed, CHANNEL)
        await stage.answers(interactionId)
        const answer = stage.discord.interactionReplies(interactionId).original?.message
        if (!answer) throw new Error('no answer')
        /** What stands in its place after the press. */
        const press = async (action: string) => {
          const ids = JSON.stringify(answer.components).match(/(?<="custom_id":")[^"]+/g)
          const id = ids?.find((one) => one.startsWith(`${action}:${idOf('x')}`)) ?? ''
          const pressed = await stage.discord.as(ANA).click(answer, id)
          return stage.discord.waitFor(() => {
            const { original } = stage.discord.interactionReplies(pressed.interactionId)
            const content = original?.message.content
            return content === answer.content ? undefined : content
          })
        }
        return { postId, set, press }
      }

      it.each(['deny_live', 'confirm_live'])(
        'change nothing by %s once another attempt is in question',
        async (action) => {
          const { postId, set, press } = await asked()
          await set(2)
          const words = await press(action)
          const { targets } = await loaded(postId)
          const target = targets.find(({ account }) => account === 'x')?.target
          expect(target).toMatchObject({ state: unconfirmed(2), attempt: 2 })
          expect(words).toMatch(/^x: .*answers an earlier question/)
        },
      )

      it('count while their question stands', async () => {
        const { postId, press } = await asked()
        expect(await press('deny_live')).toContain('Recorded as not live')
        expect(statesOf(await loaded(postId))).toMatchObject({ x: 'failed' })
      })
    })

    it('edit and note in forms, with the text it had', async () => {
      const { discord } = await start()
      const { postId, idOf } = await publish({ x: failed(Date.now()) })
      const message = await card(`edit_retry:${idOf('x')}`, `add_note:${idOf('x')}`)
      const edit = await discord.as(ANA).click(message, `edit_retry:${idOf('x')}`)
      if (edit.response?.kind !== 'modal') throw new Error('no form')
      expect(JSON.stringify(edit.response.modal)).toContain('"value":"Hello"')
      const note = await discord.as(ANA).click(message, `add_note:${idOf('x')}`)
      if (note.response?.kind !== 'modal') throw new Error('no form')
      const noted = await discord.as(ANA).submitModal(note.response.modal, { note: 'Shorter!' })
      expect((await stage.answers(noted.interactionId))[0]).toMatch(/^Noted\./)
      const saved = await discord.as(ANA).submitModal(edit.response.modal, { text: 'Hello again' })
      expect(await stage.answers(saved.interactionId)).toEqual(['Edited and sending again: x.'])
      expect(statesOf(await loaded(postId))).toMatchObject({ x: 'queued' })
    })

    it('work in the thread, and are refused from another channel', async () => {
      const { discord } = await start()
      const { postId, idOf } = await publish({ x: failed(Date.now()) })
      const root = await card('cancel:none')
      const made = await fetch(
        `${stage.settings.apiUrl}/v10/channels/${CHANNEL}/messages/${root.id}/threads`,
        {
          method: 'POST',
          headers: {
            authorization: `Bot ${discord.token}`,
            'content-type': 'application/json',
          },
          body: JSON.stringify({ name: 'Hello' }),
        },
      )
      expect(made.status).toBe(201)
      const id = { subcommand: 'retry', options: { id: idOf('x') } }
      const outside = await discord.as(ANA).slash('publish', id, '900000000000000011')
      expect((await stage.answers(outside.interactionId))[0]).toContain('another channel')
      const inside = await discord.as(ANA).slash('publish', id, root.id)
      expect(await stage.answers(inside.interactionId)).toEqual(['Sending again: x.'])
      expect(statesOf(await loaded(postId))).toMatchObject({ x: 'queued' })
    })

    it('of an older version are answered politely', async () => {
      const { discord } = await start()
      const { interactionId } = await discord.as(ANA).click(await card('dance:p1'), 'dance:p1')
      expect((await stage.answers(interactionId))[0]).toContain('I do not know the button dance')
    })
  })

  it('queues nothing where it may not show the post, and names the missing rights', async () => {
    const { discord, bot } = await start()
    discord.denyPermission(CHANNEL, 'SEND_MESSAGES')
    const { interactionId } = await post({ text: 'Hello', to: 'x' })
    expect(await stage.answers(interactionId)).toEqual([
      'Pressroom cannot show posts here properly: it lacks Send Messages in this channel. Nothing was queued.',
    ])
    expect(await bot.all()).toEqual([])
  })

  it('goes on after the gateway was dropped', async () => {
    const { discord } = await start()
    discord.dropGateway({ resumable: false })
    // Discord tells clients to wait up to five seconds before they identify anew.
    await discord.waitFor(() => discord.gatewaySessions() === 1, 15_000)
    const { interactionId } = await post({ text: 'Hello', to: 'x' })
    await stage.answers(interactionId)
    expect(await stage.bot.all()).toHaveLength(1)
  })

  it('is one bot also when two processes listen', async () => {
    const { settings, deps, bot } = await start()
    const second = createDiscord(settings, deps)
    await second.start()
    const { interactionId } = await post({ text: 'Hello', to: 'x' })
    await stage.answers(interactionId)
    await second.stop()
    expect(await bot.all()).toHaveLength(1)
  })
})
