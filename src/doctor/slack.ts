import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import type { ChannelEntry } from '../accounts-file.js'
import type { SlackSettings } from '../config.js'
import { ask, type Told } from './ask.js'
import { type ClockReading, type Finding, faultOf, findings, type Look } from './finding.js'

const about = findings('Slack')

/** Looks at Slack: both tokens, the scopes that manifest.yml asks for, and the channels it is to be in. */
export async function lookAtSlack(
  settings: SlackSettings,
  channels: readonly ChannelEntry[],
  now: () => number,
): Promise<Look> {
  const call = (method: string, token: string, form: Record<string, string> = {}) =>
    ask(
      `${settings.apiUrl}${method}`,
      { method: 'POST', authorization: `Bearer ${token}`, form },
      now,
    )
  try {
    const [bot, socket] = await Promise.all([
      call('auth.test', settings.botToken),
      settings.transport === 'socket'
        ? call('apps.connections.open', settings.appToken)
        : undefined,
    ])
    const clocks: ClockReading[] =
      bot.aheadMs === undefined ? [] : [{ of: 'Slack', aheadMs: bot.aheadMs }]
    const found = [botToken(bot), socket ? appToken(socket) : SECRET_UNCHECKED]
    if (bot.body?.ok === true) {
      found.push(scopes(bot, await neededScopes()))
      const rooms = channels.filter(({ chat }) => chat === 'slack').slice(0, MOST_CHANNELS)
      for (const { channel } of rooms) {
        const { body } = await call('conversations.history', settings.botToken, {
          channel,
          limit: '1',
        })
        found.push(...membership(channel, body?.error))
      }
    }
    return { findings: found, clocks }
  } catch (error) {
    const next = "Check this machine's way to the internet and SLACK_API_URL."
    return { findings: [{ ...faultOf('Slack', error), next }] }
  }
}

/** More would run into Slack's rate limit. */
const MOST_CHANNELS = 20

const SECRET_UNCHECKED = about(
  'unchecked',
  'SLACK_SIGNING_SECRET shows whether it is right only when Slack sends something.',
)

function botToken({ body, status }: Told): Finding {
  if (body?.ok === true) {
    return about('ok', `the bot token works: ${String(body.user)} in ${String(body.team)}`)
  }
  return about(
    'fault',
    `SLACK_BOT_TOKEN is refused (${String(body?.error ?? `HTTP ${status}`)}).`,
    'Copy the bot token (xoxb-…) from the app\'s page "OAuth & Permissions", after installing the app to the workspace.',
  )
}

function appToken({ body, status }: Told): Finding {
  if (body?.ok === true) return about('ok', 'the app token works: Socket Mode opens')
  return about(
    'fault',
    `SLACK_APP_TOKEN is refused (${String(body?.error ?? `HTTP ${status}`)}).`,
    'Copy an app-level token (xapp-…) with the scope connections:write from the app\'s page "Basic Information", and turn Socket Mode on.',
  )
}

function scopes({ headers }: Told, needed: readonly string[]): Finding {
  const granted = headers.get('x-oauth-scopes')
  if (granted === null) return about('unchecked', 'Slack does not say which scopes the bot has')
  const held = granted.split(',').map((scope) => scope.trim())
  const missing = needed.filter((scope) => !held.includes(scope))
  if (missing.length === 0) return about('ok', 'the bot has every scope it needs')
  return about(
    'fault',
    `the bot lacks ${missing.length === 1 ? 'the scope' : 'the scopes'} ${missing.join(', ')}.`,
    'Add what manifest.yml lists to the app\'s page "OAuth & Permissions", then install the app again.',
  )
}

async function neededScopes(): Promise<string[]> {
  const text = await readFile(new URL('../../manifest.yml', import.meta.url), 'utf8')
  return (parse(text) as { oauth_config: { scopes: { bot: string[] } } }).oauth_config.scopes.bot
}

function membership(channel: string, error: unknown): Finding[] {
  if (error !== 'not_in_channel' && error !== 'channel_not_found') return []
  const text = `the bot is not in the channel ${channel}, which the accounts file names.`
  return [about('fault', text, "Write /invite @pressroom there, or correct the channel's id.")]
}
