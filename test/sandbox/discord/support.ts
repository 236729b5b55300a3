import { Client, type ClientOptions, Events, GatewayIntentBits } from 'discord.js'
import { Agent } from 'undici'
import { onTestFinished } from 'vitest'
import {
  createDiscordServer,
  type DiscordServer,
  type DiscordServerOptions,
} from '../../../src/sandbox/discord/server.js'

export const GUILD = '900000000000000001'
export const GENERAL = '900000000000000010'
export const OTHER = '900000000000000011'
export const EDITORS = '900000000000000020'
export const ADA = '900000000000000100'
export const BEN = '900000000000000101'

export interface Running {
  discord: DiscordServer
  apiUrl: string
}

/** A local Discord with one guild, two channels and two people, closed after the test. */
export async function startDiscord(options: DiscordServerOptions = {}): Promise<Running> {
  const discord = createDiscordServer({
    guilds: [
      {
        id: GUILD,
        name: 'Acme',
        channels: [
          { id: GENERAL, name: 'general' },
          { id: OTHER, name: 'other' },
        ],
        members: [
          { id: ADA, name: 'Ada', roles: [EDITORS] },
          { id: BEN, name: 'Ben' },
        ],
        roles: [{ id: EDITORS, name: 'editors', permissions: ['MANAGE_GUILD'] }],
      },
    ],
    ...options,
  })
  const { apiUrl, close } = await discord.listen()
  onTestFinished(close)
  return { discord, apiUrl }
}

const agent = new Agent()

/** A real discord.js client, ready, pointed at the local Discord and ended after the test. */
export async function login(
  { discord, apiUrl }: Running,
  options: Partial<ClientOptions> = {},
): Promise<Client<true>> {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages],
    ...options,
    // As the product does it: files need connections of discord.js's own undici.
    rest: { api: apiUrl, version: '10', agent, ...options.rest },
  })
  onTestFinished(() => client.destroy())
  const ready = new Promise<Client<true>>((resolve) => {
    client.once(Events.ClientReady, resolve)
  })
  await client.login(discord.token)
  return ready
}

/** A request as any other program would make it. */
export async function request(
  { discord, apiUrl }: Running,
  line: `${string} ${string}`,
  body?: unknown,
) {
  const [method = 'GET', path] = line.split(' ')
  const response = await fetch(`${apiUrl}/v10${path}`, {
    method,
    headers: {
      authorization: `Bot ${discord.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? null : JSON.parse(text),
  }
}
