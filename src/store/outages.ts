import { and, desc, eq, gte, inArray, isNull, lte, sql } from 'drizzle-orm'
import { type Ending, heardIn } from '../publisher/core/outage.js'
import type { Outcome } from '../publisher/core/outcome.js'
import { type Orm, rows } from './database.js'
import { outages, targets } from './schema.js'

export type Outage = typeof outages.$inferSelect

/** The outages that have not ended. */
export async function openOutages(orm: Orm): Promise<Outage[]> {
  return orm.select().from(outages).where(isNull(outages.endedAt))
}

/** Outages that began since then, also ended ones, the newest first. */
export async function outagesSince(orm: Orm, since: number): Promise<Outage[]> {
  return orm
    .select()
    .from(outages)
    .where(gte(outages.since, new Date(since)))
    .orderBy(desc(outages.since))
}

/** Writes down that a platform is down, unless that is known. @returns whether it is news */
export async function beginOutage(
  orm: Orm,
  outage: { platform: string; at: number; probeAt: number },
): Promise<boolean> {
  const { platform, at, probeAt } = outage
  const begun = await orm
    .insert(outages)
    .values({ platform, since: new Date(at), probeAt: new Date(probeAt) })
    .onConflictDoNothing()
    .returning({ platform: outages.platform })
  return begun.length > 0
}

/** Takes the one probe that is due, if nobody else has. @param nextAt when the next may be made */
export async function takeProbe(
  orm: Orm,
  platform: string,
  now: number,
  nextAt: number,
): Promise<boolean> {
  const taken = await orm
    .update(outages)
    .set({ probeAt: new Date(nextAt), probes: sql`${outages.probes} + 1` })
    .where(
      and(
        eq(outages.platform, platform),
        isNull(outages.endedAt),
        lte(outages.probeAt, new Date(now)),
      ),
    )
    .returning({ platform: outages.platform })
  return taken.length > 0
}

/** The platform has answered. What waited for it is due at once. */
export async function endOutage(orm: Orm, platform: string, now: number): Promise<boolean> {
  const ended = await orm
    .update(outages)
    .set({ endedAt: new Date(now) })
    .where(and(eq(outages.platform, platform), isNull(outages.endedAt)))
    .returning({ platform: outages.platform })
  return ended.length > 0
}

/** Whether anything on this platform is due to be sent, or will be once the platform answers. */
export async function waitsToBeSent(orm: Orm, platform: string): Promise<boolean> {
  const [found] = await orm
    .select({ id: targets.id })
    .from(targets)
    .where(and(eq(targets.platform, platform), inArray(targets.status, ['queued', 'waiting'])))
    .limit(1)
  return found !== undefined
}

/** How attempts on a platform ended since then, by what was heard from it in each. */
export async function recentEndings(orm: Orm, platform: string, since: number): Promise<Ending[]> {
  const found = await rows<{ account: string; at: number; outcome: Outcome }>(
    orm,
    sql`
select account, extract(epoch from at)::float8 * 1000 as at, evidence as outcome
from pressroom.events
where at >= ${new Date(since).toISOString()}::timestamptz and platform = ${platform}
  and type = 'attempted'
order by at desc limit 200`,
  )
  return found.flatMap(({ account, at, outcome }) => {
    const heard = heardIn(outcome)
    return heard === 'nothing' ? [] : [{ account, at, answered: heard === 'answer' }]
  })
}
