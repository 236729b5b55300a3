import { Client, GatewayDispatchEvents, GatewayIntentBits, Options } from 'discord.js'
import type { DiscordSettings } from '../../config.js'
import type { Log } from '../../log.js'
import { restOptions } from './rest.js'

interface Packet {
  readonly t: string
  readonly d: unknown
}
type HandlePacket = (packet: Packet | undefined, shard: unknown) => boolean

/**
 * A client that keeps what it is told of servers and channels, and hands interactions on as they
 * arrive. Only slash commands, buttons and forms are listened to: they need no intent but the servers.
 */
export function createClient(
  settings: DiscordSettings,
  { log, take }: { log: Log; take: (interaction: unknown) => void },
): Client {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    rest: { ...restOptions(settings), retries: 3 },
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      ReactionManager: 0,
      GuildMemberManager: {
        maxSize: 50,
        keepOverLimit: (member) => member.id === member.client.user.id,
      },
    }),
  })
  shield(client, log, take)
  return client
}

/**
 * discord.js makes objects of what the gateway sends, throws where a field is missing that it counts
 * on, and ends the process by throwing. Nothing of an interaction is read by it; anything else that
 * it cannot read is left out, and said in the log.
 */
function shield(client: Client, log: Log, take: (interaction: unknown) => void): void {
  // Not part of its public face; the tests see it when this is no longer called.
  const gateway = client.ws as unknown as { handlePacket: HandlePacket }
  const handlePacket = gateway.handlePacket.bind(gateway)
  gateway.handlePacket = (packet, shard) => {
    if (packet?.t === GatewayDispatchEvents.InteractionCreate) {
      take(packet.d)
      return true
    }
    try {
      return handlePacket(packet, shard)
    } catch (error) {
      const { message } = error as Error
      log.warn({ event: packet?.t, error: message }, 'discord.js could not read an event')
      return false
    }
  }
}
