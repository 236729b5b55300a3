import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterEach, expect } from 'vitest'
import type { AnnounceSettings } from '../../../src/bot/announce/settings.js'
import { type Announcer, createAnnouncer } from '../../../src/bot/announce.js'
import type { Chat } from '../../../src/bot/chat.js'
import type { BotDeps } from '../../../src/bot/deps.js'
import { createDiscordChat } from '../../../src/bot/discord/chat.js'
import { textOf } from '../../../src/bot/discord/marker.js'
import { createRest } from '../../../src/bot/discord/rest.js'
import type { Right } from '../../../src/bot/discord/rights.js'
import { createLog, createRedactor } from '../../../src/log.js'
import type { TargetState } from '../../../src/publisher/core/target.js'
import { createDiscordServer } from '../../../src/sandbox/discord/server.js'
import { createPost, type NewTarget } from '../../../src/store/create-post.js'
import type { Database } from '../../../src/store/database.js'
import { loadMedia } from '../../../src/store/media.js'
import { recordTransition } from '../../../src/store/record-transition.js'
import { posts } from '../../../src/store/schema.js'
import { load, newPost, newTarget, policy } from '../../support/targets.js'
import { waitFor } from '../../support/wait-for.js'
import { QUICK } from '../announce/stage.js'
import { unofficial } from './official.js'

export const GUILD = '900000000000000001'
export const CHANNEL = '900000000000000010'
export const OUTSIDE = '900000000000000011'
export const ANA = '900000000000000100'
export const BEN = '900000000000000101'

export const guilds = [
  {
    id: GUILD,
    name: 'Acme',
    channels: [
      { id: CHANNEL, name: 'social' },
      { id: OUTSIDE, name: 'outside' },
    ],
    members: [
      { id: ANA, name: 'Ana' },
      { id: BEN, name: 'Ben' },
    ],
  },
]

const unlimited = [{ burst: 1000, perSecond: 1000, per: 'chat' }] as const

/** A local Discord, and announcers that tell it what is in a database; no gateway. */
export async function createStage(database: Database) {
  let offsetMs = 0
  const clock = () => Date.now() + offsetMs
  // With this intent the bot reads what others write, also what looks like its own.
  const privilegedIntents = ['MESSAGE_CONTENT'] as const
  const discord = createDiscordServer({
    guilds,
    clock,
    rateLimits: [],
    privilegedIntents: [...privilegedIntents],
  })
  const { apiUrl, close } = await discord.listen()
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
  const rest = createRest({ apiUrl, token: discord.token })
  const rights: { lacking: readonly Right[] | undefined } = { lacking: undefined }
  const chat: Chat = {
    ...createDiscordChat({
      rest,
      selfId: () => discord.applicationId,
      bytes: async (id) => (await loadMedia(database.orm, id))?.bytes,
      lacking: () => rights.lacking,
    }),
    pace: { post: unlimited, edit: unlimited, find: unlimited },
  }
  const announcers: Announcer[] = []
  const own = (channelId: string) =>
    discord.messages(channelId).filter(({ author }) => author.id === discord.applicationId)

  return {
    discord,
    rest,
    deps,
    chat,
    rights,
    /** Moves Discord's clock forward, so that it forgets nonces and archives threads. */
    pass(ms: number) {
      offsetMs += ms
    },
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
        conversation: { chat: 'discord', teamId: GUILD, channelId: CHANNEL, ...conversation },
        author: { id: ANA, name: 'Ana' },
        createdAt: at,
        targets: made,
      })
      await createPost(database.orm, post)
      return { postId: post.id, targetIds: made.map(({ id }) => id) }
    },
    /** Moves a target on, as a worker or a person would. */
    async become(targetId: string | undefined, state: TargetState) {
      const stored = await load(database, targetId ?? '')
      const event = {
        type: 'attempted',
        at: Date.now(),
        outcome: { kind: 'ambiguous', reason: { class: 'unknown', text: 'Seen in a test.' } },
        jitter: 0,
      } as const
      await recordTransition(database.orm, stored, event, {
        kind: 'moved',
        target: { ...stored.target, attempt: Math.max(1, stored.target.attempt), state },
        effects: [],
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
    /** Our messages in the channel itself, as text. */
    inChannel: () => own(CHANNEL).map(textOf),
    /** Our messages in the channel's threads, as text. */
    inThreads: () =>
      discord.threads(CHANNEL).flatMap(({ id }) =>
        own(id)
          .filter(({ type }) => type !== 21)
          .map(textOf),
      ),
    own,
    posts: (route = '/channels/:channel/messages') =>
      discord.calls().filter((call) => call.method === 'POST' && call.route === route),
    async close() {
      for (const announcer of announcers) await announcer.stop()
      await close()
      expect(unofficial(discord.calls())).toEqual([])
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
