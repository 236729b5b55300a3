import type { SlackSettings } from '../../config.js'
import { createSlackClient } from './chat.js'
import { createMembership } from './membership.js'

/**
 * The team that every channel of an installation belongs to, asked once; undefined for a channel
 * that the bot is not in, where nobody could be told anything.
 */
export function slackWorkspaceOf({
  botToken,
  apiUrl,
}: Pick<SlackSettings, 'botToken' | 'apiUrl'>): (channelId: string) => Promise<string | undefined> {
  const client = createSlackClient(botToken, apiUrl)
  const isMember = createMembership(client, Date.now)
  let team: string | undefined
  return async (channelId) => {
    team ??= (await client.auth.test()).team_id
    return (await isMember(channelId)) ? team : undefined
  }
}
