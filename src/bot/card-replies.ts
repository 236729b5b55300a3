import type { Actor, Instant } from '../publisher/core/target.js'
import type { StoredContent, StoredTarget } from '../store/stored-target.js'
import { authorOf, countsOf, type PostView, type StoredIncident } from './card.js'
import { type ByHand, byHandOf } from './card-target.js'
import { duplicateLine } from './duplicates.js'
import { overdueLine } from './overdue.js'
import { preflightOf, problemWords } from './preflight-words.js'
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

interface Fact {
  /** `<target id>:<what>:<attempt>`, the same for as long as it holds. */
  readonly id: string
  readonly since: Instant
  readonly line: Line
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

function askFact(view: PostView, stored: StoredTarget): Fact[] {
  const { state, attempt } = stored.target
  const name = accountLine(stored)
  const fact = (what: string, since: Instant, line: Line): Fact[] => [
    { id: `${stored.id}:${what}:${attempt}`, since, line },
  ]
  const ahead = preflightOf(view, stored)
  if (ahead) {
    const { stage, at, publishAt } = ahead
    return fact(
      `preflight-${stage}-${Math.floor(publishAt.getTime() / 1000).toString(36)}`,
      at.getTime(),
      [
        ...name,
        ' is due ',
        { at: publishAt.getTime() },
        ` and would fail as things stand: ${problemWords(ahead)}`,
      ],
    )
  }
  switch (state.status) {
    case 'unconfirmed': {
      if (stored.platform === 'manual') return []
      const look: Line = state.where
        ? [' Look here: ', linkOr(state.where), '.']
        : [' Please look.']
      return fact('unconfirmed', state.askedAt, [
        ...name,
        ' may be live or not; I could not find out.',
        ...look,
        ' Then press "I confirmed it\'s live" or "It\'s not there" on its message.',
      ])
    }
    case 'held':
      return fact(holdFact(state), state.heldAt, [
        ...name,
        ` is held and was not sent: ${sentences(state.reason)}`,
      ])
    case 'failed': {
      const { reason, failedAt } = state
      // Whoever said "It's not there" knows; and a removal is told as the incident it is.
      const told = reason.class === 'denied' || removalTold(view, stored)
      return told
        ? []
        : fact('failed', failedAt, [...name, ` failed and is not live: ${sentences(reason)}`])
    }
    case 'scheduled':
      return [...endFact(view, stored, state.publishAt), ...overdueFact(view, stored)]
    default:
      return overdueFact(view, stored)
  }
}

/** Held for an account it is said once; what is asked of people is said each time it is asked. */
export function holdFact({ hold, heldAt }: { hold: string; heldAt: Instant }): string {
  return hold === 'account'
    ? 'held-account'
    : `held-${hold}-${Math.floor(heldAt / 1000).toString(36)}`
}

function overdueFact(view: PostView, stored: StoredTarget): Fact[] {
  const { now } = view
  const line = now && overdueLine(stored, view.accounts.get(stored.account), now)
  return now && line
    ? [{ id: `${stored.id}:overdue:${stored.target.attempt}`, since: now, line }]
    : []
}

/** A credential that ends before the time of the post: said while it costs nothing yet. */
function endFact(view: PostView, stored: StoredTarget, publishAt: Instant): Fact[] {
  const { now } = view
  const endsAt = view.accounts.get(stored.account)?.endsAt
  if (now === undefined || endsAt === undefined || endsAt > publishAt) return []
  const line: Line = [
    ...accountLine(stored),
    ' could not go out as it stands: the credential of the account ends ',
    { at: endsAt },
    ', before that. Put a new one into the accounts file before it ends, and restart.',
  ]
  return [{ id: `${stored.id}:ends-${endsAt}:0`, since: now, line }]
}

function removalTold(view: PostView, { id, target }: StoredTarget): boolean {
  const { state } = target
  return (
    state.status === 'failed' &&
    state.reason.class === 'removed' &&
    view.incidents.some(({ targetId, type }) => targetId === id && type === 'removed')
  )
}

function sentences({ text, next }: { text: string; next?: string }): string {
  return next ? `${text} ${next}` : text
}

function incidentFact(view: PostView): (incident: StoredIncident) => Fact {
  return (incident) => {
    const stored = view.targets.find(({ id }) => id === incident.targetId)
    const reason = stored?.target.state.status === 'failed' ? stored.target.state.reason : undefined
    const line: Line =
      incident.type === 'duplicate'
        ? [...accountLine(incident), ' was published twice. ', ...duplicateLine(incident)]
        : [
            ...accountLine(incident),
            ' was live and is gone from the platform.',
            ...(reason?.next ? [` ${reason.next}`] : []),
          ]
    return { id: factOf(incident), since: incident.at.getTime(), line }
  }
}

function factOf({ key }: StoredIncident): string {
  return key.replaceAll('/', ':')
}

/** Two copies that are one again, where the channel was told of two. */
function settledFact(incident: StoredIncident, known: ReadonlySet<string>): Fact[] {
  const { type, resolvedAt, resolution, resolvedBy } = incident
  if (type !== 'duplicate' || resolvedAt === null || !known.has(factOf(incident))) return []
  if (resolution !== 'deleted' && resolution !== 'gone') return []
  const by: Line = resolvedBy ? [', as ', { who: resolvedBy }, ' asked'] : []
  const how: Line = resolution === 'deleted' ? [': the copy was deleted', ...by] : []
  return [
    {
      id: `${factOf(incident)}:settled`,
      since: resolvedAt.getTime(),
      line: [...accountLine(incident), ' has it once again', ...how, '.'],
    },
  ]
}

/** A question, or a failure, that settled itself: whoever was asked is told. */
function withdrawnFact(stored: StoredTarget, known: ReadonlySet<string>): Fact[] {
  const { state, attempt } = stored.target
  if (state.status !== 'published' || state.how === 'person') return []
  const asked = known.has(`${stored.id}:unconfirmed:${attempt}`)
  if (!asked && !known.has(`${stored.id}:failed:${attempt}`)) return []
  const link: Line = state.permalink ? [' ', linkOr(state.permalink)] : []
  return [
    {
      id: `${stored.id}:withdrawn:${attempt}`,
      since: state.publishedAt,
      line: [
        ...accountLine(stored),
        ' is live after all: it was found.',
        ...(asked ? [' No answer is needed any more.'] : []),
        ...link,
      ],
    },
  ]
}

/** The end of a round: everything that counts is live. A retry begins another round. */
function doneFact({ targets }: PostView): Fact[] {
  const counted = targets.filter(({ target }) => target.state.status !== 'cancelled')
  const times = counted.map(({ target: { state } }) =>
    state.status === 'published' ? state.publishedAt : undefined,
  )
  if (counted.length === 0 || !times.every((at) => at !== undefined)) return []
  const round = counted.reduce((sum, { target }) => sum + target.attempt, 0)
  const cancelled = targets.length - counted.length
  const names = counted.slice(0, LINES_PER_REPLY).flatMap((stored, index): Line => {
    const { state } = stored.target
    const link = state.status === 'published' ? state.permalink : undefined
    return [index > 0 ? ', ' : '', link ? linkOr(link, stored.account) : { strong: stored.account }]
  })
  const more = counted.length - LINES_PER_REPLY
  return [
    {
      id: `all:${round}:${counted.length}`,
      since: Math.max(...times),
      line: [
        counted.length === 1 ? 'Live: ' : `All ${counted.length} live: `,
        ...names,
        more > 0 ? ` and ${more} more.` : '.',
        ...(cancelled > 0 ? [` ${plural(cancelled, 'target')} cancelled.`] : []),
      ],
    },
  ]
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
