import type { Instant } from '../publisher/core/target.js'
import type { StoredTarget } from '../store/stored-target.js'
import type { PostView, StoredIncident } from './card.js'
import { duplicateLine } from './duplicates.js'
import { overdueLine } from './overdue.js'
import { preflightOf, problemWords } from './preflight-words.js'
import { accountLine, type Line, linkOr, plural } from './wording.js'

/** Something that a new message in the thread says, once. */
export interface Fact {
  /** `<target id>:<what>:<attempt>`, the same for as long as it holds. */
  readonly id: string
  readonly since: Instant
  readonly line: Line
}

/** So many names stand in one line. */
const NAMES_PER_LINE = 10

/** What people are asked about a target, or should know of it, as it stands. */
export function askFact(view: PostView, stored: StoredTarget): Fact[] {
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

export function incidentFact(view: PostView): (incident: StoredIncident) => Fact {
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
export function settledFact(incident: StoredIncident, known: ReadonlySet<string>): Fact[] {
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
export function withdrawnFact(stored: StoredTarget, known: ReadonlySet<string>): Fact[] {
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
export function doneFact({ targets }: PostView): Fact[] {
  const counted = targets.filter(({ target }) => target.state.status !== 'cancelled')
  const times = counted.map(({ target: { state } }) =>
    state.status === 'published' ? state.publishedAt : undefined,
  )
  if (counted.length === 0 || !times.every((at) => at !== undefined)) return []
  const round = counted.reduce((sum, { target }) => sum + target.attempt, 0)
  const cancelled = targets.length - counted.length
  const names = counted.slice(0, NAMES_PER_LINE).flatMap((stored, index): Line => {
    const { state } = stored.target
    const link = state.status === 'published' ? state.permalink : undefined
    return [index > 0 ? ', ' : '', link ? linkOr(link, stored.account) : { strong: stored.account }]
  })
  const more = counted.length - NAMES_PER_LINE
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
