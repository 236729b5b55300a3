import { may } from './access.js'
import type { Channel, User } from './model.js'
import type { MessageFields } from './validate/message.js'
import type { World } from './world.js'

export interface Mentions {
  mentions: User[]
  mention_roles: string[]
  mention_everyone: boolean
}

/**
 * Whom a text mentions, within what `allowed_mentions` lets through: everybody named when it is
 * missing, else only the kinds and ids it lists.
 * @see https://docs.discord.com/developers/resources/message#allowed-mentions-object
 */
export function mentionsIn(
  world: World,
  channel: Channel,
  authorId: string,
  content: string,
  allowed: MessageFields['allowed_mentions'],
): Mentions {
  const lets = (kind: 'users' | 'roles', id: string) =>
    !allowed || allowed.parse?.includes(kind) || allowed[kind]?.includes(id)
  const guild = world.guilds.get(channel.guild_id)
  const ids = (pattern: RegExp) => new Set([...content.matchAll(pattern)].map(([, id = '']) => id))
  const mayMentionAll = may(world, channel, authorId, 'MENTION_EVERYONE')
  return {
    mentions: [...ids(/<@!?(\d+)>/g)]
      .filter((id) => lets('users', id))
      .flatMap((id) => world.users.get(id) ?? []),
    mention_roles: [...ids(/<@&(\d+)>/g)].filter((id) => {
      const role = guild?.roles.find((one) => one.id === id)
      return role !== undefined && (role.mentionable || mayMentionAll) && lets('roles', id)
    }),
    mention_everyone:
      /@(everyone|here)\b/.test(content) &&
      mayMentionAll &&
      (!allowed || allowed.parse?.includes('everyone') === true),
  }
}

/** Everybody a new message in this channel rings for, its author excepted. */
export function notified(world: World, channel: Channel, authorId: string, found: Mentions) {
  const members = [...(world.guilds.get(channel.guild_id)?.members.values() ?? [])]
  return members
    .filter(
      ({ user, roles }) =>
        found.mention_everyone ||
        found.mentions.some(({ id }) => id === user.id) ||
        roles.some((role) => found.mention_roles.includes(role)),
    )
    .map(({ user }) => user.id)
    .filter((id) => id !== authorId && id !== world.bot.id)
}
