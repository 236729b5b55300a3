import type { Orm } from '../store/database.js'
import { findBySource } from '../store/find-by-source.js'
import { loadPost, type PostWithTargets } from '../store/posts.js'
import { importKeyOf } from './import/flat-post.js'
import { ProblemError } from './problem.js'

/**
 * A post that was queued; a question that nobody answered yet is none.
 * @param id its own, or the old one of an imported post; the post that is found has its own
 * @throws ProblemError when there is no such post
 */
export async function loadOpenPost(orm: Orm, id: string): Promise<PostWithTargets> {
  const found = (await loadPost(orm, id)) ?? (await loadImported(orm, id))
  if (found?.post.status === 'open') return found
  throw new ProblemError('not-found', `There is no post ${id}.`)
}

async function loadImported(orm: Orm, oldId: string): Promise<PostWithTargets | undefined> {
  const imported = await findBySource(orm, importKeyOf(oldId))
  return imported && loadPost(orm, imported.id)
}
