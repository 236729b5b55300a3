import { asc } from 'drizzle-orm'
import type { Figures } from '../../src/bot/scorecard/figures.js'
import type { Database } from '../../src/store/database.js'
import { events, incidents, posts, targets } from '../../src/store/schema.js'

type Row = typeof events.$inferSelect

/** Everything there is, read whole. */
export interface Everything {
  readonly events: readonly Row[]
  readonly incidents: readonly (typeof incidents.$inferSelect)[]
  readonly posts: ReadonlyMap<string, typeof posts.$inferSelect>
  readonly targets: ReadonlyMap<string, typeof targets.$inferSelect>
  readonly byTarget: ReadonlyMap<string, readonly Row[]>
}

export async function readEverything({ orm }: Database): Promise<Everything> {
  const log = await orm.select().from(events).orderBy(asc(events.id))
  const byTarget = new Map<string, Row[]>()
  for (const row of log) byTarget.set(row.targetId, [...(byTarget.get(row.targetId) ?? []), row])
  return {
    events: log,
    incidents: await orm.select().from(incidents),
    posts: new Map((await orm.select().from(posts)).map((post) => [post.id, post])),
    targets: new Map((await orm.select().from(targets)).map((target) => [target.id, target])),
    byTarget,
  }
}

/**
 * The figures of a week by their definitions alone: one slow, separate pass over everything for
 * each figure. It shares no code with the scorecard, so that a mistake would have to be made twice.
 */
export function plainFigures(
  all: Everything,
  channelId: string,
  from: number,
  until: number,
  account?: string,
): Figures {
  const mine = (row: { postId: string; account: string }) =>
    all.posts.get(row.postId)?.channelId === channelId &&
    (account === undefined || row.account === account)
  const log = all.events.filter((row) => mine(row) && row.at.getTime() < until)
  const api = log.filter(({ platform }) => platform !== 'manual')
  const inWeek = (at: Date) => at.getTime() >= from && at.getTime() < until
  const past = (row: Row) =>
    (all.byTarget.get(row.targetId) ?? []).filter((other) => other.id < row.id)
  const known = (targetId: string) =>
    (all.byTarget.get(targetId) ?? []).filter((row) => row.at.getTime() < until)

  const ends = ['published', 'failed', 'unconfirmed', 'held', 'cancelled']
  const isEnd = (row: Row) => row.fromStatus !== row.toStatus && ends.includes(row.toStatus)
  const cohort = api
    .filter((row) => inWeek(row.at) && isEnd(row) && !past(row).some(isEnd))
    .map(({ targetId }) => targetId)
  const wentLive = (id: string) => known(id).some(({ toStatus }) => toStatus === 'published')
  const stopped = (id: string) => !wentLive(id) && known(id).at(-1)?.toStatus === 'cancelled'
  const bad = (row: Row) =>
    row.type === 'attempted'
      ? row.toStatus !== 'published' && row.toStatus !== 'processing'
      : row.type === 'leaseEnded' ||
        (row.type === 'claimed' && (row.toStatus === 'held' || row.toStatus === 'reconciling'))
  const badBeforeLive = (id: string) => {
    const list = known(id)
    const live = list.findIndex(({ toStatus }) => toStatus === 'published')
    return list.slice(0, live < 0 ? list.length : live).some(bad)
  }
  const settled = cohort.filter((id) => !stopped(id))

  const sent = (row: Row) =>
    row.attempt >= 1 &&
    (row.type === 'retryRequested' ||
      row.type === 'publishNowRequested' ||
      (row.type === 'edited' && row.fromStatus === 'failed'))

  const isLive = (row: Row) => row.toStatus === 'published' && row.fromStatus !== 'published'
  const resolvedMs = api
    .filter((row) => inWeek(row.at) && isLive(row))
    .flatMap((row) => {
      const before = past(row)
      const lastEnd = before.findLastIndex((other) =>
        ['published', 'cancelled'].includes(other.toStatus),
      )
      const first = before.slice(lastEnd + 1).find(bad)
      return first ? [row.at.getTime() - first.at.getTime()] : []
    })

  const twice = (row: Row) => {
    const { copies } = (row.evidence ?? {}) as { copies?: unknown[] }
    return (copies?.length ?? 0) > 1
  }
  const prevented = api.filter(
    (row) =>
      inWeek(row.at) && row.type === 'lookedUp' && row.toStatus === 'published' && !twice(row),
  )
  const miss = (row: Row) =>
    row.reason === 'stale' &&
    row.toStatus === 'held' &&
    ['claimed', 'accountRestored'].includes(row.type)
  const missed = log.filter((row) => inWeek(row.at) && miss(row) && !past(row).some(miss))

  const due = (row: Row) => {
    const publishAt = all.posts.get(row.postId)?.publishAt?.getTime() ?? 0
    const createdAt = all.targets.get(row.targetId)?.createdAt.getTime() ?? 0
    const list = past(row)
    const moved = list.findLastIndex(({ type }) => type === 'rescheduled')
    const taken = list.slice(moved + 1).find(({ type }) => type === 'claimed')
    const base = moved < 0 ? Math.max(publishAt, createdAt) : (taken?.at ?? list[moved]?.at)
    const approvals = list.slice(moved + 1).filter(({ type }) => type === 'approved')
    return Math.max(Number(base), ...approvals.map(({ at }) => at.getTime()))
  }
  const late = api.filter(
    (row) =>
      inWeek(row.at) &&
      row.toStatus === 'published' &&
      !past(row).some((other) => other.toStatus === 'published' || miss(other)) &&
      row.at.getTime() > due(row) + 60_000,
  )

  const asks = (row: Row) => row.toStatus === 'unconfirmed' && row.fromStatus !== 'unconfirmed'
  const leaves = api.filter(
    (row) => inWeek(row.at) && row.fromStatus === 'unconfirmed' && row.toStatus !== 'unconfirmed',
  )
  const answers = leaves.filter(({ type }) => type === 'verdictGiven')
  const answerMs = answers.map(
    (row) => row.at.getTime() - (past(row).findLast(asks)?.at.getTime() ?? Number.NaN),
  )

  const found = (type: string) =>
    all.incidents.filter((row) => mine(row) && inWeek(row.at) && row.type === type).length
  const byHand = log.filter(
    (row) =>
      inWeek(row.at) &&
      row.platform === 'manual' &&
      row.toStatus === 'published' &&
      !past(row).some(({ toStatus }) => toStatus === 'published'),
  )
  return {
    settled: settled.length,
    live: settled.filter(wentLive).length,
    atFirst: settled.filter((id) => wentLive(id) && !badBeforeLive(id)).length,
    givenUp: cohort.filter((id) => stopped(id) && known(id).some(bad)).length,
    manualRetries: api.filter((row) => inWeek(row.at) && sent(row)).length,
    resolved: times(resolvedMs),
    duplicates: found('duplicate'),
    removed: found('removed'),
    prevented: prevented.length,
    late: late.length,
    missed: missed.length,
    byHand: byHand.length,
    questions: {
      asked: api.filter((row) => inWeek(row.at) && asks(row)).length,
      withdrawn: leaves.length - answers.length,
      answered: times(answerMs),
    },
  }
}

function times(list: readonly number[]): Figures['resolved'] {
  if (list.length === 0) return null
  const sorted = [...list].sort((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const at = (index: number) => sorted[index] ?? Number.NaN
  return {
    count: list.length,
    meanMs: list.reduce((sum, ms) => sum + ms, 0) / list.length,
    medianMs: sorted.length % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2,
    worstMs: Math.max(...list),
  }
}
