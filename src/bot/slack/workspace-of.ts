import type { SlackSettings } from '../../config.js'
import { createSlackClient } from './chat.js'

/** The team that every channel of an installation belongs to; asked once. */
export function slackWorkspaceOf({
  botToken,
  apiUrl,
}: Pick<SlackSettings, 'botToken' | 'apiUrl'>): () => Promise<string | undefined> {
  const client = createSlackClient(botToken, apiUrl)
  let team: string | undefined
  return async () => {
    team ??= (await client.auth.test()).team_id
    return team
  }
}
