import { sql } from 'drizzle-orm'
import { type Orm, rows } from './database.js'

/** How the publishes of one account ended, each by the last that was heard of it. */
export interface EndedOnAccount {
  readonly account: string
  readonly platform: string
  /** They belong to the post that was asked about. */
  readonly ofPost: boolean
  readonly live: number
  /** Failed, held, in doubt, or to be tried again. */
  readonly trouble: number
}

/** What came of everything that was sent in a stretch of time, by account. */
export async function loadEnded(
  orm: Orm,
  about: { postId: string; from: number; until: number },
): Promise<EndedOnAccount[]> {
  const at = (instant: number) => sql`${new Date(instant).toISOString()}::timestamptz`
  return rows<EndedOnAccount>(
    orm,
    sql`
with ended as (
  select distinct on (target_id) account, platform, post_id, to_status
  from pressroom.events
  where at >= ${at(about.from)} and at < ${at(about.until)} and platform <> 'manual'
    and type in ('claimed', 'leaseEnded', 'attempted', 'lookedUp', 'verdictGiven')
    and to_status in ('published', 'waiting', 'reconciling', 'unconfirmed', 'held', 'failed')
  order by target_id, id desc
)
select account, platform, post_id = ${about.postId} as "ofPost",
  count(*) filter (where to_status = 'published')::int as live,
  count(*) filter (where to_status <> 'published')::int as trouble
from ended group by account, platform, "ofPost"`,
  )
}
