import { asc, eq } from 'drizzle-orm'
import type { Actor } from '../publisher/core/target.js'
import type { Conversation } from './create-post.js'
import type { Orm } from './database.js'
import { refusals } from './schema.js'

/** Something that somebody wanted to do and may not. */
export interface Refusal {
  readonly at: number
  readonly who: Actor
  /** What was asked for: a command's kind. */
  readonly kind: string
  readonly why: string
}

/** Keeps who was refused what, where and why: once for a click, however often it is delivered. */
export async function recordRefusal(
  orm: Orm,
  refusal: Refusal & {
    readonly key: string
    readonly conversation: Conversation
    readonly postId?: string | undefined
    readonly targetId?: string | undefined
  },
): Promise<void> {
  const { key, at, who, kind, why, conversation, postId = null, targetId = null } = refusal
  const { chat, teamId, channelId } = conversation
  const place = { chat, workspaceId: `${chat}:${teamId}`, channelId }
  await orm
    .insert(refusals)
    .values({ key, at: new Date(at), actor: who, kind, why, postId, targetId, ...place })
    .onConflictDoNothing()
}

/** What was refused about a post, the oldest first. */
export async function loadRefusals(orm: Orm, postId: string): Promise<Refusal[]> {
  const found = await orm
    .select()
    .from(refusals)
    .where(eq(refusals.postId, postId))
    .orderBy(asc(refusals.at))
  return found.map(({ at, actor, kind, why }) => ({
    at: at.getTime(),
    who: actor as Actor,
    kind,
    why,
  }))
}
