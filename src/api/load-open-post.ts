import type { Orm } from '../store/database.js'
import { loadPost, type PostWithTargets } from '../store/posts.js'
import { ProblemError } from './problem.js'

/**
 * A post that was queued; a question that nobody answered yet is none.
 * @throws ProblemError when there is no such post
 */
export async function loadOpenPost(orm: Orm, id: string): Promise<PostWithTargets> {
  const found = await loadPost(orm, id)
  if (found?.post.status === 'open') return found
  throw new ProblemError('not-found', `There is no post ${id}.`)
}
