import type { TargetState } from '../publisher/core/target.js'
import type { EndedOnAccount } from '../store/last-hour.js'
import type { StoredTarget } from '../store/stored-target.js'
import { type Line, platformTitle } from './wording.js'

/** How many publishes went live, and how many did not. */
export interface Ended {
  readonly live: number
  readonly trouble: number
}

/** What else was sent around the time of a failure. */
export interface Surroundings {
  /** Other posts to the same account. */
  readonly own: Ended
  /** Other accounts on the same platform. */
  readonly peers: Ended
  /** All other platforms. */
  readonly others: Ended
}

/** How far a failure seems to reach. */
export type Reach =
  | 'post'
  | 'sometimes'
  | 'account'
  | 'account or platform'
  | 'platform'
  | 'everything'
  | 'not everything'
  | 'unknown'

/** Around a failure: the hour before it, and a while after, in which the others come to their end. */
export const BEFORE_MS = 3_600_000
export const AFTER_MS = 600_000

/** Failures that say nothing about the account, the platform or the network. */
const OF_ITS_OWN = new Set(['stale', 'denied', 'removed'])

/** When a target failed, if it stands in a failure that others may share. */
export function failedSince({ target: { state }, updatedAt }: StoredTarget): number | undefined {
  if ('reason' in state && OF_ITS_OWN.has(state.reason.class)) return undefined
  switch (state.status) {
    case 'failed':
      return state.failedAt
    case 'held':
      return state.hold === 'account' ? state.heldAt : undefined
    case 'unconfirmed':
      return state.askedAt
    case 'waiting':
      return updatedAt
    default:
      return undefined
  }
}

const UNDER_WAY = new Set<TargetState['status']>(['queued', 'publishing'])

/** While the rest of its post is on its way the comparison would change with each of them. */
export function isSettling(targets: readonly StoredTarget[]): boolean {
  return targets.some(({ target }) => UNDER_WAY.has(target.state.status))
}

/** What else was sent, seen from one target. */
export function surroundingsOf(
  { account, platform }: Pick<StoredTarget, 'account' | 'platform'>,
  ended: readonly EndedOnAccount[],
): Surroundings {
  const sum = (list: readonly EndedOnAccount[]): Ended => ({
    live: list.reduce((count, { live }) => count + live, 0),
    trouble: list.reduce((count, { trouble }) => count + trouble, 0),
  })
  return {
    own: sum(ended.filter((each) => each.account === account && !each.ofPost)),
    peers: sum(ended.filter((each) => each.platform === platform && each.account !== account)),
    others: sum(ended.filter((each) => each.platform !== platform)),
  }
}

const works = ({ live }: Ended) => live > 0
const fails = ({ live, trouble }: Ended) => live === 0 && trouble > 0

/** Whether it is this target or everything, as far as what else was sent can tell. Pure. */
export function reachOf({ own, peers, others }: Surroundings): Reach {
  if (works(own)) return own.trouble > 0 ? 'sometimes' : 'post'
  if (works(peers)) return 'account'
  if (fails(peers)) return fails(others) ? 'everything' : 'platform'
  if (fails(others)) return 'everything'
  if (fails(own)) return 'account or platform'
  return works(others) ? 'not everything' : 'unknown'
}

/** The first question of whoever looks at a failure, answered with numbers. */
export function reachLine(
  { account, platform }: Pick<StoredTarget, 'account' | 'platform'>,
  around: Surroundings,
): Line {
  const title = platformTitle(platform)
  const part = (name: string, { live, trouble }: Ended) =>
    live + trouble === 0 ? [] : [`${name} ${live} of ${live + trouble} live`]
  const parts = [
    ...part(`other posts to ${account}`, around.own),
    ...part(`other ${title} accounts`, around.peers),
    ...part('other platforms', around.others),
  ]
  const numbers = parts.length > 0 ? `In that hour ${parts.join(', ')}. ` : ''
  return [{ strong: 'Only this one?' }, ` ${numbers}${verdict(reachOf(around), account, title)}`]
}

function verdict(reach: Reach, account: string, title: string): string {
  switch (reach) {
    case 'post':
      return 'It looks like this post.'
    case 'sometimes':
      return `${account} works on and off.`
    case 'account':
      return `It looks like ${account}, not ${title} as a whole.`
    case 'account or platform':
      return `It is not this post: it looks like ${account}, or ${title} as a whole.`
    case 'platform':
      return `It looks like ${title} as a whole.`
    case 'everything':
      return 'Nothing gets through: it looks like the network, or Pressroom itself.'
    case 'not everything':
      return `It is not everything: it is this post, ${account}, or ${title} as a whole.`
    case 'unknown':
      return 'Nothing else was sent in that hour, so there is nothing to compare it with.'
  }
}
