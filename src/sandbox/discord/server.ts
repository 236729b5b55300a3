import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createApi } from './api.js'
import { createFaults, type Faults } from './faults.js'
import { fileAt } from './files.js'
import { createGateway, type GatewayDrop } from './gateway.js'
import { toGuild } from './guild-view.js'
import type { Call, Hub, ServerEvent } from './hub.js'
import { INTENTS } from './intents.js'
import { type InteractionReplies, repliesTo } from './interactions.js'
import { publicMessages } from './message-view.js'
import { type Command, isThread, type Message, type OpenModal, type Thread } from './model.js'
import { createPerson, type Person } from './people.js'
import { type PermissionName, withDenial } from './permissions.js'
import { createRateLimits, DISCORD_RATE_LIMITS, type RateLimitRule } from './rate-limits.js'
import { archiveQuietThreads } from './threads.js'
import { createWorld, type Notification, type WorldOptions } from './world.js'

export interface DiscordServerOptions extends WorldOptions {
  /** Default the limits real bots see; `[]` for none. */
  rateLimits?: readonly RateLimitRule[]
  /** How often clients have to send a heartbeat; Discord's own number is about 41,250. */
  heartbeatMs?: number
}

/** A local Discord: what it holds, what people can do on it, and what can go wrong with it. */
export interface DiscordServer {
  readonly applicationId: string
  readonly token: string
  /** Listens on 127.0.0.1. `apiUrl` is what a client takes as `rest.api`. */
  listen(port?: number): Promise<{ apiUrl: string; close(): Promise<void> }>

  /** What was said in a channel or thread, oldest first; ephemeral messages and system lines not. */
  messages(channelId: string): Message[]
  /** A channel's threads, archived ones too. */
  threads(channelId: string): Thread[]
  /** Registered commands: global ones, or those of one guild. */
  commands(guildId?: string): Command[]
  interactionReplies(interactionId: string): InteractionReplies
  /** Forms standing open on somebody's screen. */
  modals(userId: string): OpenModal[]
  /** New messages that rang for somebody; edits never do. */
  notifications(userId: string): Notification[]
  as(userId: string): Person

  readonly faults: Faults
  /** Sessions with a client connected. */
  gatewaySessions(): number
  dropGateway(options: GatewayDrop): void
  refuseGateway(on: boolean): void
  silenceGateway(on: boolean): void
  removeBot(guildId: string): void
  inviteBot(guildId: string): void
  /** Takes a permission in a channel from the bot; the function returned gives it back. */
  denyPermission(channelId: string, permission: PermissionName): () => void

  calls(): Call[]
  on(listener: (event: ServerEvent) => void): () => void
  /** Resolves with the first truthy result; looks again after every event. */
  waitFor: Hub['waitFor']
}

/** Makes a local Discord. Nothing leaves the machine, and nothing is kept after it is closed. */
export function createDiscordServer(options: DiscordServerOptions = {}): DiscordServer {
  const world = createWorld(options)
  const { hub } = world
  const faults = createFaults()
  const api = createApi(world, faults, createRateLimits(options.rateLimits ?? DISCORD_RATE_LIMITS))
  // An error here is a mistake of this server, not of the app: say so instead of ending the process.
  const serve = (request: IncomingMessage, response: ServerResponse) =>
    api.handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500).end(`the local Discord failed: ${error}`)
    })
  const http = createServer((request, response) => {
    const address = request.url ?? '/'
    if (!URL.canParse(address, world.baseUrl)) return response.writeHead(400).end()
    const url = new URL(address, world.baseUrl)
    if (!/^\/(ephemeral-)?attachments\//.test(url.pathname)) return serve(request, response)
    const file = fileAt(world, url)
    if (!file) return response.writeHead(404).end('This content is no longer available.')
    response.writeHead(200, { 'content-type': file.contentType }).end(file.data)
  })
  const gateway = createGateway(world, http, options.heartbeatMs ?? 41_250)

  const botIsIn = (guildId: string, hasBot: boolean) => {
    const guild = world.guilds.get(guildId)
    if (!guild) throw new Error(`there is no guild ${guildId}`)
    guild.hasBot = hasBot
    const joined = { t: 'GUILD_CREATE', d: toGuild(world, guild, true) }
    const left = { t: 'GUILD_DELETE', d: { id: guildId } }
    hub.dispatch({ ...(hasBot ? joined : left), intent: INTENTS.GUILDS })
  }

  return {
    applicationId: world.applicationId,
    token: world.token,
    async listen(port = 0) {
      await new Promise<void>((resolve, reject) => {
        http.once('error', reject).listen(port, '127.0.0.1', resolve)
      })
      const address = http.address()
      if (address === null || typeof address === 'string') throw new Error('no TCP address')
      world.baseUrl = `http://127.0.0.1:${address.port}`
      const close = () =>
        new Promise<void>((resolve) => {
          for (const { settle, response } of world.interactions.values()) if (!response) settle()
          hub.close()
          gateway.close()
          http.close(() => resolve())
          http.closeAllConnections()
        })
      return { apiUrl: `${world.baseUrl}/api`, close }
    },
    messages: (channelId) => publicMessages(world, channelId),
    threads(channelId) {
      archiveQuietThreads(world)
      const all = [...world.channels.values()].filter(isThread)
      return structuredClone(all.filter((thread) => thread.parent_id === channelId))
    },
    commands: (guildId) =>
      structuredClone([...world.commands.values()].filter(({ guild_id }) => guild_id === guildId)),
    interactionReplies: (interactionId) => repliesTo(world, interactionId),
    modals: (userId) => [...world.modals.values()].filter((modal) => modal.userId === userId),
    notifications: (userId) => world.notifications.filter((one) => one.userId === userId),
    as: (userId) => createPerson(world, userId, () => faults.takeDouble()),
    faults,
    gatewaySessions: () => gateway.connected(),
    dropGateway: (drop) => gateway.drop(drop),
    refuseGateway: (on) => gateway.refuse(on),
    silenceGateway: (on) => gateway.silence(on),
    removeBot: (guildId) => botIsIn(guildId, false),
    inviteBot: (guildId) => botIsIn(guildId, true),
    denyPermission(channelId, permission) {
      const channel = world.channels.get(channelId)
      if (!channel || isThread(channel)) throw new Error(`there is no text channel ${channelId}`)
      const before = channel.permission_overwrites
      const change = (overwrites: typeof before) => {
        channel.permission_overwrites = overwrites
        hub.dispatch({ t: 'CHANNEL_UPDATE', d: channel, intent: INTENTS.GUILDS })
      }
      change(withDenial(before, world.bot.id, [permission]))
      return () => change(before)
    },
    calls: () => api.calls.map((call) => ({ ...call })),
    on: (listener) => hub.on(listener),
    waitFor: (look, timeoutMs) => hub.waitFor(look, timeoutMs),
  }
}
