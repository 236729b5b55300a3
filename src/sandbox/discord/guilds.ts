import { z } from 'zod'
import type { Guild, Member, Role, TextChannel } from './model.js'
import {
  ORDINARY_PERMISSIONS,
  PERMISSIONS,
  type PermissionName,
  permissionBits,
  withDenial,
} from './permissions.js'
import { isSnowflake } from './snowflake.js'
import { userFrom, type World } from './world.js'

const id = z.string().refine(isSnowflake, 'an id has 17 to 20 digits')
const guildOptions = z.object({
  id,
  name: z.string(),
  channels: z.array(z.object({ id, name: z.string() })),
  members: z.array(z.object({ id, name: z.string(), roles: z.array(id).optional() })),
  roles: z
    .array(
      z.object({
        id,
        name: z.string(),
        permissions: z.array(z.literal(Object.keys(PERMISSIONS) as PermissionName[])).optional(),
        mentionable: z.boolean().optional(),
      }),
    )
    .optional(),
})

/** A guild as a test describes it. All ids are snowflakes, as the real client expects. */
export type GuildOptions = z.input<typeof guildOptions>

/** Adds a guild with the bot in it. @throws ZodError when an id is not a snowflake */
export function guildFrom(world: World, options: GuildOptions, botMay?: PermissionName[]): Guild {
  const { id, name, channels, members, roles = [] } = guildOptions.parse(options)
  const guild: Guild = {
    id,
    name,
    hasBot: true,
    members: new Map(),
    // The role with the guild's own id is @everyone.
    roles: [
      roleFrom(id, '@everyone', permissionBits(ORDINARY_PERMISSIONS), false, 0),
      ...roles.map((role, index) =>
        roleFrom(
          role.id,
          role.name,
          permissionBits(role.permissions ?? []),
          role.mentionable ?? false,
          index + 1,
        ),
      ),
    ],
  }
  for (const member of [{ id: world.bot.id, name: '', roles: [] }, ...members]) {
    const user = world.users.get(member.id) ?? userFrom(member.id, member.name)
    world.users.set(user.id, user)
    guild.members.set(user.id, memberFrom(user, member.roles ?? [], world.clock()))
  }
  const denied = botMay ? ORDINARY_PERMISSIONS.filter((one) => !botMay.includes(one)) : []
  for (const [position, { id: channelId, name: channelName }] of channels.entries()) {
    const channel = channelFrom(guild.id, channelId, channelName, position)
    if (botMay) {
      channel.permission_overwrites = withDenial([], world.bot.id, denied)
      for (const own of channel.permission_overwrites) own.allow = `${permissionBits(botMay)}`
    }
    world.channels.set(channel.id, channel)
  }
  world.guilds.set(guild.id, guild)
  return guild
}

function roleFrom(
  id: string,
  name: string,
  bits: bigint,
  mentionable: boolean,
  position: number,
): Role {
  const colors = { primary_color: 0, secondary_color: null, tertiary_color: null } as const
  const plain = { color: 0, colors, hoist: false, managed: false, icon: null, unicode_emoji: null }
  return { id, name, permissions: `${bits}`, position, mentionable, flags: 0, ...plain }
}

function memberFrom(user: Member['user'], roles: string[], joinedAt: number): Member {
  return {
    user,
    roles,
    joined_at: new Date(joinedAt).toISOString(),
    nick: null,
    avatar: null,
    banner: null,
    premium_since: null,
    deaf: false,
    mute: false,
    pending: false,
    flags: 0,
    communication_disabled_until: null,
  }
}

function channelFrom(guildId: string, id: string, name: string, position: number): TextChannel {
  return {
    id,
    type: 0,
    guild_id: guildId,
    name,
    position,
    permission_overwrites: [],
    topic: null,
    nsfw: false,
    parent_id: null,
    last_message_id: null,
    rate_limit_per_user: 0,
    flags: 0,
  }
}
