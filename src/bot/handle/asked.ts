import type { Actor } from '../../publisher/core/target.js'
import type { Conversation } from '../../store/create-post.js'
import { loadTarget } from '../../store/load-targets.js'
import { findPostIds, loadPost, type PostWithTargets } from '../../store/posts.js'
import type { StoredTarget } from '../../store/stored-target.js'
import type { Command } from '../command.js'
import { type Reply, say } from '../reply.js'
import type { HandleDeps } from './deps.js'
import { refusalOf } from './standing.js'

/** Who asked for it, where, and the key that all redeliveries share. */
export interface Asked {
  readonly kind: Command['kind']
  readonly key: string
  readonly actor: Actor
  readonly conversation: Conversation
}

export interface Found extends PostWithTargets {
  /** The target that was meant, when the id was that of a target. */
  readonly target?: StoredTarget
}

/**
 * Goes on with the post or target that was meant, if there is one and the one who asked may act on
 * it; answers with the refusal otherwise. A post's id may be cut short where that leaves one post.
 */
export async function withFound(
  id: string,
  asked: Asked,
  deps: HandleDeps,
  goOn: (found: Found) => Promise<Reply>,
): Promise<Reply> {
  const found = await find(id, deps)
  if (typeof found === 'string') return say(found)
  const refusal = await refusalOf(asked, deps, found)
  if (refusal) return refusal
  const { kind, key, actor } = asked
  const targetId = found.target ? { targetId: found.target.id } : {}
  deps.log.info({ postId: found.post.id, ...targetId, kind, key, actor: actor.id }, 'asked for')
  return goOn(found)
}

/** @returns what was found, or a sentence that says why nothing was */
async function find(id: string, { database: { orm } }: HandleDeps): Promise<Found | string> {
  const none = `There is no post ${id} here. The status command lists the ids.`
  if (id.startsWith('t')) {
    const target = (await loadTarget(orm, id))?.stored
    const post = target && (await loadPost(orm, target.postId))
    return post ? { ...post, target } : none
  }
  const exact = await loadPost(orm, id)
  if (exact) return exact
  const [only, another] = await findPostIds(orm, id)
  if (another !== undefined) return `More than one post begins with ${id}; write more of its id.`
  return (only === undefined ? undefined : await loadPost(orm, only)) ?? none
}
