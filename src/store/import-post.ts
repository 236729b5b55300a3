import { eq, sql } from 'drizzle-orm'
import type { StateOf } from '../publisher/core/target.js'
import { createPost, type NewPost } from './create-post.js'
import type { Orm } from './database.js'
import { posts, targets } from './schema.js'
import { storableData } from './storable.js'
import type { StoredContent } from './stored-target.js'

/** A target whose story happened elsewhere: nothing is due for it. */
export interface ImportedTarget {
  readonly id: string
  readonly account: string
  readonly platform: string
  readonly state: StateOf<'published' | 'failed' | 'unconfirmed'>
  readonly attempt: number
  readonly content: StoredContent
  readonly contentHash: string
  readonly idempotencyKey: string
}

/**
 * Writes a post that was published elsewhere, in one transaction. Nothing is rung for: nothing is
 * sent, and nothing is looked at.
 * @param isQuiet no chat has to be told until something changes
 * @returns the post that stands for its source key: this one, or the one that was imported before
 */
export async function importPost(
  orm: Orm,
  post: Omit<NewPost, 'targets'>,
  list: readonly ImportedTarget[],
  options: { readonly isQuiet: boolean; readonly importedAt: number },
): Promise<{ id: string; created: boolean }> {
  return orm.transaction(async (tx) => {
    const stored = await createPost(tx, { ...post, targets: [] })
    if (!stored.created) return stored
    const createdAt = new Date(post.createdAt)
    await tx.insert(targets).values(
      storableData(list).map(({ state, ...target }, position) => ({
        ...target,
        postId: stored.id,
        position,
        status: state.status,
        state,
        automatic: target.attempt,
        dueSince: createdAt,
        dueAt: null,
        remoteId: state.status === 'published' ? (state.remoteId ?? null) : null,
        createdAt,
        updatedAt: new Date(options.importedAt),
      })),
    )
    if (options.isQuiet) {
      const quiet = { told: sql`greatest(${posts.told}, ${posts.changed})` }
      await tx.update(posts).set(quiet).where(eq(posts.id, stored.id))
    }
    return stored
  })
}
