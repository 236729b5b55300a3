import type { Guild, Overwrite, TextChannel } from './model.js'

/** @see https://docs.discord.com/developers/topics/permissions */
export const PERMISSIONS = {
  ADMINISTRATOR: 1n << 3n,
  MANAGE_CHANNELS: 1n << 4n,
  MANAGE_GUILD: 1n << 5n,
  ADD_REACTIONS: 1n << 6n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  MANAGE_MESSAGES: 1n << 13n,
  EMBED_LINKS: 1n << 14n,
  ATTACH_FILES: 1n << 15n,
  READ_MESSAGE_HISTORY: 1n << 16n,
  MENTION_EVERYONE: 1n << 17n,
  USE_APPLICATION_COMMANDS: 1n << 31n,
  MANAGE_THREADS: 1n << 34n,
  CREATE_PUBLIC_THREADS: 1n << 35n,
  CREATE_PRIVATE_THREADS: 1n << 36n,
  SEND_MESSAGES_IN_THREADS: 1n << 38n,
} as const

export type PermissionName = keyof typeof PERMISSIONS

/** What everybody may do in a new guild, the bot included, unless the test says otherwise. */
export const ORDINARY_PERMISSIONS: readonly PermissionName[] = [
  'ADD_REACTIONS',
  'VIEW_CHANNEL',
  'SEND_MESSAGES',
  'EMBED_LINKS',
  'ATTACH_FILES',
  'READ_MESSAGE_HISTORY',
  'USE_APPLICATION_COMMANDS',
  'CREATE_PUBLIC_THREADS',
  'CREATE_PRIVATE_THREADS',
  'SEND_MESSAGES_IN_THREADS',
]

const EVERYTHING = Object.values(PERMISSIONS).reduce((all, bit) => all | bit, 0n)

/** The bit set Discord writes for these names. */
export function permissionBits(names: readonly PermissionName[]): bigint {
  return names.reduce((bits, name) => bits | PERMISSIONS[name], 0n)
}

/**
 * What a member may do in a channel: roles first, then the channel's overwrites for everyone, the
 * roles and the member, in that order.
 * @see https://docs.discord.com/developers/topics/permissions#permission-overwrites
 */
export function permissionsIn(guild: Guild, channel: TextChannel | null, userId: string): bigint {
  const roleIds = new Set([guild.id, ...(guild.members.get(userId)?.roles ?? [])])
  let bits = guild.roles
    .filter((role) => roleIds.has(role.id))
    .reduce((sum, role) => sum | BigInt(role.permissions), 0n)
  if (bits & PERMISSIONS.ADMINISTRATOR) return EVERYTHING
  const overwrites = channel?.permission_overwrites ?? []
  const apply = (matching: Overwrite[]) => {
    for (const { deny } of matching) bits &= ~BigInt(deny)
    for (const { allow } of matching) bits |= BigInt(allow)
  }
  apply(overwrites.filter(({ id }) => id === guild.id))
  apply(overwrites.filter(({ id, type }) => type === 0 && id !== guild.id && roleIds.has(id)))
  apply(overwrites.filter(({ id, type }) => type === 1 && id === userId))
  return bits
}

/** Adds a denial for one member to a channel; the same shape a server admin's click leaves. */
export function withDenial(
  overwrites: readonly Overwrite[],
  userId: string,
  names: readonly PermissionName[],
): Overwrite[] {
  const own = overwrites.find(({ id, type }) => type === 1 && id === userId)
  const denied = BigInt(own?.deny ?? '0') | permissionBits(names)
  const rest = overwrites.filter((overwrite) => overwrite !== own)
  return [...rest, { id: userId, type: 1, allow: own?.allow ?? '0', deny: denied.toString() }]
}
