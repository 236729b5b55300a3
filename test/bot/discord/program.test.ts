import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { textOf } from '../../../src/bot/discord/marker.js'
import { readSettings } from '../../../src/config.js'
import { createLog, createRedactor } from '../../../src/log.js'
import { type Program, startProgram } from '../../../src/program.js'
import { createDiscordServer, type DiscordServer } from '../../../src/sandbox/discord/server.js'
import { createSandbox, type Fault, type Sandbox } from '../../../src/sandbox/platforms/index.js'
import { createSlackWorkspace, type SlackWorkspace } from '../../../src/sandbox/slack/index.js'
import { QUICK } from '../announce/stage.js'
import { ANA, BEN, CHANNEL, guilds } from './chat-stage.js'

const SLACK_CHANNEL = 'C00000SOCIAL'
const POST = 'POST /channels/:channel/messages'

const refuse: Fault = { on: 'mutation', when: 'before', kind: 'meta_code', code: 368, times: 1 }
const lose = (times: Fault['times']): Fault => ({
  on: 'mutation',
  when: 'after',
  kind: 'reset',
  times,
})

/** The whole program: Discord and Slack before it, platforms behind it, all of them local. */
describe('the program with Discord', { timeout: 60_000 }, () => {
  let folder: string
  let discord: DiscordServer
  let slack: SlackWorkspace
  let sandbox: Sandbox
  let environment: Record<string, string>
  let program: Program | undefined
  const closes: (() => Promise<unknown>)[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pressroom-discord-'))
    discord = createDiscordServer({ guilds })
    slack = createSlackWorkspace({ rateLimits: 'off' })
    sandbox = createSandbox({ processingPolls: 0 })
    const atDiscord = await discord.listen()
    const atSlack = await slack.listen()
    const platforms = await sandbox.listen()
    closes.push(atDiscord.close, slack.close, atSlack.close, platforms.close)
    const at = (name: 'facebook' | 'mastodon') => ({
      name,
      platform: name,
      accessToken: `sandbox-${name}-token`,
      apiUrl: sandbox.apiUrl(platforms.url, name),
    })
    const accounts = [{ ...at('facebook'), pageId: '1029' }, at('mastodon')]
    await writeFile(join(folder, 'accounts.json'), JSON.stringify({ accounts }))
    environment = {
      DISCORD_TOKEN: discord.token,
      DISCORD_APPLICATION_ID: discord.applicationId,
      DISCORD_API_URL: atDiscord.apiUrl,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: atSlack.apiUrl,
      PRESSROOM_DATA_DIR: join(folder, 'data'),
      PRESSROOM_ACCOUNTS: join(folder, 'accounts.json'),
      PRESSROOM_SETTLE_MS: '50',
      PRESSROOM_BACKOFF_MS: '50',
      PRESSROOM_REQUEST_TIMEOUT_MS: '10000',
      PRESSROOM_TIME_ZONE: 'UTC',
      PORT: '0',
    }
    await start()
  }, 120_000)

  afterEach(() => {
    discord.faults.clear()
    for (const platform of ['facebook', 'mastodon'] as const) sandbox.clearFaults(platform)
  })

  afterAll(async () => {
    await program?.stop()
    for (const close of closes.splice(0)) await close()
    await rm(folder, { recursive: true, force: true })
  })

  async function start() {
    const log = createLog({ level: 'silent', redactor: createRedactor() })
    const overrides = { log, host: '127.0.0.1', unpaced: true, telling: QUICK } as const
    program = await startProgram(readSettings(environment), environment, 'start', overrides)
  }

  const own = (channelId: string) =>
    discord
      .messages(channelId)
      .filter(({ author, type }) => author.id === discord.applicationId && type !== 21)
  const root = (excerpt: string) => {
    const found = own(CHANNEL).find((message) => textOf(message).includes(excerpt))
    if (!found) throw new Error(`no post "${excerpt}" in the channel`)
    return found
  }
  const inThread = (excerpt: string) => own(root(excerpt).id)
  const card = (excerpt: string, account: string) => {
    const found = inThread(excerpt).find((one) => textOf(one).includes(`**${account}**: `))
    if (!found) throw new Error(`no message for ${account}`)
    return found
  }
  const buttons = (message: object) =>
    [...JSON.stringify(message).matchAll(/"custom_id":"([^"]+)"/g)].map(([, id = '']) => id)
  const press = async (who: string, message: ReturnType<typeof root>, action: string) => {
    const id = buttons(message).find((one) => one.startsWith(`${action}:`))
    if (id === undefined) throw new Error(`no ${action} among ${buttons(message)}`)
    return discord.as(who).click(message, id)
  }
  const until = (look: () => unknown) =>
    discord.waitFor(() => {
      try {
        return look()
      } catch {
        return false
      }
    }, 15_000)
  const publish = (text: string, options: Record<string, string> = {}) =>
    discord.as(ANA).slash('publish', { subcommand: 'post', options: { text, ...options } }, CHANNEL)
  const live = (platform: 'facebook' | 'mastodon', text: string) =>
    sandbox.live(platform).filter((post) => post.text === text).length
  const shown = (excerpt: string) =>
    own(CHANNEL).filter((message) => textOf(message).includes(excerpt)).length

  it('publishes, tells what failed, sends only that again, and says when all is live', async () => {
    sandbox.addFault('facebook', refuse)
    const { ackMs } = await publish('Grand opening')
    expect(ackMs).toBeLessThan(1_000)
    await until(() => textOf(root('Grand opening')).includes('**1 live** · **1 failed**'))
    expect(textOf(card('Grand opening', 'facebook'))).toMatch(
      /^🔴 \*\*facebook\*\*: failed <t:\d+:f>/,
    )
    expect(textOf(card('Grand opening', 'mastodon'))).toContain('[open](<')
    await until(() => inThread('Grand opening').some(({ content }) => content.includes('failed')))
    expect(discord.notifications(ANA)).toHaveLength(1)
    await press(BEN, card('Grand opening', 'facebook'), 'retry_failed')
    await until(() =>
      inThread('Grand opening').some(({ content }) => content.includes('All 2 live')),
    )
    expect(textOf(root('Grand opening'))).toContain('**2 live** · 0 failed')
    expect(textOf(card('Grand opening', 'facebook'))).toContain(`Retried by <@${BEN}>`)
    expect(live('facebook', 'Grand opening')).toBe(1)
    expect(live('mastodon', 'Grand opening')).toBe(1)
    expect(shown('Grand opening')).toBe(1)
    expect(discord.threads(CHANNEL)).toMatchObject([{ name: 'Grand opening' }])
  })

  it('shows each post only in the chat it came from', async () => {
    await publish('From Discord', { to: 'mastodon' })
    await slack.as('U000000ANA').slash('/publish', 'From Slack to:mastodon', SLACK_CHANNEL)
    await until(() => textOf(root('From Discord')).includes('**1 live**'))
    const inSlack = () => slack.messages(SLACK_CHANNEL).map(({ text }) => text)
    await slack.waitFor(() => inSlack().some((text) => text?.includes('From Slack (1 live)')))
    expect(inSlack().join()).not.toContain('From Discord')
    expect(shown('From Slack')).toBe(0)
    expect([live('mastodon', 'From Discord'), live('mastodon', 'From Slack')]).toEqual([1, 1])
  })

  it('asks a person when nobody can know, and takes one answer', async () => {
    // The post is accepted, no answer comes, and nothing can be read afterwards.
    sandbox.addFault('facebook', lose(1))
    sandbox.addFault('facebook', { on: 'read', when: 'before', kind: 'reset', times: 'always' })
    await publish('Hard to say', { to: 'facebook' })
    await until(() => textOf(card('Hard to say', 'facebook')).startsWith('🟠'))
    await until(() =>
      inThread('Hard to say').some(({ content }) => content.includes('may be live or not')),
    )
    const message = card('Hard to say', 'facebook')
    expect(buttons(message).map((id) => id.split(':')[0])).toEqual([
      'confirm_live',
      'deny_live',
      'add_note',
    ])
    discord.faults.doubleInteractions(2)
    await Promise.all([press(ANA, message, 'confirm_live'), press(BEN, message, 'confirm_live')])
    await until(() => textOf(root('Hard to say')).includes('**1 live**'))
    expect(textOf(card('Hard to say', 'facebook'))).toMatch(/confirmed by <@9000000000000001\d\d>/)
    expect(live('facebook', 'Hard to say')).toBe(1)
  })

  it('catches up after lost answers, limits and a dropped gateway, with nothing twice', async () => {
    discord.faults.loseAnswer(POST)
    discord.faults.loseAnswer('POST /channels/:channel/messages/:message/threads')
    discord.faults.slow(POST, 1)
    discord.faults.status(POST, 502, 1, { afterWork: true })
    discord.faults.rateLimit('PATCH /channels/:channel/messages/:message', 2, 0.2)
    const delivered = publish('Stormy weather')
    discord.dropGateway({ resumable: true })
    expect((await delivered).problem).toBeNull()
    await until(() =>
      inThread('Stormy weather').some(({ content }) => content.includes('All 2 live')),
    )
    expect(shown('Stormy weather')).toBe(1)
    expect(inThread('Stormy weather')).toHaveLength(3)
    expect(textOf(root('Stormy weather'))).toContain('**2 live**')
    expect(live('facebook', 'Stormy weather')).toBe(1)
    expect(live('mastodon', 'Stormy weather')).toBe(1)
  })

  it('goes on where it was after a restart', async () => {
    sandbox.addFault('facebook', { ...refuse, times: 'always' })
    await publish('Before and after')
    await until(() => root('Before and after'))
    await program?.stop()
    sandbox.clearFaults('facebook')
    await start()
    await until(() => textOf(root('Before and after')).includes('**1 live** · **1 failed**'))
    await press(ANA, root('Before and after'), 'retry_failed')
    await until(() =>
      inThread('Before and after').some(({ content }) => content.includes('All 2 live')),
    )
    expect(shown('Before and after')).toBe(1)
    expect(live('facebook', 'Before and after')).toBe(1)
    const registrations = discord.calls().filter(({ method }) => method === 'PUT')
    expect(registrations).toHaveLength(1)
  })
})
