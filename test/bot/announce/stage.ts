import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterEach } from 'vitest'
import type { AnnounceSettings } from '../../../src/bot/announce/settings.js'
import { type Announcer, createAnnouncer } from '../../../src/bot/announce.js'
import type { Chat } from '../../../src/bot/chat.js'
import type { BotDeps } from '../../../src/bot/deps.js'
import type { Pace } from '../../../src/bot/rate.js'
import { createSlackChat, createSlackClient } from '../../../src/bot/slack/chat.js'
import { createLog, createRedactor } from '../../../src/log.js'
import type { Effect, TargetEvent, TargetState } from '../../../src/publisher/core/target.js'
import { createSlackWorkspace } from '../../../src/sandbox/slack/index.js'
import { createPost, type NewTarget } from '../../../src/store/create-post.js'
import type { Database } from '../../../src/store/database.js'
import { loadMedia } from '../../../src/store/media.js'
import { recordTransition } from '../../../src/store/record-transition.js'
import { posts } from '../../../src/store/schema.js'
import { load, newPost, newTarget, policy } from '../../support/targets.js'
import { waitFor } from '../../support/wait-for.js'

export const CHANNEL = 'C00000SOCIAL'
export const ANA = 'U000000ANA'

/** Short waits, so that tests need no patience. */
export const QUICK: Partial<AnnounceSettings> = {
  sweepEveryMs: 100,
  settleMs: 20,
  editGapMs: 20,
  lingerMs: 60,
  companyMs: 200,
  lookAfterMs: 30,
  absentAfterMs: 300,
  backoffMs: 30,
  closedMs: 100,
}

const unlimited = [{ burst: 1000, perSecond: 1000, per: 'chat' }] as const
const UNPACED: Pace = { post: unlimited, edit: unlimited, find: unlimited }

/** A local Slack, and announcers that tell it what is in a database. */
export async function createStage(database: Database) {
  const slack = createSlackWorkspace({ rateLimits: 'off' })
  const { apiUrl, close } = await slack.listen()
  const client = createSlackClient(slack.botToken, apiUrl)
  const lines: { level: number; msg: string; why?: string }[] = []
  const log = createLog({
    level: 'debug',
    redactor: createRedactor(),
    destination: { write: (line) => lines.push(JSON.parse(line)) },
  })
  const deps: BotDeps = {
    database,
    now: Date.now,
    random: Math.random,
    log,
    policy,
    timeZone: 'Europe/Madrid',
    platforms: {
      images: () => undefined,
      linkCard: () => undefined,
      check: () => [],
      retrySafety: () => 'safe: a copy would be seen first',
      canRemove: () => true,
      capabilities: () => ({ canLookUp: true, canVerify: true }),
    },
    channelTargets: () => undefined,
    media: { allowPrivate: false, servesMedia: false },
  }
  const slackChat = createSlackChat({
    client,
    timeZone: deps.timeZone,
    bytes: async (id) => (await loadMedia(database.orm, id))?.bytes,
  })
  const chat: Chat = { ...slackChat, pace: UNPACED }
  const announcers: Announcer[] = []

  return {
    slack,
    client,
    deps,
    chat,
    /** How fast Slack is called outside tests. */
    ownPace: slackChat.pace,
    /** Log lines of warnings and errors. */
    complaints: () => lines.filter(({ level }) => level >= 40),
    async announce(settings: Partial<AnnounceSettings> = {}, through: Chat = chat) {
      const announcer = createAnnouncer(deps, [through], { ...QUICK, ...settings })
      announcers.push(announcer)
      await announcer.start()
      return announcer
    },
    /** Stores a post of Ana's. @returns its id and those of its targets */
    async publish(targets: readonly Partial<NewTarget>[], conversation = {}) {
      const at = Date.now()
      const made = targets.map((change) =>
        newTarget({ state: { status: 'queued', dueAt: at }, ...change }),
      )
      const post = newPost({
        id: `p${randomUUID().slice(0, 12)}`,
        conversation: {
          chat: 'slack',
          teamId: slack.team.id,
          channelId: CHANNEL,
          ...conversation,
        },
        author: { id: ANA, name: 'Ana' },
        createdAt: at,
        targets: made,
      })
      await createPost(database.orm, post)
      return { postId: post.id, targetIds: made.map(({ id }) => id) }
    },
    /** Moves a target on, as a worker or a person would. */
    async become(
      targetId: string | undefined,
      state: TargetState,
      options: { attempt?: number; event?: TargetEvent; effects?: readonly Effect[] } = {},
    ) {
      const stored = await load(database, targetId ?? '')
      const attempt = options.attempt ?? Math.max(1, stored.target.attempt)
      const event = options.event ?? {
        type: 'attempted',
        at: Date.now(),
        outcome: { kind: 'ambiguous', reason: { class: 'unknown', text: 'Seen in a test.' } },
        jitter: 0,
      }
      await recordTransition(database.orm, stored, event, {
        kind: 'moved',
        target: { ...stored.target, attempt, state },
        effects: options.effects ?? [],
      })
    },
    /** Resolves when the chat has caught up with the post. */
    async told(postId: string): Promise<void> {
      await waitFor(
        'the chat has caught up',
        async () => (await database.orm.select().from(posts).where(eq(posts.id, postId)))[0],
        (post) => post?.told === post?.changed && !post?.tellLeaseToken,
      )
    },
    /** Resolves when nobody is telling the post, caught up or not; with the part that was told. */
    async rested(postId: string) {
      const post = await waitFor(
        'the telling has ended',
        async () => (await database.orm.select().from(posts).where(eq(posts.id, postId)))[0],
        (seen) => seen !== undefined && seen.tellLeaseToken === null,
      )
      return post?.told
    },
    root: (postId: string) =>
      slack.messages(CHANNEL).find(({ metadata, subtype }) => {
        return subtype !== 'tombstone' && metadata?.event_payload.postId === postId
      }),
    /** Our own messages of a kind, as other tools would find them. */
    shown: (kind: 'post' | 'target' | 'reply') =>
      slack
        .messages(CHANNEL)
        .filter(({ metadata }) => metadata?.event_type === `pressroom_${kind}`),
    async close() {
      for (const announcer of announcers) await announcer.stop()
      await close()
      await slack.close()
    },
  }
}

export type Stage = Awaited<ReturnType<typeof createStage>>

/** A stage for each test, taken down after it. */
export function useStage(database: () => Database): () => Promise<Stage> {
  const open: Stage[] = []
  afterEach(async () => {
    for (const stage of open.splice(0)) await stage.close()
  })
  return async () => {
    const stage = await createStage(database())
    open.push(stage)
    return stage
  }
}

const at = () => Date.now()
export const live = (id = randomUUID()): TargetState => ({
  status: 'published',
  publishedAt: at(),
  how: 'answer',
  remoteId: id,
  permalink: `https://example.com/${id}`,
  missing: 0,
  rechecks: 0,
})
export const failed = (): TargetState => ({
  status: 'failed',
  reason: { class: 'platform', text: 'The platform is down.' },
  failedAt: at(),
})
export const publishing = (): TargetState => ({ status: 'publishing', startedAt: at() })
export const reconciling = (): TargetState => ({
  status: 'reconciling',
  evidence: [{ at: at(), text: 'The worker stopped after it had begun to send.' }],
  mutationAt: at(),
  lookUps: 0,
  lookUpErrors: 0,
  absences: 0,
  lookUpAt: at(),
})
export const waiting = (): TargetState => ({
  status: 'waiting',
  retryAt: at() + 60_000,
  reason: { class: 'platform', text: 'The platform is down.' },
})
export const unconfirmed = (): TargetState => ({
  status: 'unconfirmed',
  evidence: [{ at: at(), text: 'The answer was lost.' }],
  askedAt: at(),
  where: 'https://example.com/page',
  relooks: 0,
})
