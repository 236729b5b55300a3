import { eq, sql } from 'drizzle-orm'
import { nextDueAt } from '../publisher/core/decide.js'
import type { StateOf } from '../publisher/core/target.js'
import { type Orm, rows } from './database.js'
import { channels, posts, targets, workspaces } from './schema.js'
import { storableData } from './storable.js'
import type { StoredContent } from './stored-target.js'

/** The conversation a post belongs to, and who asked for it. */
export interface Conversation {
  readonly chat: 'slack' | 'discord' | 'api'
  /** Slack team or Discord guild. */
  readonly teamId: string
  readonly channelId: string
}

export interface NewPost {
  readonly id: string
  readonly conversation: Conversation
  readonly author: { readonly id: string; readonly name: string }
  readonly text: string
  /** The request as it was asked for, to show, to edit and to copy. */
  readonly request: unknown
  readonly publishAt?: number
  /** The same key makes no second post. */
  readonly sourceKey?: string
  /** Tells other content under the same key. */
  readonly sourceHash?: string
  readonly copyOf?: string
  readonly createdAt: number
  readonly targets: readonly NewTarget[]
}

export interface NewTarget {
  readonly id: string
  readonly account: string
  readonly platform: string
  readonly state: StateOf<'scheduled' | 'queued' | 'held'>
  readonly content: StoredContent
  readonly contentHash: string
  readonly idempotencyKey: string
}

const TOLD_FOR_EVER = 2 ** 31 - 1

/**
 * Writes the post with all its targets and rings for what is due, in one transaction.
 * A post that waits for "Publish anyway" is written as a draft without targets.
 * @returns the id of the post that stands for this source key: the new one or the earlier one
 */
export async function createPost(
  orm: Orm,
  { targets: list, ...given }: NewPost,
  status: 'open' | 'draft' = 'open',
): Promise<{ id: string; created: boolean }> {
  const post = storableData(given)
  return orm.transaction(async (tx) => {
    const { chat, teamId, channelId } = post.conversation
    const workspaceId = `${chat}:${teamId}`
    const createdAt = new Date(post.createdAt)
    const inWorkspace = tx
      .$with('in_workspace')
      .as(
        tx
          .insert(workspaces)
          .values({ id: workspaceId, chat, teamId, createdAt })
          .onConflictDoNothing()
          .returning({ id: workspaces.id }),
      )
    const inChannel = tx
      .$with('in_channel')
      .as(
        tx
          .insert(channels)
          .values({ chat, channelId, workspaceId, createdAt })
          .onConflictDoNothing()
          .returning({ channelId: channels.channelId }),
      )
    const inserted = await tx
      .with(inWorkspace, inChannel)
      .insert(posts)
      .values({
        id: post.id,
        status,
        chat,
        workspaceId,
        channelId,
        authorId: post.author.id,
        authorName: post.author.name,
        text: post.text,
        request: post.request,
        publishAt: post.publishAt === undefined ? null : new Date(post.publishAt),
        sourceKey: post.sourceKey ?? null,
        sourceHash: post.sourceHash ?? null,
        copyOf: post.copyOf ?? null,
        createdAt,
        // A draft is shown to one person only; the channel has nothing to be told yet.
        ...(status === 'draft' ? { told: 1 } : {}),
        // Where no chat is, nobody ever has to be told.
        ...(chat === 'api' ? { told: TOLD_FOR_EVER } : {}),
      })
      .onConflictDoNothing()
      .returning({ id: posts.id })
    if (inserted.length === 0) {
      const [earlier] = await tx
        .select({ id: posts.id })
        .from(posts)
        .where(eq(posts.sourceKey, post.sourceKey ?? ''))
      return { id: earlier?.id ?? post.id, created: false }
    }
    if (status === 'open') await insertTargets(tx, post.id, list, post.createdAt)
    return { id: post.id, created: true }
  })
}

/** Adds targets to a post and rings both bells; for use inside a transaction. */
export async function insertTargets(
  tx: Orm,
  postId: string,
  list: readonly NewTarget[],
  createdAtMs: number,
): Promise<void> {
  const createdAt = new Date(createdAtMs)
  const values = storableData(list).map((target, position) => {
    const due = nextDueAt({
      state: target.state,
      attempt: 0,
      automatic: 0,
      dueSince: 0,
      handles: {},
    })
    return {
      id: target.id,
      postId,
      position,
      account: target.account,
      platform: target.platform,
      status: target.state.status,
      state: target.state,
      dueSince: new Date(due ?? createdAtMs),
      dueAt: due === undefined ? null : new Date(due),
      content: target.content,
      contentHash: target.contentHash,
      idempotencyKey: target.idempotencyKey,
      createdAt,
      updatedAt: createdAt,
    }
  })
  const bells = values
    .filter(({ dueAt }) => dueAt !== null)
    .map(({ id, dueAt }) => `${id} 1 ${dueAt?.getTime()}`)
  const added =
    values.length === 0
      ? sql``
      : sql`with added as ${tx.insert(targets).values(values).returning({ id: targets.id })} `
  await rows(
    tx,
    sql`${added}select pg_notify('pressroom_changed', ${postId}::text),
  (select count(pg_notify('pressroom_due', bell)) from unnest(${sql.param(bells)}::text[]) as bell)`,
  )
}
