import { and, asc, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm'
import type { Orm } from './database.js'
import type { StoredIncident } from './duplicates.js'
import { type Deed, loadHistory } from './load-history.js'
import type { Note } from './notes.js'
import type { PostWithTargets } from './posts.js'
import { prepared } from './prepared.js'
import { events, incidents, notes, posts, targets } from './schema.js'
import { readTarget } from './stored-target.js'

/** A post and what happened to it, as far as its thread shows that. */
export interface Thread extends PostWithTargets {
  readonly incidents: readonly StoredIncident[]
  readonly notes: readonly Note[]
  /** What people and automations did, the oldest first. */
  readonly history: readonly Deed[]
  /** Whether anything that was written down, about whichever post or account, is open. */
  readonly areNotesOpen: boolean
}

const withTargets = prepared((orm) => {
  const ofPost = (of: typeof incidents | typeof notes | typeof events) => eq(of.postId, posts.id)
  return orm
    .select({
      post: posts,
      target: targets,
      hasIncidents: exists(orm.select().from(incidents).where(ofPost(incidents))),
      hasNotes: exists(orm.select().from(notes).where(ofPost(notes))),
      hasHistory: exists(
        orm
          .select()
          .from(events)
          .where(and(ofPost(events), isNotNull(events.actor))),
      ),
      areNotesOpen: exists(orm.select().from(notes).where(isNull(notes.resolvedAt))),
    })
    .from(posts)
    .leftJoin(targets, eq(targets.postId, posts.id))
    .where(eq(posts.id, sql.placeholder('postId')))
    .orderBy(asc(targets.position))
    .prepare('thread')
})

function exists(rows: { getSQL(): SQL }) {
  return sql<boolean>`exists ${rows}`
}

/**
 * One statement for what every post has, and one more for each thing that few have. The post's
 * `changed` is read first, so that it never claims more than the rest shows.
 */
export async function loadThread(orm: Orm, postId: string): Promise<Thread | undefined> {
  const found = await withTargets(orm).execute({ postId })
  const [first] = found
  if (!first) return undefined
  const [foundIncidents, foundNotes, history] = await Promise.all([
    first.hasIncidents ? orm.select().from(incidents).where(eq(incidents.postId, postId)) : [],
    first.hasNotes ? orm.select().from(notes).where(eq(notes.postId, postId)) : [],
    first.hasHistory ? loadHistory(orm, postId) : [],
  ])
  return {
    post: first.post,
    targets: found.flatMap(({ target }) => (target ? [readTarget(target)] : [])),
    incidents: foundIncidents,
    notes: foundNotes,
    history,
    areNotesOpen: first.areNotesOpen,
  }
}
