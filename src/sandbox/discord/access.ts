import { refusal } from './errors.js'
import { type Channel, type Guild, isThread, type TextChannel, type Thread } from './model.js'
import { PERMISSIONS, type PermissionName, permissionsIn } from './permissions.js'
import type { World } from './world.js'

/** A guild with the bot in it. @throws ApiError 10004 */
export function guildOf(world: World, guildId: string): Guild {
  const guild = world.guilds.get(guildId)
  if (!guild?.hasBot) throw refusal('unknownGuild')
  return guild
}

/** The guild's text channels. */
export function channelsOf(world: World, guildId: string): TextChannel[] {
  return [...world.channels.values()].filter(
    (channel): channel is TextChannel => channel.guild_id === guildId && !isThread(channel),
  )
}

/** The guild's threads that are not archived. */
export function activeThreads(world: World, guildId: string): Thread[] {
  return [...world.channels.values()].filter(
    (channel): channel is Thread =>
      channel.guild_id === guildId && isThread(channel) && !channel.thread_metadata.archived,
  )
}

/** The text channel whose permissions count: the parent, for a thread. */
export function permissionChannel(world: World, channel: Channel): TextChannel | null {
  if (!isThread(channel)) return channel
  const parent = world.channels.get(channel.parent_id)
  return parent && !isThread(parent) ? parent : null
}

/** Whether a member has a permission in a channel. */
export function may(world: World, channel: Channel, userId: string, name: PermissionName): boolean {
  const guild = world.guilds.get(channel.guild_id)
  if (!guild) return false
  const bits = permissionsIn(guild, permissionChannel(world, channel), userId)
  return (bits & PERMISSIONS[name]) !== 0n
}

/** A channel the bot can see. @throws ApiError 10003 when there is none, 50001 when it may not */
export function channelForBot(world: World, channelId: string): Channel {
  const channel = world.channels.get(channelId)
  if (!channel) throw refusal('unknownChannel')
  if (!world.guilds.get(channel.guild_id)?.hasBot) throw refusal('missingAccess')
  if (!may(world, channel, world.bot.id, 'VIEW_CHANNEL')) throw refusal('missingAccess')
  return channel
}

/** @throws ApiError 50013 unless the bot has every one of them in the channel */
export function requirePermissions(world: World, channel: Channel, names: PermissionName[]): void {
  if (names.every((name) => may(world, channel, world.bot.id, name))) return
  throw refusal('missingPermissions')
}
