import { sql } from 'drizzle-orm'
import { type Orm, rows, startingWith } from './database.js'
import type { Place } from './outages.js'

interface Channel {
  readonly chat: string
  readonly channelId: string
}

/** The channels of these chats that wait for this place. */
export async function channelsWaitingFor(
  orm: Orm,
  { platform, host }: Place,
  chats: readonly string[],
): Promise<Channel[]> {
  return rows<Channel>(
    orm,
    sql`
select distinct p.chat, p.channel_id as "channelId"
from pressroom.targets t join pressroom.posts p on p.id = t.post_id
  join pressroom.accounts a on a.name = t.account
where a.platform = ${platform} and a.host = ${host} and t.due_at is not null
  and t.status in ('queued', 'waiting', 'publishing', 'processing', 'reconciling')
  and p.chat = any(${sql.param([...chats])}::text[])`,
  )
}

/** The channels of these chats in which a notice whose key begins so stands. */
export async function channelsTold(
  orm: Orm,
  prefix: string,
  chats: readonly string[],
): Promise<Channel[]> {
  return rows<Channel>(
    orm,
    sql`
select chat, channel_id as "channelId" from pressroom.notices
where key like ${startingWith(prefix)} and done_at is not null
  and chat = any(${sql.param([...chats])}::text[])`,
  )
}
