import { and, eq, or, sql } from 'drizzle-orm'
import type { Orm } from './database.js'
import { chatMessages, posts, targets } from './schema.js'

/** A target that was asked to say the same before. */
export interface SameContent {
  readonly postId: string
  readonly account: string
  readonly contentHash: string
  readonly status: string
  readonly createdAt: number
  /** Where it is live, if the platform told. */
  readonly permalink: string | undefined
  /** Where its post stands in a chat. */
  readonly chat: string
  readonly workspaceId: string
  readonly channelId: string
  readonly messageId: string | null
}

/**
 * Targets with the same content on the same account that were asked for since then, or that go out
 * about the same time; cancelled ones are left out.
 */
export async function sameContent(
  orm: Orm,
  wanted: {
    readonly targets: readonly { readonly account: string; readonly contentHash: string }[]
    readonly askedSince: number
    readonly dueFrom: number
    readonly dueUntil: number
  },
): Promise<SameContent[]> {
  if (wanted.targets.length === 0) return []
  const instant = (ms: number) => sql`${new Date(ms).toISOString()}::timestamptz`
  const found = await orm
    .select({
      postId: targets.postId,
      account: targets.account,
      contentHash: targets.contentHash,
      status: targets.status,
      createdAt: targets.createdAt,
      permalink: sql<string | null>`${targets.state} ->> 'permalink'`,
      chat: posts.chat,
      workspaceId: posts.workspaceId,
      channelId: posts.channelId,
      messageId: chatMessages.messageId,
    })
    .from(targets)
    .innerJoin(posts, eq(posts.id, targets.postId))
    .leftJoin(chatMessages, eq(chatMessages.key, targets.postId))
    .where(
      and(
        or(
          ...wanted.targets.map(({ account, contentHash }) =>
            and(eq(targets.account, account), eq(targets.contentHash, contentHash)),
          ),
        ),
        sql`(${targets.createdAt} >= ${instant(wanted.askedSince)} or ${targets.dueSince}
          between ${instant(wanted.dueFrom)} and ${instant(wanted.dueUntil)})`,
        sql`${targets.status} <> 'cancelled'`,
      ),
    )
  return found.map(({ createdAt, permalink, ...row }) => ({
    ...row,
    createdAt: createdAt.getTime(),
    permalink: permalink ?? undefined,
  }))
}
