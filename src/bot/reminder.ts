import { DateTime } from 'luxon'
import { channelPosts } from '../store/channel-posts.js'
import { waitingChannels } from '../store/waiting-channels.js'
import { attentionLine } from './attention.js'
import type { Chat } from './chat.js'
import type { BotDeps } from './deps.js'
import { postNotice } from './notices.js'
import { type Line, plural } from './wording.js'

/** When the day's reminder is posted, in the workspace's time zone. */
const REMIND_AT_HOUR = 9
const SHOWN = 15
const DAY_MS = 86_400_000

/**
 * Once a day, in every channel where something waits for a person: what, and for how long. Each
 * reminder is posted once, by any number of processes. Made to be called again and again.
 */
export async function postReminders(deps: BotDeps, chats: readonly Chat[]): Promise<void> {
  const { orm } = deps.database
  const now = deps.now()
  const names = chats.map(({ name }) => name)
  for (const place of await waitingChannels(orm, names, now)) {
    const zone = deps.rulesFor?.(place).timeZone ?? deps.timeZone
    const due = reminderDue(now, zone)
    const chat = chats.find(({ name }) => name === place.chat)
    if (!due || !chat) continue
    const waiting = await channelPosts(orm, place, ['unconfirmed', 'held'], { limit: SHOWN + 1 })
    // What came up after the hour was just told; it is for tomorrow.
    const old = waiting.filter(({ targets }) => targets.some(({ at }) => at < due.at))
    if (old.length === 0) continue
    const lines = await Promise.all(
      waiting.slice(0, SHOWN).map(async (post): Promise<Line> => {
        const link = await linkOf(post.messageId, place, chat)
        return [attentionLine(post, now), ...(link ? [' ', { link, text: 'open' }] : [])]
      }),
    )
    const { channelId } = place
    const key = `reminder/${chat.name}/${channelId}/${due.day}`
    await postNotice({ key, channelId, lines: [heading(waiting.length), ...lines] }, chat, deps)
  }
}

/** Today's reminder, once its hour has come. Pure. */
export function reminderDue(now: number, zone: string): { day: string; at: number } | undefined {
  const local = DateTime.fromMillis(now, { zone })
  const at = local.startOf('day').set({ hour: REMIND_AT_HOUR }).toMillis()
  return now >= at && now < at + DAY_MS ? { day: local.toISODate() ?? '', at } : undefined
}

function heading(count: number): Line {
  const many =
    count > SHOWN
      ? `More than ${plural(SHOWN, 'post')} wait`
      : `${plural(count, 'post')} ${count === 1 ? 'waits' : 'wait'}`
  return [{ strong: `${many} for somebody here, the oldest first` }]
}

async function linkOf(
  messageId: string | null,
  place: { teamId: string; channelId: string },
  chat: Chat,
): Promise<string | undefined> {
  return messageId === null ? undefined : chat.linkTo?.({ ...place, messageId })
}
