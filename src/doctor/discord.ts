import type { ChannelEntry } from '../accounts-file.js'
import { inviteAddress } from '../bot/discord/rights.js'
import type { DiscordSettings } from '../config.js'
import { ask, type Told } from './ask.js'
import { type Finding, faultOf, findings, type Look } from './finding.js'

const about = findings('Discord')

/** Looks at Discord: token, application, servers, and the channels it is to be in. */
export async function lookAtDiscord(
  settings: DiscordSettings,
  channels: readonly ChannelEntry[],
  now: () => number,
): Promise<Look> {
  const root = `${settings.apiUrl.replace(/\/v\d+$/, '')}/v10`
  const call = (path: string) =>
    ask(`${root}${path}`, { method: 'GET', authorization: `Bot ${settings.token}` }, now)
  try {
    const self = await call('/applications/@me')
    const clocks = self.aheadMs === undefined ? [] : [{ of: 'Discord', aheadMs: self.aheadMs }]
    const found = application(self, settings.applicationId)
    if (self.status === 200) {
      for (const { channel } of channels.filter(({ chat }) => chat === 'discord')) {
        const { status } = await call(`/channels/${encodeURIComponent(channel)}`)
        if (status === 403 || status === 404) found.push(outside(channel, settings.applicationId))
      }
    }
    return { findings: found, clocks }
  } catch (error) {
    const next = "Check this machine's way to the internet and DISCORD_API_URL."
    return { findings: [{ ...faultOf('Discord', error), next }] }
  }
}

function application({ status, body }: Told, applicationId: string): Finding[] {
  if (status === 401) {
    const next = 'Copy the token from the application\'s page "Bot" (Reset Token shows a new one).'
    return [about('fault', 'DISCORD_TOKEN is refused.', next)]
  }
  if (status !== 200) {
    return [
      about(
        'fault',
        `Discord answers HTTP ${status} when asked who the bot is.`,
        'Try again later.',
      ),
    ]
  }
  if (body?.id !== undefined && body.id !== applicationId) {
    const text = `DISCORD_APPLICATION_ID is ${applicationId}, and DISCORD_TOKEN belongs to the application ${String(body.id)}.`
    return [about('fault', text, 'Copy both from the same application.')]
  }
  if (body?.approximate_guild_count === 0) {
    const next = `Invite it: ${inviteAddress(applicationId)}`
    return [about('warning', 'the token works, and the bot is in no server yet.', next)]
  }
  return [about('ok', 'the token works and belongs to the application')]
}

function outside(channel: string, applicationId: string): Finding {
  return about(
    'fault',
    `the bot cannot see the channel ${channel}, which the accounts file names.`,
    `Give it View Channel there, correct the id, or invite it: ${inviteAddress(applicationId)}`,
  )
}
