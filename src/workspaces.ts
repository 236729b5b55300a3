import type { WorkspaceOf } from './api/index.js'
import type { Settings } from './config.js'

/**
 * The chats that the settings name, each with the workspace that a channel of it belongs to. Each
 * chat's library is loaded only for those who have the chat.
 */
export async function workspacesOf({
  slack,
  discord,
}: Pick<Settings, 'slack' | 'discord'>): Promise<ReadonlyMap<'slack' | 'discord', WorkspaceOf>> {
  const chats = new Map<'slack' | 'discord', WorkspaceOf>()
  if (slack) {
    const { slackWorkspaceOf } = await import('./bot/slack/workspace-of.js')
    chats.set('slack', slackWorkspaceOf(slack))
  }
  if (discord) {
    const { discordWorkspaceOf } = await import('./bot/discord/workspace-of.js')
    chats.set('discord', discordWorkspaceOf(discord))
  }
  return chats
}
