import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { COMMANDS } from '../../../src/bot/discord/commands.js'
import { createDiscord } from '../../../src/bot/discord/index.js'
import { ConfigError } from '../../../src/config.js'
import { createDiscordServer } from '../../../src/sandbox/discord/server.js'
import { testDatabases } from '../../support/database.js'
import { ANA, CHANNEL, GUILD, guilds } from './chat-stage.js'
import { createStage, pauses, type Stage } from './stage.js'

const COMMANDS_PUT = '/applications/:app/commands'
const [embedded] = testDatabases()
if (!embedded) throw new Error('the embedded engine is always there')

describe('the connection to Discord', () => {
  const database = embedded.use()
  let stage: Stage

  afterEach(() => stage.close())

  const registrations = () =>
    stage.discord.calls().filter(({ method, route }) => method === 'PUT' && route === COMMANDS_PUT)
      .length

  it('registers the commands once, and again only when they differ', async () => {
    stage = await createStage(database())
    await stage.client.start()
    expect(stage.discord.commands().map(({ name }) => name)).toEqual(['publish', 'scorecard'])
    await stage.client.stop()
    const again = createDiscord(stage.settings, stage.deps)
    await again.start()
    await again.stop()
    expect(registrations()).toBe(1)
    const [publish] = stage.discord.commands()
    const changed = { ...publish, description: 'An older version' }
    await send('POST', `/applications/${stage.settings.applicationId}/commands`, changed)
    await send('POST', `/applications/${stage.settings.applicationId}/commands`, {
      name: 'ping',
      description: 'Of another program',
    })
    const third = createDiscord(stage.settings, stage.deps)
    await third.start()
    await third.stop()
    expect(registrations()).toBe(2)
    const now = stage.discord.commands()
    expect(now.map(({ name }) => name).sort()).toEqual(['ping', 'publish', 'scorecard'])
    expect(now.find(({ name }) => name === 'publish')?.description).toBe(COMMANDS[0]?.description)
  })

  async function send(method: string, path: string, body: unknown) {
    await fetch(`${stage.settings.apiUrl}/v10${path}`, {
      method,
      headers: {
        authorization: `Bot ${stage.discord.token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    })
  }

  it.each([
    ['a refused token', { token: 'MTIz.wrong.token' }, /^DISCORD_TOKEN is refused by Discord/],
    [
      'a token of another application',
      { applicationId: '1100000000000000099' },
      /^DISCORD_APPLICATION_ID is 1100000000000000099, and DISCORD_TOKEN belongs to/,
    ],
  ])('names %s', async (_what, settings, words) => {
    stage = await createStage(database(), {}, { settings })
    const refused = await stage.client.start().catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(ConfigError)
    expect((refused as Error).message).toMatch(words)
    expect((refused as Error).message).not.toContain('wrong.token')
  })

  it('names a token that only the gateway refuses', async () => {
    stage = await createStage(database())
    const other = createDiscordServer({ token: 'MTIz.another.token', guilds })
    const { apiUrl, close } = await other.listen()
    onTestFinished(close)
    // Answers for the one, and sends to the gateway of the other.
    const mixed = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const url = `${apiUrl.replace('http', 'ws').replace('/api', '/gateway')}`
      const limit = { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 1 }
      response.end(JSON.stringify({ url, shards: 1, session_start_limit: limit }))
    })
    await new Promise<void>((resolve) => mixed.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void mixed.close())
    const { port } = mixed.address() as AddressInfo
    const settings = { ...stage.settings, apiUrl: `http://127.0.0.1:${port}/api` }
    const client = createDiscord(settings, stage.deps, { pauses })
    await expect(client.start()).rejects.toThrow(/^DISCORD_TOKEN is refused by Discord/)
  })

  it('keeps trying while Discord cannot be reached, and says so', async () => {
    stage = await createStage(database())
    stage.discord.faults.failBefore('GET /gateway/bot', 6)
    stage.discord.faults.status('GET /applications/:app/commands', 503, 2)
    await stage.client.start()
    expect(stage.logged.join('\n')).toContain('Discord cannot be reached (')
    // It listens already; the commands follow as soon as Discord takes them.
    await stage.discord.waitFor(() => stage.discord.commands().length > 0)
    const { interactionId } = await stage.discord
      .as(ANA)
      .slash('publish', { subcommand: 'help' }, CHANNEL)
    await stage.answers(interactionId)
  })

  it('can be stopped while it keeps trying', async () => {
    stage = await createStage(database())
    stage.discord.faults.failBefore('GET /gateway/bot', 1000)
    const started = stage.client.start()
    await stage.discord.waitFor(() => stage.discord.calls().length > 2)
    await stage.client.stop()
    await started
  })

  it('says that it was removed from a server', async () => {
    stage = await createStage(database())
    await stage.client.start()
    stage.discord.removeBot(GUILD)
    await expect
      .poll(() => stage.logged.join('\n'))
      .toContain('removed from Acme: posts of its channels cannot be shown')
  })

  it('goes on when the gateway turns it away for a while', async () => {
    stage = await createStage(database())
    await stage.client.start()
    const closed = new Promise<void>((resolve) => {
      stage.discord.on((event) => {
        if (event.type === 'gateway' && event.action === 'closed') resolve()
      })
    })
    stage.discord.refuseGateway(true)
    stage.discord.dropGateway({ resumable: true })
    await closed
    stage.discord.refuseGateway(false)
    await stage.discord.waitFor(() => stage.discord.gatewaySessions() === 1, 15_000)
    const { interactionId } = await stage.discord
      .as(ANA)
      .slash('publish', { subcommand: 'help' }, CHANNEL)
    await stage.answers(interactionId)
  })
})
