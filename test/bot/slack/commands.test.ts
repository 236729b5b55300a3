import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { HandleDeps } from '../../../src/bot/handle.js'
import { createSlackClient } from '../../../src/bot/slack/chat.js'
import { createSlack, SlackTokenError } from '../../../src/bot/slack/index.js'
import { syncAccounts } from '../../../src/store/accounts.js'
import { createSecretBox } from '../../../src/store/secret-box.js'
import { testDatabases } from '../../support/database.js'
import { silentServer } from '../../support/silent-server.js'
import { waitFor } from '../../support/wait-for.js'
import { failed, live, statesOf, unconfirmed } from '../handle/bot.js'
import { png } from '../media/samples.js'
import {
  ana,
  ben,
  brokenDatabase,
  channel,
  createStage,
  hangingDatabase,
  outside,
  type Stage,
} from './stage.js'

const [embedded] = testDatabases()
if (!embedded) throw new Error('the embedded engine is always there')

describe('commands in Slack', () => {
  const database = embedded.use()
  let stage: Stage

  afterEach(() => stage.close())

  const start = async (changes: Partial<HandleDeps> = {}) => {
    stage = await createStage(database(), changes)
    await stage.slack.start()
    return stage
  }
  const settled = (count: number) =>
    waitFor(
      'posts',
      () => stage.bot.all(),
      (posts) => posts.length === count,
    )

  describe('/publish with a text', () => {
    it('is acknowledged at once and queued', async () => {
      const { workspace, bot } = await start()
      const delivery = await workspace.as(ana).slash('/publish', 'Fish &amp; chips to:x', channel)
      expect(delivery.ackMs).toBeLessThan(1000)
      const [made] = await settled(1)
      const { post, targets } = await bot.load(made?.id)
      expect(post).toMatchObject({
        text: 'Fish & chips',
        workspaceId: 'slack:T00000LOCAL',
        channelId: channel,
        authorId: ana,
        authorName: 'ana',
      })
      expect(targets.map(({ account }) => account)).toEqual(['x'])
    })

    it('makes one post when Slack delivers it again', async () => {
      const { workspace, bot } = await start()
      const delivery = await workspace.as(ana).slash('/publish', 'Hello to:x', channel)
      await Promise.all([delivery.redeliver(), delivery.redeliver()])
      await settled(1)
      await workspace.as(ana).slash('/publish', 'accounts', channel)
      await stage.whisper(ana)
      expect((await bot.all()).map(({ status }) => status)).toEqual(['open'])
      expect(workspace.ephemerals(ana)).toHaveLength(1)
    })

    it('says privately what stands against it, and hands the text back', async () => {
      const { workspace } = await start()
      await workspace.as(ana).slash('/publish', 'Hello to:mastodon', channel)
      const { text } = await stage.whisper(ana)
      expect(text).toContain(
        'Nothing was queued or changed:\n• to: "mastodon" is not an account here.',
      )
      expect(JSON.stringify(workspace.ephemerals(ana)[0]?.blocks)).toContain(
        'rich_text_preformatted',
      )
      expect(await stage.bot.all()).toEqual([])
    })

    it('asks the bot to be invited where it is not', async () => {
      const { workspace } = await start()
      await workspace.as(ana).slash('/publish', 'Hello to:x', outside)
      expect((await stage.whisper(ana)).text).toContain('/invite @pressroom')
      await workspace.as(ana).slash('/publish', '', outside)
      expect((await stage.whisper(ana, 2)).text).toContain('/invite @pressroom')
      expect(await stage.bot.all()).toEqual([])
    })

    it('asks before the same is published again, and replaces the question by the answer', async () => {
      const { workspace, bot } = await start()
      await workspace.as(ana).slash('/publish', 'Hello to:x', channel)
      await settled(1)
      await workspace.as(ana).slash('/publish', 'Hello to:x', channel)
      const question = await stage.whisper(ana)
      await workspace.as(ana).click(question.ts, 'publish_anyway')
      await workspace.waitFor(() =>
        workspace.ephemerals(ana)[0]?.text.startsWith('Publishing a new copy'),
      )
      expect(workspace.ephemerals(ana)).toHaveLength(1)
      expect((await bot.all()).map(({ status }) => status)).toEqual(['open', 'open'])
    })
  })

  describe('when the store is in trouble', () => {
    it('acknowledges although the store hangs, and says so when no form can be opened', async () => {
      const { workspace } = await start({ database: hangingDatabase(database()) })
      const person = workspace.as(ana)
      for (const text of ['Hello to:x', 'status', '']) {
        expect((await person.slash('/publish', text, channel)).ackMs).toBeLessThan(1000)
      }
      expect((await stage.whisper(ana)).text).toContain('The form could not be opened in time')
    })

    it('tells the one who asked that nothing was queued', async () => {
      const { workspace } = await start({ database: brokenDatabase(database()) })
      const delivery = await workspace.as(ana).slash('/publish', 'Hello to:x', channel)
      expect(delivery.error).toBeUndefined()
      expect((await stage.whisper(ana)).text).toContain(
        'Nothing was queued; try again in a moment.',
      )
    })

    it('keeps the form open with what was typed', async () => {
      const { workspace } = await start()
      await workspace.as(ana).slash('/publish', '', channel)
      const [view] = await workspace.waitFor(() => {
        const views = workspace.views(ana)
        return views.length > 0 ? views : undefined
      })
      await stage.slack.stop()
      const { deps } = stage.bot
      const settings = {
        transport: 'socket',
        botToken: workspace.botToken,
        appToken: workspace.appToken,
        apiUrl: stage.apiUrl,
      } as const
      const broken = createSlack(settings, { ...deps, database: brokenDatabase(database()) })
      await broken.start()
      const delivery = await workspace.as(ana).submit(view?.id ?? '', { text: 'Hello' })
      expect(delivery.errors?.text).toContain('nothing was queued')
      expect(workspace.views(ana)).toHaveLength(1)
      await broken.stop()
    })

    it('still hears what arrives while it is being stopped', async () => {
      const { workspace } = await start()
      const stopping = stage.slack.stop()
      const delivery = await workspace.as(ana).slash('/publish', 'Just in time to:x', channel)
      expect(delivery.error).toBeUndefined()
      await stopping
      expect(await stage.bot.all()).toHaveLength(1)
    })

    it('tells that nothing was queued when a picture does not come before the stop', async () => {
      const { workspace, bot } = await start()
      const picture = await silentServer()
      await workspace.as(ana).slash('/publish', `Hello to:x media:${picture.url}/a.png`, channel)
      await picture.asked
      await stage.slack.stop(AbortSignal.timeout(100))
      expect((await stage.whisper(ana)).text).toBe(
        'Pressroom is being restarted, so nothing was queued. Publish it again in a moment.',
      )
      expect(await bot.all()).toEqual([])
    })

    it('answers when the response_url is lost', async () => {
      const { workspace } = await start()
      workspace.faults.failBefore('response_url')
      await workspace.as(ana).slash('/publish', 'help', channel)
      expect((await stage.whisper(ana)).text).toContain('/publish opens the form')
    })
  })

  describe('the form', () => {
    const open = async () => {
      await stage.workspace.as(ana).slash('/publish', '', channel)
      const view = await stage.workspace.waitFor(() => stage.workspace.views(ana)[0])
      return view.id
    }

    it("opens with the channel's accounts and a text of its own for each", async () => {
      const { workspace } = await start({ channelTargets: () => ['x', 'facebook'] })
      await open()
      const view = workspace.views(ana)[0]
      expect(view?.callback_id).toBe('publish_form')
      expect(view?.blocks.map(({ block_id }) => block_id)).toEqual([
        'text',
        'targets',
        'media',
        'media_url',
        'alt',
        'at',
        'text:facebook',
        'text:instagram',
        'text:x',
      ])
      expect(view?.state.values.targets?.targets?.selected_options).toMatchObject([
        { value: 'facebook' },
        { value: 'x' },
      ])
    })

    it('is opened once when Slack delivers the command again', async () => {
      const { workspace } = await start()
      const delivery = await workspace.as(ana).slash('/publish', '', channel)
      await workspace.waitFor(() => workspace.views(ana)[0])
      await delivery.redeliver()
      await workspace.waitFor(() => workspace.calls('views.open').length === 2)
      await workspace.as(ana).slash('/publish', 'help', channel)
      expect((await stage.whisper(ana)).text).toContain('/publish opens the form')
    })

    it('shows problems beside their fields and stays open', async () => {
      const { workspace, bot } = await start()
      const id = await open()
      const delivery = await workspace.as(ana).submit(id, {
        text: 'a'.repeat(300),
        targets: ['x', 'instagram'],
        'text:facebook': 'Hi',
        at: 1_500_000_000,
      })
      expect(delivery.ackMs).toBeLessThan(2500)
      expect(delivery.errors).toEqual({
        at: expect.stringContaining('is in the past'),
        'text:facebook': expect.stringContaining('not among the chosen accounts'),
      })
      const again = await workspace.as(ana).submit(id, {
        text: 'a'.repeat(300),
        targets: ['x', 'instagram'],
        'text:facebook': null,
        at: null,
      })
      expect(again.errors).toEqual({
        text: 'x: The text has 300 characters; 280 is the limit.',
        media_url: 'instagram: Instagram needs a picture or a video.',
      })
      expect(await bot.all()).toEqual([])
    })

    it('queues what was filled in, once, with the uploaded picture', async () => {
      const { workspace, bot } = await start()
      const id = await open()
      const file = workspace.as(ana).upload({ name: 'boat.png', bytes: png(8, 6) })
      const delivery = await workspace.as(ana).submit(id, {
        text: 'Hello',
        targets: ['instagram', 'x'],
        media: [file],
        alt: 'A red boat',
        'text:x': 'Hello, X',
      })
      expect(delivery.errors).toBeUndefined()
      expect(workspace.views(ana)).toEqual([])
      await settled(1)
      await delivery.redeliver()
      const [post] = await bot.all()
      expect(post).toMatchObject({ text: 'Hello', channelId: channel })
      const targets = (await bot.load(post?.id)).targets
      expect(targets.map(({ account, content }) => [account, content.text])).toEqual([
        ['instagram', 'Hello'],
        ['x', 'Hello, X'],
      ])
      expect(targets[0]?.content.media[0]).toMatchObject({
        filename: 'boat.png',
        width: 8,
        alt: 'A red boat',
      })
    })

    it('says privately what shows only later, and hands the text back', async () => {
      const { workspace, bot } = await start()
      const id = await open()
      const file = workspace.as(ana).upload({ name: 'page.png', bytes: Buffer.from('<html>') })
      await workspace.as(ana).submit(id, { text: 'Hello', targets: ['x'], media: [file] })
      expect((await stage.whisper(ana)).text).toContain('looks like a web page')
      expect(await bot.all()).toEqual([])
    })

    it('becomes a search beyond a hundred accounts', async () => {
      const names = Array.from({ length: 120 }, (_, i) => `page-${i}`)
      await start()
      await syncAccounts(
        database().orm,
        names.map((name) => ({ name, platform: 'facebook' })),
        createSecretBox(Buffer.alloc(32, 1)),
        0,
      )
      const id = await open()
      const { options } = await stage.workspace.as(ana).suggest(id, 'targets', 'page-11')
      expect(options).toHaveLength(11)
      await stage.workspace.as(ana).submit(id, { text: 'Hello', targets: ['page-117'] })
      const [post] = await settled(1)
      const { targets } = await stage.bot.load(post?.id)
      expect(targets.map(({ account }) => account)).toEqual(['page-117'])
    })
  })

  describe('buttons in the thread', () => {
    /** A message of the bot with one button, as the telling side posts it. */
    const offer = async (action: string, value: string) => {
      const client = createSlackClient(stage.workspace.botToken, stage.apiUrl)
      const root = await client.chat.postMessage({ channel, text: 'Hello' })
      const { ts } = await client.chat.postMessage({
        channel,
        thread_ts: String(root.ts),
        text: 'x',
        blocks: [
          {
            type: 'actions',
            elements: [
              { type: 'button', action_id: action, value, text: { type: 'plain_text', text: 'x' } },
            ],
          },
        ],
      })
      return { ts: String(ts), root: String(root.ts) }
    }
    const post = async () => {
      await stage.workspace.as(ana).slash('/publish', 'Hello to:facebook,x', channel)
      const [made] = await settled(1)
      return stage.bot.set(made?.id ?? '', { facebook: live(1), x: failed(2) })
    }

    it('retry once for two people, and answer each in the thread', async () => {
      const { workspace, bot } = await start()
      const { targets, post: made } = await post()
      const { ts, root } = await offer('retry_failed', targets[1]?.id ?? '')
      await Promise.all([
        workspace.as(ana).click(ts, 'retry_failed'),
        workspace.as(ben).click(ts, 'retry_failed'),
      ])
      await stage.whisper(ana)
      await stage.whisper(ben)
      const words = [...workspace.ephemerals(ana), ...workspace.ephemerals(ben)]
      expect(words.map(({ text }) => text.split(' ')[0]).sort()).toEqual(['Sending', 'x:'])
      expect(words.every(({ thread_ts }) => thread_ts === root)).toBe(true)
      expect(statesOf(await bot.load(made.id))).toEqual({ facebook: 'published', x: 'queued' })
    })

    it('edit one target in a form', async () => {
      const { workspace, bot } = await start()
      const { targets, post: made } = await post()
      const { ts, root } = await offer('edit_retry', targets[1]?.id ?? '')
      await workspace.as(ana).click(ts, 'edit_retry')
      const view = await workspace.waitFor(() => workspace.views(ana)[0])
      expect(view.state.values.text?.text?.value).toBe('Hello')
      const refused = await workspace.as(ana).submit(view.id, { text: 'a'.repeat(300) })
      expect(refused.errors).toEqual({ text: 'x: The text has 300 characters; 280 is the limit.' })
      await workspace.as(ana).submit(view.id, { text: 'Shorter' })
      expect(await stage.whisper(ana)).toMatchObject({
        text: 'Edited and sending again: x.',
        thread_ts: root,
      })
      expect((await bot.load(made.id)).targets[1]?.content.text).toBe('Shorter')
    })

    it('add a note', async () => {
      const { workspace } = await start()
      const { targets } = await post()
      const { ts } = await offer('add_note', targets[1]?.id ?? '')
      await workspace.as(ana).click(ts, 'add_note')
      const view = await workspace.waitFor(() => workspace.views(ana)[0])
      await workspace.as(ana).submit(view.id, { note: 'Shorten links' })
      expect((await stage.whisper(ana)).text).toContain('Noted.')
      await workspace.as(ana).slash('/publish', 'Another to:x', channel)
      expect((await stage.whisper(ana, 2)).text).toBe(
        'Noted when it failed before:\n• x: Shorten links (ana)',
      )
    })
  })

  describe('a private answer that asks whether a post is live', () => {
    const asked = async () => {
      await start()
      await stage.workspace.as(ana).slash('/publish', 'Hello to:x', channel)
      const [made] = await settled(1)
      const id = made?.id ?? ''
      await stage.bot.set(id, { x: unconfirmed(1) }, 1)
      await stage.workspace.as(ana).slash('/publish', `status ${id}`, channel)
      const { ts, text } = await stage.whisper(ana)
      /** What stands in its place after the press. */
      const press = async (action: string) => {
        await stage.workspace.as(ana).click(ts, action)
        return stage.workspace.waitFor(() => {
          const [only] = stage.workspace.ephemerals(ana)
          return only?.text === text ? undefined : only?.text
        })
      }
      return { id, press }
    }

    it.each(['deny_live', 'confirm_live'])(
      'changes nothing by %s once another attempt is in question',
      async (action) => {
        const { id, press } = await asked()
        await stage.bot.set(id, { x: unconfirmed(2) }, 2)
        const words = await press(action)
        const { targets } = await stage.bot.load(id)
        expect(targets[0]?.target).toMatchObject({ state: unconfirmed(2), attempt: 2 })
        expect(words).toMatch(/^x: .*answers an earlier question/)
      },
    )

    it('is answered while its question stands', async () => {
      const { id, press } = await asked()
      expect(await press('deny_live')).toContain('Recorded as not live')
      expect(statesOf(await stage.bot.load(id))).toEqual({ x: 'failed' })
    })
  })
})

describe('the connection to Slack', () => {
  const database = embedded.use()
  let stage: Stage

  afterEach(() => stage.close())

  it('is tried again until Slack can be reached', async () => {
    stage = await createStage(database())
    stage.workspace.refuseConnections(true)
    const started = stage.slack.start()
    await stage.workspace.waitFor(
      () => stage.workspace.calls('apps.connections.open').filter(({ ok }) => !ok).length >= 3,
    )
    stage.workspace.refuseConnections(false)
    await started
    await stage.workspace.as(ana).slash('/publish', 'help', channel)
    await stage.whisper(ana)
    expect(stage.logged.join('\n')).toContain('Slack cannot be reached (HTTP 503); trying again')
  })

  it.each(['refresh_requested', 'dropped'] as const)(
    'comes back after it was %s',
    async (reason) => {
      stage = await createStage(database())
      await stage.slack.start()
      const { workspace } = stage
      workspace.refuseConnections(true)
      workspace.disconnectSockets(reason)
      await workspace.waitFor(
        () => workspace.calls('apps.connections.open').filter(({ ok }) => !ok).length >= 2,
      )
      workspace.refuseConnections(false)
      await waitFor(
        'a connection',
        () => workspace.connections(),
        (count) => count === 1,
      )
      await workspace.as(ana).slash('/publish', 'help', channel)
      expect((await stage.whisper(ana)).text).toContain('opens the form')
    },
  )

  it.each([
    ['SLACK_BOT_TOKEN', { botToken: 'xoxb-wrong' }],
    ['SLACK_APP_TOKEN', { appToken: 'xapp-wrong' }],
  ])('fails at once, in words, when %s is refused', async (name, tokens) => {
    stage = await createStage(database(), {}, tokens)
    const error = await stage.slack.start().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(SlackTokenError)
    expect((error as Error).message).toContain(`${name} is refused by Slack (invalid_auth)`)
    expect((error as Error).message).not.toContain('wrong')
  })
})

describe('Slack over HTTP', () => {
  const database = embedded.use()

  /** The bot on a server of its own, to which a workspace delivers what people do. */
  async function serve() {
    const stage = await createStage(database())
    const { workspace, apiUrl, bot } = stage
    const settings = {
      transport: 'http',
      botToken: workspace.botToken,
      signingSecret: 'secret',
      apiUrl,
    } as const
    const slack = createSlack(settings, bot.deps)
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? '/', 'http://local').pathname
      if (!slack.route?.(request, response, path)) response.writeHead(404).end()
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`
    await slack.start()
    workspace.deliverTo({ url, signingSecret: 'secret' })
    const close = async () => {
      await slack.stop()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      await stage.close()
    }
    return { ...stage, slack, url, close }
  }

  it("takes signed requests on the program's own server", async () => {
    const { workspace, bot, url, close } = await serve()
    expect((await workspace.as(ana).slash('/publish', 'Hello to:x', channel)).error).toBeUndefined()
    await waitFor(
      'a post',
      () => bot.all(),
      (posts) => posts.length === 1,
    )
    workspace.deliverTo({ url, signingSecret: 'forged' })
    const forged = await workspace.as(ana).slash('/publish', 'Bye to:x', channel)
    expect(forged.error).toBe('dispatch_failed')
    expect((await fetch(url)).status).toBe(405)
    expect(await bot.all()).toHaveLength(1)
    await close()
  })

  it('takes nothing more from the moment it is stopped, and tells what it took before and gave up', async () => {
    const { workspace, bot, slack, url, whisper, close } = await serve()
    const picture = await silentServer()
    const text = `Hello to:x media:${picture.url}/a.png`
    expect((await workspace.as(ana).slash('/publish', text, channel)).error).toBeUndefined()
    await picture.asked
    const giveUp = new AbortController()
    const stopping = slack.stop(giveUp.signal)
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(503)
    expect((await workspace.as(ben).slash('/publish', 'Bye to:x', channel)).error).toBeDefined()
    giveUp.abort()
    await stopping
    expect((await whisper(ana)).text).toContain('so nothing was queued')
    expect((await whisper(ben)).text).toContain('dispatch_failed') // from Slack itself
    expect(await bot.all()).toEqual([])
    await close()
  })
})
