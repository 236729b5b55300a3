import { sql } from 'drizzle-orm'
import { type Orm, rows } from './database.js'

/** A post and the accounts of it that are in one of the states that were asked for. */
export interface ChannelPost {
  readonly id: string
  readonly text: string
  readonly authorName: string
  /** The post's own message in the chat, once it stands there. */
  readonly messageId: string | null
  readonly targets: readonly {
    readonly account: string
    readonly status: string
    /** Why it is held: `late`, `approval` or `account`. */
    readonly hold: string | null
    /** Since when, or for when; milliseconds. */
    readonly at: number
  }[]
}

/** When a target came into its state, or goes out. */
const AT = sql.raw(`case t.status
    when 'scheduled' then (t.state ->> 'publishAt')::float8
    when 'unconfirmed' then (t.state ->> 'askedAt')::float8
    when 'held' then (t.state ->> 'heldAt')::float8
    else (t.state ->> 'failedAt')::float8 end`)

/**
 * Posts of a channel with targets in these states, the earliest first: what is scheduled by its
 * time, everything else by since when it stands so.
 */
export async function channelPosts(
  orm: Orm,
  channel: { chat: string; channelId: string },
  statuses: readonly string[],
  options: { readonly limit: number; readonly since?: number },
): Promise<ChannelPost[]> {
  return rows<ChannelPost>(
    orm,
    sql`
select p.id, p.text, p.author_name as "authorName",
  (select m.message_id from pressroom.chat_messages m where m.key = p.id) as "messageId",
  json_agg(json_build_object('account', t.account, 'status', t.status, 'hold', t.state ->> 'hold',
    'at', ${AT}) order by t.position) as targets
from pressroom.targets t join pressroom.posts p on p.id = t.post_id
where t.status = any(${sql.param([...statuses])}::text[])
  and t.status in ('scheduled', 'unconfirmed', 'held', 'failed')
  and t.updated_at >= ${new Date(options.since ?? 0).toISOString()}::timestamptz
  and p.chat = ${channel.chat} and p.channel_id = ${channel.channelId} and p.status = 'open'
group by p.id
order by min(${AT}), p.id
limit ${options.limit}`,
  )
}
