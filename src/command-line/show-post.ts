import { type ApiClient, ApiError, type Post } from './api-client.js'
import { EXIT } from './command.js'

/** A post for people, or as data. */
export function showPost(post: Post, asData: boolean | undefined): string {
  if (asData) return `${JSON.stringify(post, null, 2)}\n`
  const width = Math.max(0, ...post.targets.map(({ account }) => account.length))
  const lines = post.targets.flatMap(({ account, words, permalink, reason }) => [
    `  ${account.padEnd(width)}  ${words}${permalink ? `  ${permalink}` : ''}`,
    ...(reason?.next ? [`  ${' '.repeat(width)}  ${reason.next}`] : []),
  ])
  return `${[`${post.id}: ${inCounts(post)}`, ...lines].join('\n')}\n`
}

const COUNTS: readonly (readonly [string, string])[] = [
  ['live', 'live'],
  ['failed', 'failed'],
  ['processing', 'processing'],
  ['needsRetry', 'waiting for a retry'],
  ['needsPerson', 'waiting for a person'],
]

/** Nothing is left out that is not 0: no roll-up hides a target. */
function inCounts({ counts }: Post): string {
  const parts = COUNTS.flatMap(([key, words]) => (counts[key] ? [`${counts[key]} ${words}`] : []))
  return parts.join(', ') || 'nothing to publish'
}

/** What a script has to know: 0 all live, 3 some are not and will not be by themselves, 4 not known yet. */
export function exitFor({ allLive, counts }: Post): number {
  if (allLive) return EXIT.done
  return isMoving({ counts }) ? EXIT.underWay : EXIT.notLive
}

function isMoving({ counts }: Pick<Post, 'counts'>): boolean {
  return (counts.processing ?? 0) + (counts.needsRetry ?? 0) > 0
}

const LOOK_EVERY_MS = 1_000

/**
 * Looks until nothing moves by itself any more, or the time is over. The post is queued, whatever
 * becomes of a look: one without an answer is tried again, and at the end the newest that was seen counts.
 */
export async function waitForPost(
  client: Pick<ApiClient, 'read'>,
  first: Post,
  until: number,
  { now, sleep, note }: { now(): number; sleep(ms: number): Promise<unknown>; note: Note },
): Promise<Post> {
  let post = first
  let missed: ApiError | undefined
  while (isMoving(post) && now() < until && !missed?.isRefusal) {
    await sleep(LOOK_EVERY_MS)
    try {
      post = await client.read(post.id)
      missed = undefined
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      missed = error
    }
  }
  if (missed) note(`${missed.message} What was seen last stands below.\n`)
  return post
}

type Note = (text: string) => void
