import { sql } from 'drizzle-orm'
import { type Orm, rows } from './database.js'

export interface WaitingChannel {
  readonly chat: 'slack' | 'discord'
  readonly teamId: string
  readonly channelId: string
}

/** The channels of these chats in which something has waited for a person since before then. */
export async function waitingChannels(
  orm: Orm,
  chats: readonly string[],
  since: number,
): Promise<WaitingChannel[]> {
  return rows<WaitingChannel>(
    orm,
    sql`
select distinct p.chat, w.team_id as "teamId", p.channel_id as "channelId"
from pressroom.targets t
join pressroom.posts p on p.id = t.post_id
join pressroom.workspaces w on w.id = p.workspace_id
where t.status in ('unconfirmed', 'held')
  and coalesce((t.state ->> 'askedAt')::float8, (t.state ->> 'heldAt')::float8) <= ${since}::float8
  and p.chat = any(${sql.param([...chats])}::text[])`,
  )
}
