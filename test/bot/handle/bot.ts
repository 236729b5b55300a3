import { eq } from 'drizzle-orm'
import type { Command, CommandBody, Publish } from '../../../src/bot/command.js'
import { type HandleDeps, handle } from '../../../src/bot/handle.js'
import type { Reply } from '../../../src/bot/reply.js'
import { createLog, createRedactor } from '../../../src/log.js'
import { createPolicy } from '../../../src/publisher/core/retry.js'
import type { Actor, TargetState } from '../../../src/publisher/core/target.js'
import { syncAccounts } from '../../../src/store/accounts.js'
import type { Conversation } from '../../../src/store/create-post.js'
import type { Database } from '../../../src/store/database.js'
import { loadPost, type PostWithTargets, recentPosts } from '../../../src/store/posts.js'
import { posts, targets } from '../../../src/store/schema.js'
import { createSecretBox } from '../../../src/store/secret-box.js'
import { createSteppedClock, type SteppedClock } from '../../support/clock.js'

export const ana: Actor = { kind: 'person', id: 'U1', name: 'ana' }
export const ben: Actor = { kind: 'person', id: 'U2', name: 'ben' }
export const social: Conversation = { chat: 'slack', teamId: 'T1', channelId: 'C1' }

export interface TestBot {
  readonly deps: HandleDeps
  readonly clock: SteppedClock
  /** What was told in between, as text. */
  readonly told: string[]
  ask(body: CommandBody, options?: Partial<Asking>): Promise<Reply>
  publish(text: string, more?: Partial<Publish>, options?: Partial<Asking>): Promise<Reply>
  /** The channel's newest post. */
  newest(): Promise<PostWithTargets>
  /** Every post, also drafts, the oldest first. */
  all(): Promise<(typeof posts.$inferSelect)[]>
  load(postId: string | undefined): Promise<PostWithTargets>
  /**
   * Puts targets into states, by account.
   * @param attempt how many attempts were made; unchanged without it
   */
  set(
    postId: string,
    states: Record<string, TargetState>,
    attempt?: number,
  ): Promise<PostWithTargets>
}

/** Shared by all bots of a file, so that none repeats another's ids and keys. */
let seed = 7
let keys = 0

interface Asking {
  key: string
  actor: Actor
  conversation: Conversation
}

/** The bot's commands over a database, with three accounts and no chat. */
export async function createTestBot(
  database: Database,
  changes: Partial<HandleDeps> = {},
): Promise<TestBot> {
  const clock = createSteppedClock()
  const told: string[] = []
  const names = ['facebook', 'instagram', 'x']
  await syncAccounts(
    database.orm,
    names.map((name) => ({ name, platform: name })),
    createSecretBox(Buffer.alloc(32, 1)),
    clock.now(),
  )
  const deps: HandleDeps = {
    database,
    now: clock.now,
    random: () => {
      seed = (seed * 16_807) % 2_147_483_647
      return seed / 2_147_483_647
    },
    log: createLog({ level: 'silent', redactor: createRedactor() }),
    policy: createPolicy({ settleBaseMs: 1000, backoffBaseMs: 1000 }),
    timeZone: 'Europe/Madrid',
    channelTargets: () => undefined,
    media: { allowPrivate: true, servesMedia: true },
    platforms: {
      images: () => undefined,
      linkCard: () => undefined,
      check: (account, { text, media }) => [
        ...(account === 'x' && text.length > 280
          ? [
              {
                field: 'text' as const,
                message: `The text has ${text.length} characters; 280 is the limit.`,
              },
            ]
          : []),
        ...(account === 'instagram' && media.length === 0
          ? [{ field: 'media' as const, message: 'Instagram needs a picture or a video.' }]
          : []),
      ],
      retrySafety: () => '',
      canRemove: () => true,
      capabilities: () => ({ canLookUp: true, canVerify: true }),
    },
    waitForCheckMs: 0,
    linkTo: {
      chat: 'slack',
      message: async ({ teamId, channelId, messageId }) =>
        `https://acme.slack.com/${teamId}/${channelId}/${messageId}`,
    },
    tell: async (reply) => {
      told.push(textOf(reply))
    },
    ...changes,
  }
  const ask: TestBot['ask'] = (body, options = {}) => {
    keys += 1
    const { key = `slack:trigger-${keys}`, actor = ana, conversation = social } = options
    return handle({ ...body, key } as Command, actor, conversation, deps)
  }
  const load: TestBot['load'] = async (postId = '') => {
    const post = await loadPost(database.orm, postId)
    if (!post) throw new Error(`there is no post ${postId}`)
    return post
  }
  return {
    deps,
    clock,
    told,
    ask,
    publish: (text, more = {}, options = {}) =>
      ask(
        { kind: 'publish', text, texts: {}, media: [], targets: ['facebook', 'x'], ...more },
        options,
      ),
    async newest() {
      const [post] = await recentPosts(database.orm, social, 1)
      if (!post) throw new Error('there is no post')
      return post
    },
    all: () => database.orm.select().from(posts).orderBy(posts.id),
    load,
    async set(postId, states, attempt) {
      const { targets: before } = await load(postId)
      for (const [account, state] of Object.entries(states)) {
        const target = before.find((one) => one.account === account)
        if (!target) throw new Error(`${postId} has no ${account}`)
        await database.orm
          .update(targets)
          .set({
            state,
            status: state.status,
            version: target.version + 1,
            ...(attempt === undefined ? {} : { attempt }),
          })
          .where(eq(targets.id, target.id))
      }
      return load(postId)
    },
  }
}

/** Everything a reply says, on one line each. */
export function textOf(reply: Reply): string {
  switch (reply.kind) {
    case 'nothing':
      return ''
    case 'text':
    case 'question':
      return reply.text
    case 'problems':
      return reply.problems
        .map(({ field, account, message, next }) =>
          [field, account, message, next].filter(Boolean).join(' | '),
        )
        .join('\n')
    case 'form':
      return `form ${reply.form.kind}`
  }
}

export function statesOf({ targets: list }: PostWithTargets): Record<string, string> {
  return Object.fromEntries(list.map(({ account, target }) => [account, target.state.status]))
}

export const failed = (
  at: number,
  reasonClass: 'validation' | 'removed' | 'denied' = 'validation',
): TargetState => ({
  status: 'failed',
  failedAt: at,
  reason: { class: reasonClass, text: 'The platform refused it.' },
})
export const live = (at: number): TargetState => ({
  status: 'published',
  publishedAt: at,
  how: 'answer',
  remoteId: `r${at}${Math.floor(at / 7)}`,
  missing: 0,
  rechecks: 0,
})
export const unconfirmed = (at: number): TargetState => ({
  status: 'unconfirmed',
  evidence: [{ at, text: 'The answer was lost.' }],
  askedAt: at,
  relooks: 0,
})
export const held = (at: number): TargetState => ({
  status: 'held',
  hold: 'account',
  reason: { class: 'auth', text: 'The token has expired.' },
  heldAt: at,
})
