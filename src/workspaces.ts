import type { WorkspaceOf } from './api/index.js'
import { discordWorkspaceOf } from './bot/discord/workspace-of.js'
import { slackWorkspaceOf } from './bot/slack/workspace-of.js'
import type { Settings } from './config.js'

/** The chats that the settings name, each with the workspace that a channel of it belongs to. */
export function workspacesOf({
  slack,
  discord,
}: Pick<Settings, 'slack' | 'discord'>): ReadonlyMap<'slack' | 'discord', WorkspaceOf> {
  return new Map<'slack' | 'discord', WorkspaceOf>([
    ...(slack ? [['slack', slackWorkspaceOf(slack)] as const] : []),
    ...(discord ? [['discord', discordWorkspaceOf(discord)] as const] : []),
  ])
}
