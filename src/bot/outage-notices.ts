import { listAccounts } from '../store/accounts.js'
import type { Orm } from '../store/database.js'
import { channelsTold, channelsWaitingFor } from '../store/outage-channels.js'
import { type Outage, outagesSince } from '../store/outages.js'
import type { Chat } from './chat.js'
import type { BotDeps } from './deps.js'
import { postNotice } from './notices.js'
import { type Line, platformTitle } from './wording.js'

const DAY_MS = 86_400_000

/**
 * Says in every channel that waits for a platform which is down that it is, once instead of once for
 * each post; and says there when it answers again. Where the accounts of a platform are on several
 * hosts, it says which one. Made to be called again and again.
 */
export async function postOutages(deps: BotDeps, chats: readonly Chat[]): Promise<void> {
  const { orm } = deps.database
  const names = chats.map(({ name }) => name)
  for (const outage of await outagesSince(orm, deps.now() - DAY_MS)) {
    const prefix = `outage/${outage.platform}/${outage.host}/${outage.since.getTime()}/`
    const channels = outage.endedAt
      ? await channelsTold(orm, prefix, names)
      : await channelsWaitingFor(orm, outage, names)
    if (channels.length === 0) continue
    const title = await titleOf(outage, orm)
    for (const { chat: name, channelId } of channels) {
      const chat = chats.find((one) => one.name === name)
      if (!chat) continue
      const key = `${outage.endedAt ? `ended-${prefix}` : prefix}${name}/${channelId}`
      await postNotice({ key, channelId, lines: [wordsOf(outage, title)] }, chat, deps)
    }
  }
}

async function titleOf({ platform, host }: Outage, orm: Orm): Promise<string> {
  const title = platformTitle(platform)
  const all = await listAccounts(orm)
  const isOne = all.every((account) => account.platform !== platform || account.host === host)
  return isOne || host === '' ? title : `${title} on ${host}`
}

function wordsOf({ since, endedAt }: Outage, name: string): Line {
  return endedAt
    ? [{ strong: `${name} answers again` }, '; what waited for it goes out by itself now.']
    : [
        { strong: `${name} seems to be down` },
        ' since ',
        { at: since.getTime() },
        ': attempts fail alike. One at a time is made to see whether it answers; everything else waits and goes on by itself then.',
      ]
}
