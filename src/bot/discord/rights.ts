import { type Client, PermissionFlagsBits, PermissionsBitField } from 'discord.js'

/** What the bot must be allowed in a channel to show posts there, as Discord's settings call it. */
const NEEDED = {
  'View Channel': PermissionFlagsBits.ViewChannel,
  'Send Messages': PermissionFlagsBits.SendMessages,
  'Create Public Threads': PermissionFlagsBits.CreatePublicThreads,
  'Send Messages in Threads': PermissionFlagsBits.SendMessagesInThreads,
  'Read Message History': PermissionFlagsBits.ReadMessageHistory,
  'Attach Files': PermissionFlagsBits.AttachFiles,
} as const
export type Right = keyof typeof NEEDED

/** All of them as one number, for the address that invites the bot. */
const INVITED_WITH = Object.values(NEEDED).reduce((all, bit) => all | bit, 0n)

/** Where a person invites the bot to a server, with everything it needs there. */
export function inviteAddress(applicationId: string): string {
  return `https://discord.com/oauth2/authorize?client_id=${applicationId}&scope=bot+applications.commands&permissions=${INVITED_WITH}`
}

/** Without these nothing at all can be shown in a channel. */
export const VITAL: readonly Right[] = ['View Channel', 'Send Messages']

/** Names of the rights that are missing from a permission bit set. */
export function lackingIn(permissions: bigint): Right[] {
  const held = new PermissionsBitField(permissions)
  return (Object.keys(NEEDED) as Right[]).filter((name) => !held.has(NEEDED[name]))
}

/**
 * The rights the bot lacks in a channel, as far as the gateway has told.
 * @returns undefined when nothing is known about the channel
 */
export function lackingRights(client: Client | undefined, channelId: string): Right[] | undefined {
  const channel = client?.channels.cache.get(channelId)
  if (!client?.user || !channel || channel.isDMBased()) return undefined
  const permissions = channel.permissionsFor(client.user)
  return permissions ? lackingIn(permissions.bitfield) : undefined
}
