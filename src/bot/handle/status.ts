import { DateTime } from 'luxon'
import type { Status } from '../../publisher/core/target.js'
import { type ChannelPost, channelPosts } from '../../store/channel-posts.js'
import type { Conversation } from '../../store/create-post.js'
import { loadHistory } from '../../store/load-history.js'
import { type PostWithTargets, recentPosts } from '../../store/posts.js'
import { loadRefusals } from '../../store/refusals.js'
import type { StoredTarget } from '../../store/stored-target.js'
import { attentionLine } from '../attention.js'
import { countsOf, publishTime } from '../card.js'
import { targetButtons } from '../card-buttons.js'
import { byHandOf } from '../card-target.js'
import { type Reply, say } from '../reply.js'
import { inWords } from '../when.js'
import { excerpt, headline, type Line, stateLine } from '../wording.js'
import type { Found } from './asked.js'
import type { HandleDeps } from './deps.js'
import { listOf, nameOf, verb } from './words.js'

/**
 * One post, target by target. What waits for a person has its buttons here too, because its message
 * in the thread may be gone: those of the target that was meant, else of the only one that waits.
 */
export async function statusOf(found: Found, deps: HandleDeps): Promise<Reply> {
  const { targets, target } = found
  const lines = targets.map((stored) => targetLine(stored, deps.timeZone))
  const waiting = targets.filter(({ target: { state } }) => WAITS.has(state.status))
  const meant = target ?? (waiting.length === 1 ? waiting[0] : undefined)
  const buttons = meant ? targetButtons(meant) : []
  const text = [
    summary(found, deps.timeZone),
    ...lines,
    'Who did what:',
    ...(await trailOf(found, deps)),
    ...(meant && buttons.length > 0 ? [...byHandLines(meant), `For ${meant.account}:`] : []),
    ...(!meant && waiting.length > 1
      ? [
          `To answer for one of them: the status command with its id, such as ${waiting[0]?.id}, shows its buttons.`,
        ]
      : []),
  ].join('\n')
  return buttons.length > 0 ? { kind: 'question', text, buttons } : say(text)
}

/** States in which nothing goes on without a person. */
const WAITS: ReadonlySet<Status> = new Set(['unconfirmed', 'held', 'failed'])

function targetLine(stored: StoredTarget, zone: string): string {
  const { id, account, platform, target } = stored
  const { state } = target
  const link = state.status === 'published' ? state.permalink : undefined
  const parts = [
    `• ${account} (${id}): ${plain(stateLine(state, platform), zone)}.`,
    ...('reason' in state ? [state.reason.text, state.reason.next] : []),
    ...(state.status === 'unconfirmed' ? [state.evidence.at(-1)?.text, lookLine(state)] : []),
    link,
  ]
  return parts.filter((part) => part !== undefined && part !== '').join(' ')
}

function lookLine({ where }: { where?: string }): string | undefined {
  return where === undefined ? undefined : `Where to look: ${where}`
}

/** The text to be posted by hand. */
function byHandLines(stored: StoredTarget): string[] {
  const byHand = byHandOf(stored)
  return byHand ? ['The text to post:', byHand.text] : []
}

/** Who did what, and who was refused what, the oldest first. */
async function trailOf(
  found: Found,
  { database: { orm }, timeZone }: HandleDeps,
): Promise<string[]> {
  const { post, targets } = found
  const [deeds, refusals] = await Promise.all([
    loadHistory(orm, post.id),
    loadRefusals(orm, post.id),
  ])
  const nameOfTarget = new Map(targets.map(({ id, account }) => [id, account]))
  const entries = [
    { at: post.createdAt.getTime(), words: `${post.authorName || post.authorId} asked for it` },
    ...deeds.map((deed) => ({
      at: deed.at,
      words: `${nameOf(deed.who)} ${verb(deed)} (${nameOfTarget.get(deed.targetId) ?? deed.targetId})`,
    })),
    ...refusals.map(({ at, who, kind, why }) => ({
      at,
      words: `${nameOf(who)} was refused ${kind}: ${why}`,
    })),
  ].sort((a, b) => a.at - b.at)
  const shown = entries.slice(-TRAIL_SHOWN).map(({ at, words }) => {
    return `• ${DateTime.fromMillis(at, { zone: timeZone }).toFormat('d LLL HH:mm:ss')} ${words}`
  })
  return entries.length > TRAIL_SHOWN
    ? [`• … ${entries.length - TRAIL_SHOWN} before`, ...shown]
    : shown
}

const TRAIL_SHOWN = 25

const SHOWN = 30
const NEWEST = 5
/** A failure that nobody touched for so long is taken as settled. */
const FAILED_WITHIN_MS = 14 * 86_400_000

/** A channel at a glance: what needs a person first, then what is scheduled, then the newest. */
export async function statusOfChannel(
  conversation: Conversation,
  deps: HandleDeps,
): Promise<Reply> {
  const { orm } = deps.database
  const now = deps.now()
  const limit = SHOWN + 1
  const [waiting, failed, scheduled, recent] = await Promise.all([
    channelPosts(orm, conversation, ['unconfirmed', 'held'], { limit }),
    channelPosts(orm, conversation, ['failed'], { limit, since: now - FAILED_WITHIN_MS }),
    channelPosts(orm, conversation, ['scheduled'], { limit }),
    recentPosts(orm, conversation, NEWEST),
  ])
  const listed = new Set([...waiting, ...failed, ...scheduled].map(({ id }) => id))
  const newest = recent.filter(({ post }) => !listed.has(post.id))
  const parts = [
    ...section('Needs a person, the oldest first:', waiting, (one) => attentionLine(one, now)),
    ...section('Failed, and not tried again by itself:', failed, (one) => attentionLine(one, now)),
    ...section('Scheduled, the next first:', scheduled, (one) => plan(one, deps.timeZone)),
    ...(newest.length > 0
      ? [`Newest:\n${newest.map((one) => `• ${summary(one, deps.timeZone)}`).join('\n')}`]
      : []),
  ]
  return say(parts.join('\n\n') || 'Nothing was published from this channel yet.')
}

function section(
  title: string,
  found: readonly ChannelPost[],
  lineOf: (one: ChannelPost) => string,
): string[] {
  if (found.length === 0) return []
  const lines = found.slice(0, SHOWN).map((one) => `• ${lineOf(one)}`)
  if (found.length > SHOWN) lines.push('• … and more; these come first.')
  return [[title, ...lines].join('\n')]
}

/** When and where it goes out; accounts that go at another time are named with it. */
function plan({ id, text, authorName, targets }: ChannelPost, zone: string): string {
  const times = [...new Set(targets.map(({ at }) => at))].sort((a, b) => a - b)
  const where = times.map((at) => {
    const names = targets.filter((one) => one.at === at).map(({ account }) => account)
    return `${inWords(at, zone)} to ${listOf(names)}`
  })
  return `${id} "${excerpt(text, 60) || 'no text'}" by ${authorName}: ${where.join('; ')}`
}

function summary(found: PostWithTargets, zone: string): string {
  const { post, targets } = found
  const said = excerpt(post.text, 60) || 'no text'
  const isAhead = targets.some(({ target }) => target.state.status === 'scheduled')
  const { publishAt } = publishTime(found)
  const when = publishAt !== undefined && isAhead ? `, ${inWords(publishAt, zone)}` : ''
  return `${post.id} "${said}" by ${post.authorName}${when}: ${headline(countsOf(targets))}`
}

/** A line without any chat's own formatting. */
function plain(line: Line, zone: string): string {
  return line
    .map((piece) => {
      if (typeof piece === 'string') return piece
      if ('strong' in piece) return piece.strong
      if ('at' in piece) return DateTime.fromMillis(piece.at, { zone }).toFormat('d LLL HH:mm')
      if ('who' in piece) return piece.who.name ?? piece.who.id
      return piece.link
    })
    .join('')
}
