import { Routes } from 'discord.js'
import type { DiscordSettings } from '../../config.js'
import { createRest } from './rest.js'

/** The guild of a channel; undefined when the bot sees no such channel. */
export function discordWorkspaceOf(
  settings: Pick<DiscordSettings, 'apiUrl' | 'token'>,
): (channelId: string) => Promise<string | undefined> {
  const rest = createRest(settings)
  return async (channelId) => {
    try {
      const channel = (await rest.get(Routes.channel(channelId))) as { guild_id?: string }
      return channel.guild_id
    } catch (error) {
      const { status = 500 } = error as { status?: number }
      if (status >= 400 && status < 500 && status !== 429) return undefined
      throw error
    }
  }
}
