import { Client, Events, GatewayIntentBits } from 'discord.js'
import { expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { ADA, GENERAL, GUILD, login, type Running, request, startDiscord } from './support.js'

const PING = [{ name: 'ping', description: 'Is anybody there?' }]

/** A client that has one command, answers it, and counts what reached it. */
async function pinged(running: Running) {
  const client = await login(running)
  client.on(Events.ShardError, () => {})
  await client.application.commands.set(PING)
  const seen: string[] = []
  client.on(Events.InteractionCreate, async (interaction) => {
    seen.push(interaction.id)
    if (interaction.isChatInputCommand()) await interaction.reply('Pong')
  })
  return { client, seen }
}

const gatewayEvent = ({ discord }: Running, action: 'ready' | 'resumed' | 'closed') =>
  new Promise<void>((resolve) => {
    const stop = discord.on((event) => {
      if (event.type !== 'gateway' || event.action !== action) return
      stop()
      resolve()
    })
  })

it.each(['cut', 'asked'] as const)(
  'resumes a session whose connection was %s, with what was missed meanwhile',
  async (how) => {
    const running = await startDiscord()
    const { discord } = running
    const { seen } = await pinged(running)
    const closed = gatewayEvent(running, 'closed')
    const resumed = gatewayEvent(running, 'resumed')
    discord.dropGateway({ resumable: true, how })
    await closed
    const delivery = await discord.as(ADA).slash('ping', {}, GENERAL)
    await resumed
    expect(delivery.response).toMatchObject({ kind: 'message', message: { content: 'Pong' } })
    expect(seen).toEqual([delivery.interactionId])
  },
)

it('makes the client identify anew when the session is gone', async () => {
  const running = await startDiscord()
  const { discord } = running
  const { seen } = await pinged(running)
  const ready = gatewayEvent(running, 'ready')
  discord.dropGateway({ resumable: false })
  await ready
  const delivery = await discord.as(ADA).slash('ping', {}, GENERAL)
  expect(delivery.problem).toBeNull()
  expect(seen).toEqual([delivery.interactionId])
})

it('is left by a client that gets no heartbeat answers, and taken up again', async () => {
  const running = await startDiscord({ heartbeatMs: 400 })
  const { discord } = running
  await pinged(running)
  const closed = gatewayEvent(running, 'closed')
  discord.silenceGateway(true)
  await closed
  const resumed = gatewayEvent(running, 'resumed')
  discord.silenceGateway(false)
  await resumed
  expect((await discord.as(ADA).slash('ping', {}, GENERAL)).problem).toBeNull()
})

it('turns clients away while it refuses, and lets them back in afterwards', async () => {
  const running = await startDiscord()
  const { discord } = running
  const { client } = await pinged(running)
  const refused = new Promise((resolve) => client.once(Events.ShardError, resolve))
  discord.refuseGateway(true)
  discord.dropGateway({ resumable: true })
  await refused
  const resumed = gatewayEvent(running, 'resumed')
  discord.refuseGateway(false)
  await resumed
  expect(discord.gatewaySessions()).toBe(1)
})

it('does not log in a client with a wrong token', async () => {
  const { apiUrl } = await startDiscord()
  const client = new Client({ intents: [], rest: { api: apiUrl, version: '10' } })
  await expect(client.login('MTIz.wrong.token')).rejects.toThrow('An invalid token was provided')
  await client.destroy()
})

it('does not grant privileged intents that the app has not switched on', async () => {
  const running = await startDiscord()
  const client = new Client({
    intents: [GatewayIntentBits.MessageContent],
    rest: { api: running.apiUrl, version: '10' },
  })
  const failed = new Promise<Error>((resolve) => client.once(Events.ShardError, resolve))
  client.login(running.discord.token).catch(() => {})
  expect((await failed).message).toBe('Used disallowed intents')
  await client.destroy()
})

it('keeps what people write to itself unless the app is mentioned', async () => {
  const running = await startDiscord()
  const { discord } = running
  const client = await login(running)
  const heard: string[] = []
  client.on(Events.MessageCreate, (message) => heard.push(message.content))
  discord.as(ADA).say(GENERAL, 'between us')
  discord.as(ADA).say(GENERAL, `hello <@${client.user.id}>`)
  const { body } = await request(running, `GET /channels/${GENERAL}/messages`)
  const contents = [`hello <@${client.user.id}>`, '']
  expect(body.map(({ content }: { content: string }) => content)).toEqual(contents)
  await vi.waitFor(() => expect(heard).toEqual(contents.toReversed()))
})

it('tells the bot when it is removed from a guild and invited again', async () => {
  const running = await startDiscord()
  const client = await login(running)
  const left = new Promise((resolve) => client.once(Events.GuildDelete, resolve))
  running.discord.removeBot(GUILD)
  await left
  expect(await request(running, `GET /channels/${GENERAL}`)).toMatchObject({
    status: 403,
    body: { code: 50001 },
  })
  expect(await request(running, `GET /guilds/${GUILD}`)).toMatchObject({ body: { code: 10004 } })
  await expect(running.discord.as(ADA).slash('ping', {}, GENERAL)).rejects.toThrow()
  const joined = new Promise((resolve) => client.once(Events.GuildCreate, resolve))
  running.discord.inviteBot(GUILD)
  await joined
  expect((await request(running, `GET /channels/${GENERAL}`)).status).toBe(200)
})

it.each([
  ['a payload before identify', [{ op: 4, d: null }], 4003],
  ['something that is not JSON', ['{'], 4002],
  ['a wrong token', [{ op: 2, d: { token: 'x', intents: 0, properties: {} } }], 4004],
  ['an intent that does not exist', [{ op: 2, d: { token: '', intents: 1 << 30 } }], 4013],
])('closes the connection on %s', async (_what, payloads, code) => {
  const { discord, apiUrl } = await startDiscord()
  const socket = new WebSocket(`${apiUrl.replace('http', 'ws').replace('/api', '/gateway')}?v=10`)
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  await new Promise((resolve) => socket.once('open', resolve))
  for (const payload of payloads) {
    if (typeof payload === 'string') socket.send(payload)
    else {
      const d = payload.d && { properties: {}, ...payload.d }
      if (d?.token === '') d.token = discord.token
      socket.send(JSON.stringify({ ...payload, d }))
    }
  }
  expect(await closed).toBe(code)
})

it('gives up a client that sends no heartbeats', async () => {
  const { apiUrl } = await startDiscord({ heartbeatMs: 50 })
  const socket = new WebSocket(`${apiUrl.replace('http', 'ws').replace('/api', '/gateway')}?v=10`)
  expect(await new Promise((resolve) => socket.once('close', resolve))).toBe(4009)
})
