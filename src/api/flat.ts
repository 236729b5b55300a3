import type { StateOf } from '../publisher/core/target.js'
import type { StoredEvent } from '../store/load-attempts.js'
import type { PostWithTargets } from '../store/posts.js'
import type { StoredTarget } from '../store/stored-target.js'
import { shownRemoteId } from './shown-remote-id.js'
import { notLiveWords } from './state-words.js'

/** What became of one platform, in the older shape. */
export interface FlatResult {
  readonly platform: string
  readonly success: boolean
  readonly postId?: string
  readonly permalink?: string
  readonly error?: string
}

export interface RetryInfo {
  readonly is_retry: boolean
  readonly previous_attempts: number
  readonly retried_platform: string
}

/** What an imported post brought along that its targets do not hold. */
export interface Imported {
  readonly lastRetryAt?: string
  readonly retryInfo?: RetryInfo
}

/**
 * A post in the older flat shape. `status` is `posted` only when every target is live; whatever is
 * still on its way counts as `failed` until then, so that nobody reads "posted" too early. Pure.
 * @param events everything that happened to its targets, the oldest first
 */
export function showFlat(
  { post, targets }: PostWithTargets,
  events: readonly Pick<StoredEvent, 'type' | 'at' | 'fromStatus' | 'attempt' | 'platform'>[],
  imported: Imported = {},
) {
  const results = platformsOf(targets).map((platform) => resultOf(platform, targets))
  const failures = results.filter(({ success }) => !success)
  const live = targets.flatMap(({ platform, target: { state } }) =>
    state.status === 'published' ? [{ ...state, platform }] : [],
  )
  const retry = lastRetry(events)
  const retryInfo = retry?.info ?? imported.retryInfo
  return {
    id: post.id,
    status: targets.length > 0 && failures.length === 0 ? 'posted' : 'failed',
    error_message:
      failures.length === 0
        ? null
        : failures.map(({ platform, error }) => `${platform}: ${error}`).join('; '),
    insights: { publish_results: results },
    published_at: isoOf(Math.min(...live.map(({ publishedAt }) => publishedAt))),
    last_retry_at: retry?.at.toISOString() ?? imported.lastRetryAt ?? null,
    ...Object.assign({}, ...results.map(idsOf)),
    post_url: live.find(({ permalink }) => permalink !== undefined)?.permalink ?? null,
    results: Object.fromEntries(results.map(({ platform, ...rest }) => [platform, rest])),
    ...(retryInfo ? { retry_info: retryInfo } : {}),
  }
}

function platformsOf(targets: readonly StoredTarget[]): string[] {
  return [...new Set(targets.map(({ platform }) => platform))]
}

/** With several accounts on one platform, what is not live there outweighs what is. */
function resultOf(platform: string, all: readonly StoredTarget[]): FlatResult {
  const targets = all.filter((one) => one.platform === platform)
  const notLive = targets.filter(({ target }) => target.state.status !== 'published')
  const error = notLive
    .map(({ account, target: { state } }) => {
      const words = notLiveWords(state, platform) ?? ''
      return targets.length > 1 ? `${account}: ${words}` : words
    })
    .join('; ')
  const state = targets
    .map(({ target }) => target.state)
    .findLast((one): one is StateOf<'published'> => one.status === 'published')
  return {
    platform,
    success: notLive.length === 0,
    ...(state?.remoteId === undefined ? {} : { postId: shownRemoteId(platform, state.remoteId) }),
    ...(state?.permalink === undefined ? {} : { permalink: state.permalink }),
    ...(notLive.length > 0 ? { error } : {}),
  }
}

/** The ids under the names that systems built on the shape look for. */
function idsOf({ platform, postId, permalink }: FlatResult): Record<string, string> {
  const isInstagram = platform === 'instagram'
  return {
    ...(postId === undefined ? {} : { [`${platform}_post_id`]: postId }),
    ...(isInstagram && postId !== undefined ? { instagram_media_id: postId } : {}),
    ...(isInstagram && permalink !== undefined ? { instagram_permalink: permalink } : {}),
  }
}

/** The newest retry: what one request sent again has one time. */
function lastRetry(
  events: Parameters<typeof showFlat>[1],
): { at: Date; info: RetryInfo } | undefined {
  const retries = events.filter(
    ({ type, fromStatus }) =>
      type === 'retryRequested' || (type === 'edited' && fromStatus === 'failed'),
  )
  const newest = retries.at(-1)
  if (!newest) return undefined
  const together = retries.filter(({ at }) => at.getTime() === newest.at.getTime())
  const platforms = [...new Set(together.map(({ platform }) => platform))]
  return {
    at: newest.at,
    info: {
      is_retry: true,
      previous_attempts: Math.max(...together.map(({ attempt }) => attempt)),
      retried_platform: platforms.join(','),
    },
  }
}

function isoOf(at: number): string | null {
  return Number.isFinite(at) ? new Date(at).toISOString() : null
}
