import type { Actor, Instant } from '../publisher/core/target.js'
import type { StoredContent, StoredTarget } from '../store/stored-target.js'
import { authorOf, countsOf, type PostView } from './card.js'
import {
  askFact,
  doneFact,
  type Fact,
  incidentFact,
  settledFact,
  withdrawnFact,
} from './card-facts.js'
import { type ByHand, byHandOf } from './card-target.js'
import { accountLine, headline, type Line, linkOr, plural } from './wording.js'

/** A new message in the thread, for what an edit would not let anybody notice. */
export interface ReplyCard {
  readonly kind: 'reply'
  readonly postId: string
  /** `<post id>/<fact>+<fact>…`: what is said stays said. */
  readonly key: string
  /** Who is called; nobody in what is said to the whole channel. */
  readonly mention?: Actor
  /** One for each thing that is said. */
  readonly lines: readonly Line[]
  /** How the whole post stands. */
  readonly tail?: Line
  /** The text to be posted by hand. */
  readonly byHand?: Pick<ByHand, 'text'>
  /** Somebody has to do something. */
  readonly urgent: boolean
}

/** The files to be posted by hand, in the thread. */
export interface MediaCard {
  readonly kind: 'media'
  readonly postId: string
  readonly key: string
  readonly account: string
  readonly media: readonly StoredContent['media'][number][]
  /** The text as a file too, because it is too long to be copied from a message. */
  readonly text?: string
  /** Their addresses instead of the files, which could not be shown. */
  readonly asLinks?: true
}

/** Fits into a message of every chat. */
const LONGEST_PASTE = 1_500

/** A reply and when what it says came about: it may wait a moment for company. */
export interface DueReply {
  readonly card: ReplyCard | MediaCard
  readonly since: Instant
}

/** Facts of one reply; the rest goes into the next, so that keys stay short. */
const FACTS_PER_REPLY = 25
const LINES_PER_REPLY = 10

/**
 * What has to be said in new messages, and was not said yet. Only what holds now: what was over
 * before anybody heard of it makes no noise.
 * @param said keys of the replies that stand in the chat, or may
 */
export function repliesFor(view: PostView, said: Iterable<string>): DueReply[] {
  const known = new Set([...said].flatMap(factsOf))
  const fresh = (facts: readonly Fact[]) => facts.filter(({ id }) => !known.has(id))
  const asks = fresh([
    ...view.targets.flatMap((stored) => askFact(view, stored)),
    ...view.incidents.filter(({ resolvedAt }) => resolvedAt === null).map(incidentFact(view)),
  ])
  const ends = fresh([
    ...view.targets.flatMap((stored) => withdrawnFact(stored, known)),
    ...view.incidents.flatMap((incident) => settledFact(incident, known)),
    ...doneFact(view),
  ])
  return [
    ...chunks(asks).map((facts) => replyOf(view, facts, true)),
    ...view.targets.flatMap((stored) => byHandReplies(view, stored, known)),
    ...chunks(ends).map((facts) => replyOf(view, facts, false)),
  ]
}

/** The facts that a reply with this key has said. */
export function factsOf(key: string): string[] {
  return key.slice(key.indexOf('/') + 1).split('+')
}

function keyOf(postId: string, facts: readonly string[]): string {
  return `${postId}/${facts.join('+')}`
}

function replyOf(view: PostView, facts: readonly Fact[], urgent: boolean): DueReply {
  const postId = view.post.id
  const more = facts.length - LINES_PER_REPLY
  const card: ReplyCard = {
    kind: 'reply',
    postId,
    key: keyOf(
      postId,
      facts.map(({ id }) => id),
    ),
    mention: authorOf(view),
    lines: [
      ...facts.slice(0, LINES_PER_REPLY).map(({ line }) => line),
      ...(more > 0 ? [[`And ${plural(more, 'more target')}; each says more in its message.`]] : []),
    ],
    ...(urgent && view.targets.length > 1
      ? { tail: [`All in all: ${headline(countsOf(view.targets))}.`] }
      : {}),
    urgent,
  }
  return { card, since: Math.min(...facts.map(({ since }) => since)) }
}

/** The text to paste, and the files after it: each target by itself, so that it can be copied. */
function byHandReplies(
  view: PostView,
  stored: StoredTarget,
  known: ReadonlySet<string>,
): DueReply[] {
  const byHand = byHandOf(stored)
  const { state, attempt } = stored.target
  if (!byHand || state.status !== 'unconfirmed') return []
  const postId = view.post.id
  const since = state.askedAt
  const ask = `${stored.id}:unconfirmed:${attempt}`
  const files = `${stored.id}:media:${attempt}`
  const reply: ReplyCard = {
    kind: 'reply',
    postId,
    key: keyOf(postId, [ask]),
    mention: authorOf(view),
    lines: [
      [...accountLine(stored), ' is ready to be posted by hand.'],
      ...(byHand.instructions ? [[linkOr(byHand.instructions)]] : []),
      ['When it is out, press "I confirmed it\'s live" on its message.'],
    ],
    byHand: { text: byHand.text },
    urgent: true,
  }
  const media: MediaCard = {
    kind: 'media',
    postId,
    key: keyOf(postId, [files]),
    account: stored.account,
    media: byHand.media,
    ...(byHand.text.length > LONGEST_PASTE ? { text: byHand.text } : {}),
  }
  const hasFiles = media.media.length > 0 || media.text !== undefined
  return [
    ...(known.has(ask) ? [] : [{ card: reply, since }]),
    ...(known.has(files) || !hasFiles ? [] : [{ card: media, since }]),
  ]
}

function chunks(facts: readonly Fact[]): Fact[][] {
  const parts: Fact[][] = []
  for (let i = 0; i < facts.length; i += FACTS_PER_REPLY)
    parts.push(facts.slice(i, i + FACTS_PER_REPLY))
  return parts
}
