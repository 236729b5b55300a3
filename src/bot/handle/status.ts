import { DateTime } from 'luxon'
import { channelPosts } from '../../store/channel-posts.js'
import type { Conversation } from '../../store/create-post.js'
import { loadPost, type PostWithTargets, recentPosts } from '../../store/posts.js'
import { countsOf } from '../card.js'
import { type Reply, say } from '../reply.js'
import { inWords } from '../when.js'
import { excerpt, headline, type Line, stateLine } from '../wording.js'
import type { Found } from './asked.js'
import type { HandleDeps } from './deps.js'

/** One post, target by target. */
export function statusOf({ post, targets }: Found, { timeZone }: HandleDeps): Reply {
  const lines = targets.map(({ id, account, platform, target: { state } }) => {
    const words = plain(stateLine(state, platform), timeZone)
    const link = state.status === 'published' ? state.permalink : undefined
    const reason = 'reason' in state ? ` ${state.reason.text}` : ''
    const next = 'reason' in state && state.reason.next ? ` ${state.reason.next}` : ''
    return `• ${account} (${id}): ${words}.${reason}${next}${link ? ` ${link}` : ''}`
  })
  return say(`${summary({ post, targets }, timeZone)}\n${lines.join('\n')}`)
}

/** A channel at a glance: what needs a person first, then what is scheduled, then the newest. */
export async function statusOfChannel(
  conversation: Conversation,
  deps: HandleDeps,
): Promise<Reply> {
  const { orm } = deps.database
  const [waiting, scheduled, recent] = await Promise.all([
    channelPosts(orm, conversation, ['unconfirmed', 'held'], 10),
    channelPosts(orm, conversation, ['scheduled'], 10),
    recentPosts(orm, conversation, 5),
  ])
  const shown = new Set<string>()
  const section = async (title: string, ids: readonly string[]) => {
    const posts = await Promise.all(
      ids.filter((id) => !shown.has(id)).map((id) => loadPost(orm, id)),
    )
    for (const id of ids) shown.add(id)
    const lines = posts.flatMap((found) => (found ? [`• ${summary(found, deps.timeZone)}`] : []))
    return lines.length > 0 ? [`${title}\n${lines.join('\n')}`] : []
  }
  const parts = [
    ...(await section('Needs a person:', waiting)),
    ...(await section('Scheduled:', scheduled)),
    ...(await section(
      'Newest:',
      recent.map(({ post }) => post.id),
    )),
  ]
  return say(parts.join('\n\n') || 'Nothing was published from this channel yet.')
}

function summary({ post, targets }: PostWithTargets, zone: string): string {
  const said = excerpt(post.text, 60) || 'no text'
  const isAhead = targets.some(({ target }) => target.state.status === 'scheduled')
  const when = post.publishAt && isAhead ? `, ${inWords(post.publishAt.getTime(), zone)}` : ''
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
