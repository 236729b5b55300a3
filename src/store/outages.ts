import { and, desc, eq, getTableColumns, gte, isNull, lte, type SQL, sql } from 'drizzle-orm'
import { type Ending, heardIn } from '../publisher/core/outage.js'
import type { Outcome } from '../publisher/core/outcome.js'
import { type Orm, rows } from './database.js'
import { outages } from './schema.js'

/** Where posts are sent to: the accounts of a platform on one host are down together. */
export interface Place {
  readonly platform: string
  readonly host: string
}

export type Outage = typeof outages.$inferSelect

/** One that has not ended, with the accounts that it keeps from sending. */
export type OpenOutage = Outage & { readonly accounts: readonly string[] }

/** The outages that have not ended. */
export async function openOutages(orm: Orm): Promise<OpenOutage[]> {
  const names = sql<string[]>`(
    select coalesce(json_agg(a.name), '[]') from pressroom.accounts a
    where a.platform = outages.platform and a.host = outages.host and a.removed_at is null
  )`
  return orm
    .select({ ...getTableColumns(outages), accounts: names })
    .from(outages)
    .where(isNull(outages.endedAt))
}

/** Outages that began since then, also ended ones, the newest first. */
export async function outagesSince(orm: Orm, since: number): Promise<Outage[]> {
  return orm
    .select()
    .from(outages)
    .where(gte(outages.since, new Date(since)))
    .orderBy(desc(outages.since))
}

/** Where an account sends to, and how many accounts in use do so and are not held. */
export async function placeOf(
  orm: Orm,
  account: string,
): Promise<(Place & { readonly accounts: number }) | undefined> {
  const [found] = await rows<Place & { accounts: number }>(
    orm,
    sql`
select own.platform, own.host, (
    select count(*)::int from pressroom.accounts a
    where a.platform = own.platform and a.host = own.host and a.status = 'ok' and a.removed_at is null
  ) as accounts
from pressroom.accounts own where own.name = ${account}`,
  )
  return found
}

/** Writes down that a place is down, unless that is known. @returns whether it is news */
export async function beginOutage(
  orm: Orm,
  { platform, host }: Place,
  { at, probeAt }: { at: number; probeAt: number },
): Promise<boolean> {
  const begun = await orm
    .insert(outages)
    .values({ platform, host, since: new Date(at), probeAt: new Date(probeAt) })
    .onConflictDoNothing()
    .returning({ platform: outages.platform })
  return begun.length > 0
}

/** Takes the one probe that is due, if nobody else has. @param nextAt when the next may be made */
export async function takeProbe(
  orm: Orm,
  place: Place,
  now: number,
  nextAt: number,
): Promise<boolean> {
  const taken = await orm
    .update(outages)
    .set({ probeAt: new Date(nextAt), probes: sql`${outages.probes} + 1` })
    .where(and(isOpenAt(place), lte(outages.probeAt, new Date(now))))
    .returning({ platform: outages.platform })
  return taken.length > 0
}

/** The place has answered. What waited for it is due at its next probe. */
export async function endOutage(orm: Orm, place: Place, now: number): Promise<boolean> {
  const ended = await orm
    .update(outages)
    .set({ endedAt: new Date(now) })
    .where(isOpenAt(place))
    .returning({ platform: outages.platform })
  return ended.length > 0
}

function isOpenAt({ platform, host }: Place): SQL | undefined {
  return and(eq(outages.platform, platform), eq(outages.host, host), isNull(outages.endedAt))
}

/** Whether anything is due to be sent there, or will be once the place answers. */
export async function waitsToBeSent(orm: Orm, { platform, host }: Place): Promise<boolean> {
  const found = await rows<{ id: string }>(
    orm,
    sql`
select t.id from pressroom.targets t join pressroom.accounts a on a.name = t.account
where a.platform = ${platform} and a.host = ${host} and t.status in ('queued', 'waiting')
limit 1`,
  )
  return found.length > 0
}

/** How attempts there ended since then, by what was heard in each. */
export async function recentEndings(
  orm: Orm,
  { platform, host }: Place,
  since: number,
): Promise<Ending[]> {
  const found = await rows<{ account: string; at: number; outcome: Outcome }>(
    orm,
    sql`
select e.account, extract(epoch from e.at)::float8 * 1000 as at, e.evidence as outcome
from pressroom.events e join pressroom.accounts a on a.name = e.account
where e.at >= ${new Date(since).toISOString()}::timestamptz and e.type = 'attempted'
  and a.platform = ${platform} and a.host = ${host}
order by e.at desc limit 200`,
  )
  return found.flatMap(({ account, at, outcome }) => {
    const heard = heardIn(outcome)
    return heard === 'nothing' ? [] : [{ account, at, answered: heard === 'answer' }]
  })
}
