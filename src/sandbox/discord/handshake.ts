import type { WebSocket } from 'ws'
import { z } from 'zod'
import { toGuild } from './guild-view.js'
import type { Dispatch } from './hub.js'
import { INTENTS, KNOWN_INTENTS, PRIVILEGED_INTENTS } from './intents.js'
import { missedSince, type Session, sendTo } from './sessions.js'
import type { World } from './world.js'

const identifySchema = z.object({
  token: z.string(),
  intents: z.int(),
  properties: z.looseObject({}),
})
const resumeSchema = z.object({ token: z.string(), session_id: z.string(), seq: z.int() })

/** How a client's first payload ends. `invalid` is opcode 9: identify anew. */
export type Handshake =
  | { kind: 'session'; session: Session; hello: Dispatch[] }
  | { kind: 'invalid' }
  | { kind: 'close'; code: number; reason: string }

const close = (code: number, reason: string): Handshake => ({ kind: 'close', code, reason })

/**
 * Opcode 2: a new session, which begins with READY and one GUILD_CREATE for each guild.
 * @see https://docs.discord.com/developers/events/gateway-events#identify
 */
export function identify(world: World, socket: WebSocket, d: unknown): Handshake {
  const asked = identifySchema.safeParse(d)
  if (!asked.success) return close(4002, 'Error while decoding payload.')
  const { token, intents } = asked.data
  if (token !== world.token) return close(4004, 'Authentication failed.')
  if (intents & ~KNOWN_INTENTS) return close(4013, 'Invalid intent(s).')
  const refused = PRIVILEGED_INTENTS.some(
    (name) => intents & INTENTS[name] && !world.privilegedIntents.has(name),
  )
  if (refused) return close(4014, 'Disallowed intent(s).')
  const id = world.nextToken().slice(0, 32)
  const session: Session = { id, intents, seq: 0, events: [], socket }
  const present = [...world.guilds.values()].filter(({ hasBot }) => hasBot)
  const ready = {
    v: 10,
    user: { ...world.bot, verified: true, mfa_enabled: false, email: null },
    guilds: present.map((guild) => ({ id: guild.id, unavailable: true })),
    session_id: id,
    session_type: 'normal',
    resume_gateway_url: `${world.baseUrl.replace(/^http/, 'ws')}/gateway/resume`,
    shard: [0, 1],
    application: { id: world.applicationId, flags: 0 },
    user_settings: {},
    private_channels: [],
    presences: [],
    relationships: [],
  }
  const guilds = present.map(
    (guild): Dispatch => ({
      t: 'GUILD_CREATE',
      d: toGuild(world, guild, true),
      intent: INTENTS.GUILDS,
    }),
  )
  return { kind: 'session', session, hello: [{ t: 'READY', d: ready }, ...guilds] }
}

/**
 * Opcode 6: takes a session over and replays what its client missed, then RESUMED.
 * @see https://docs.discord.com/developers/events/gateway#resuming
 */
export function resume(
  world: World,
  sessions: ReadonlyMap<string, Session>,
  socket: WebSocket,
  d: unknown,
): Handshake {
  const asked = resumeSchema.safeParse(d)
  if (!asked.success) return close(4002, 'Error while decoding payload.')
  if (asked.data.token !== world.token) return close(4004, 'Authentication failed.')
  const session = sessions.get(asked.data.session_id)
  if (!session) return { kind: 'invalid' }
  if (asked.data.seq > session.seq) return close(4007, 'Invalid seq.')
  const missed = missedSince(session, asked.data.seq)
  if (!missed) return { kind: 'invalid' }
  const before = session.socket
  session.socket = socket
  before?.terminate()
  for (const event of missed) sendTo(socket, { op: 0, ...event })
  return { kind: 'session', session, hello: [{ t: 'RESUMED', d: {} }] }
}
