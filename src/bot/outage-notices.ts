import { channelsTold, channelsWaitingFor } from '../store/outage-channels.js'
import { type Outage, outagesSince } from '../store/outages.js'
import type { Chat } from './chat.js'
import type { BotDeps } from './deps.js'
import { postNotice } from './notices.js'
import { type Line, platformTitle } from './wording.js'

const DAY_MS = 86_400_000

/**
 * Says in every channel that waits for a platform which is down that it is, once instead of once for
 * each post; and says there when it answers again. Made to be called again and again.
 */
export async function postOutages(deps: BotDeps, chats: readonly Chat[]): Promise<void> {
  const { orm } = deps.database
  const names = chats.map(({ name }) => name)
  for (const outage of await outagesSince(orm, deps.now() - DAY_MS)) {
    const prefix = `outage/${outage.platform}/${outage.since.getTime()}/`
    const channels = outage.endedAt
      ? await channelsTold(orm, prefix, names)
      : await channelsWaitingFor(orm, outage.platform, names)
    for (const { chat: name, channelId } of channels) {
      const chat = chats.find((one) => one.name === name)
      if (!chat) continue
      const key = `${outage.endedAt ? `ended-${prefix}` : prefix}${name}/${channelId}`
      await postNotice({ key, channelId, lines: [wordsOf(outage)] }, chat, deps)
    }
  }
}

function wordsOf({ platform, since, endedAt }: Outage): Line {
  const name = platformTitle(platform)
  return endedAt
    ? [{ strong: `${name} answers again` }, '; what waited for it goes out by itself now.']
    : [
        { strong: `${name} seems to be down` },
        ' since ',
        { at: since.getTime() },
        ': attempts fail alike. One at a time is made to see whether it answers; everything else waits and goes on by itself then.',
      ]
}
