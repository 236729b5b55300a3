import { setTimeout as sleep } from 'node:timers/promises'
import type { Instant } from '../../publisher/core/target.js'
import type { Conversation } from '../../store/create-post.js'
import { claimToken } from '../../store/ids.js'
import { notesOpenAt } from '../../store/notes.js'
import {
  claimScorecard,
  loadScorecardChannels,
  loadScorecards,
  releaseScorecard,
} from '../../store/scorecard-claims.js'
import type { ScorecardScope } from '../../store/scorecard-history.js'
import { loadWorkspaceZone } from '../../store/scorecard-zone.js'
import type { BotDeps } from '../deps.js'
import { type ScorecardCard, scorecardCard } from './card.js'
import { deliverScorecard, type ScorecardChat } from './deliver.js'
import { loadDetails } from './details.js'
import { groupBy } from './group-by.js'
import { loadReport } from './load-report.js'
import { parsePeriod } from './period.js'
import { drawPicture } from './picture.js'
import type { Report } from './report.js'
import {
  askedKey,
  checkCron,
  type DueScorecard,
  dueFor,
  LATE_AFTER_MS,
  lookBack,
  timeAfter,
} from './schedule.js'
import { seenAt, type Week } from './week.js'

export type Answer =
  | { readonly kind: 'card'; readonly card: ScorecardCard }
  | { readonly kind: 'problem'; readonly message: string; readonly next?: string }

/** The weekly scorecards: asked for at any time, and posted by themselves. */
export interface Scorecards {
  /** What `/scorecard` answers; `words` is what stands after it. */
  ask(words: string, conversation: Conversation, now: Instant): Promise<Answer>
  /**
   * Posts what was asked for into its channel, like a weekly one: picture, thread and all. The same
   * command delivered again posts nothing more.
   * @param key the same for every redelivery of the command
   * @returns undefined when it stands there; otherwise what to tell the one who asked instead
   */
  postAsked(
    asked: { words: string; conversation: Conversation; key: string },
    chat: ScorecardChat | undefined,
  ): Promise<Answer | undefined>
  /** A week's scorecard for a channel, with its picture. */
  card(
    conversation: Conversation,
    week: Week,
    now: Instant,
    lateSince?: Instant,
  ): Promise<ScorecardCard>
  /** A week's figures alone, of a channel or of everything. */
  report(scope: ScorecardScope, week: Week, now: Instant): Promise<Report>
  /** The time zone that weeks are meant in there. */
  zoneOf(conversation: Pick<Conversation, 'chat' | 'teamId'>): Promise<string>
  /** Scorecards that should stand in channels of these chats by now, and do not. */
  due(now: Instant, chats: readonly string[]): Promise<DueScorecard[]>
  /** When the next ones will be due, in the bot's own time zone. */
  nextAt(now: Instant): Instant
  /**
   * Posts everything that is due, each scorecard once, whoever else is at it. Made to be called
   * again and again, by any number of processes; never throws.
   */
  postDue(chats: readonly ScorecardChat[]): Promise<void>
}

type Posted =
  | { readonly kind: 'posted' }
  /** It stands there already, or somebody else is at it. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'later'; readonly at: Instant }

/** Whoever asked waits for a chat that says "not now", but not for ever. */
const ASKED_TRIES = 3
const ASKED_WAIT_MS = 15_000

/** How long a scorecard is kept from other processes without a sign of life. */
const LEASE_MS = 120_000
const TRY_AGAIN_MS = 60_000
const NOTES_LOADED = 10

const COMPARE_MS = { asked: 6_000, due: 60_000 } as const

/**
 * @param cron when scorecards are posted, in each workspace's time zone
 * @throws ConfigError when it is not a schedule
 */
export function createScorecards(
  deps: BotDeps,
  cron: string,
  {
    wait = sleep,
    compare = async () => {},
  }: {
    wait?: (ms: number) => Promise<unknown>
    /** Looks for duplicates first, for so long at most. */
    compare?: (waitMs: number) => Promise<void>
  } = {},
): Scorecards {
  checkCron(cron)
  const { orm } = deps.database
  const log = deps.log.child({ part: 'scorecard' })

  const zoneOf: Scorecards['zoneOf'] = async ({ chat, teamId }) =>
    (await loadWorkspaceZone(orm, `${chat}:${teamId}`)) ?? deps.timeZone

  const card: Scorecards['card'] = async (conversation, week, now, lateSince) => {
    const { chat, teamId, channelId } = conversation
    const report = await loadReport(orm, { chat, channelId }, week, now)
    const about = {
      workspaceId: `${chat}:${teamId}`,
      channel: { chat, channelId },
      destinations: report.accounts.map(({ account: name, platform }) => ({ name, platform })),
      at: report.seenAt,
      limit: NOTES_LOADED,
    }
    const [details, notes, picture] = await Promise.all([
      loadDetails(orm, report),
      notesOpenAt(orm, about),
      // Without its picture a scorecard still says everything.
      drawPicture(report).catch((error) => {
        log.error({ err: error, week: week.id }, 'the picture could not be drawn')
        return undefined
      }),
    ])
    return scorecardCard({
      report,
      details,
      notes,
      ...(picture ? { picture } : {}),
      ...(lateSince === undefined ? {} : { lateSince }),
    })
  }

  const due: Scorecards['due'] = async (now, chats) => {
    const { channelsSince, scorecardsSince } = lookBack(now)
    const channels = await loadScorecardChannels(orm, chats, channelsSince)
    const stored = await loadScorecards(orm, chats, scorecardsSince)
    const byChannel = groupBy(stored, ({ chat, channelId }) => `${chat}/${channelId}`)
    return channels.flatMap((channel) => {
      const own = byChannel.get(`${channel.chat}/${channel.channelId}`) ?? []
      return dueFor(channel, own, { cron, zone: channel.timeZone ?? deps.timeZone }, now)
    })
  }

  async function post(wanted: DueScorecard, chat: ScorecardChat): Promise<Posted> {
    const { key, channelId, dueAt, week } = wanted
    const now = deps.now()
    const token = claimToken(now, deps.random)
    const claimed = await claimScorecard(orm, {
      key,
      chat: wanted.chat,
      channelId,
      week: week.id,
      dueAt,
      asOf: seenAt(week, now),
      token,
      now,
      expiresAt: now + LEASE_MS,
    })
    if (!claimed) return { kind: 'taken' }
    let retryAt = deps.now() + TRY_AGAIN_MS
    try {
      const conversation = { chat: chat.name, teamId: wanted.teamId, channelId }
      const late = now - dueAt > LATE_AFTER_MS ? dueAt : undefined
      const made = await card(conversation, week, claimed.asOf.getTime(), late)
      const context = { orm, now: deps.now, log, leaseMs: LEASE_MS }
      const delivered = await deliverScorecard({ key, token, channelId }, made, chat, context)
      if (delivered.kind === 'lost') return { kind: 'taken' }
      if (delivered.kind === 'done') {
        await releaseScorecard(orm, { key, token, doneAt: deps.now() })
        log.info({ key, late: late !== undefined }, 'posted a scorecard')
        return { kind: 'posted' }
      }
      retryAt = deps.now() + delivered.afterMs
      log.warn({ key, why: delivered.why, retryAt }, 'a scorecard could not be posted yet')
    } catch (error) {
      log.error({ err: error, key }, 'posting a scorecard failed')
    }
    await releaseScorecard(orm, { key, token, retryAt })
    return { kind: 'later', at: retryAt }
  }

  return {
    zoneOf,
    card,
    due,
    report: (scope, week, now) => loadReport(orm, scope, week, now),
    nextAt: (now) => timeAfter(cron, deps.timeZone, now),
    async ask(words, conversation, now) {
      const period = parsePeriod(words, now, await zoneOf(conversation))
      if (period.kind === 'problem') return period
      return { kind: 'card', card: await card(conversation, period.week, now) }
    },
    async postAsked({ words, conversation, key }, chat) {
      const period = parsePeriod(words, deps.now(), await zoneOf(conversation))
      if (period.kind === 'problem') return period
      await compare(COMPARE_MS.asked)
      const now = deps.now()
      const { week } = period
      const wanted = { ...conversation, key: askedKey(conversation, key), week, dueAt: now }
      for (let tries = 0; chat && tries < ASKED_TRIES; tries++) {
        const posted = await post(wanted, chat)
        if (posted.kind !== 'later') return undefined
        const waitMs = posted.at - deps.now()
        if (waitMs > ASKED_WAIT_MS) break
        await wait(waitMs)
      }
      return { kind: 'card', card: await card(conversation, week, now) }
    },
    async postDue(chats) {
      const byName = new Map(chats.map((chat) => [chat.name as string, chat]))
      try {
        const all = await due(deps.now(), [...byName.keys()])
        if (all.length > 0) await compare(COMPARE_MS.due)
        for (const wanted of all) {
          if (deps.stopping?.aborted) return
          const chat = byName.get(wanted.chat)
          if (chat) await post(wanted, chat)
        }
      } catch (error) {
        log.warn({ err: error }, 'scorecards that are due could not be looked for')
      }
    },
  }
}
