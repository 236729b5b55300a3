import { type SQL, sql } from 'drizzle-orm'
import { nextDueAt } from '../publisher/core/decide.js'
import type { Actor, Decision, Effect, TargetEvent } from '../publisher/core/target.js'
import { type Orm, rows } from './database.js'
import { ringForPost } from './post-bell.js'
import { storable, storableData } from './storable.js'
import type { EditedContent, StoredTarget } from './stored-target.js'

type Moved = Extract<Decision, { kind: 'moved' }>

/** Somebody else moved the target since it was read: what was decided no longer holds. */
export class StaleVersionError extends Error {
  override readonly name = 'StaleVersionError'
}

/**
 * Writes one decided transition in a single statement: the target (only if it still has the version
 * that was read), the event log, the attempt, the effects on the account, incidents, and the two
 * bells (something is due; the post looks different). All of it or nothing.
 * @param content new frozen content, when a person edited it
 * @returns the target as stored now
 * @throws StaleVersionError when the version has moved on
 */
export async function recordTransition(
  orm: Orm,
  stored: StoredTarget,
  event: TargetEvent,
  decision: Moved,
  extra: { content?: EditedContent } = {},
): Promise<StoredTarget> {
  const { target } = decision
  const version = stored.version + 1
  const dueAt = nextDueAt(target) ?? null
  const at = instant(event.at)
  const remoteId = 'remoteId' in target.state ? target.state.remoteId : undefined
  const visible = isVisible(stored, event, decision)
  const urgent = isUrgent(stored, event, decision)
  const content = extra.content
  const [row] = await rows<{ moved: string | null }>(
    orm,
    sql`
with moved as (
  update pressroom.targets set
    version = ${version}, status = ${target.state.status}, state = ${json(target.state)},
    attempt = ${target.attempt}, automatic = ${target.automatic}, due_since = ${instant(target.dueSince)},
    handles = ${json(target.handles)}, lease = ${target.lease ? json(target.lease) : sql`null`},
    due_at = ${dueAt === null ? sql`null` : instant(dueAt)},
    remote_id = ${target.state.status === 'published' ? (remoteId ?? null) : sql`remote_id`},
    ${
      content
        ? sql`content = ${json(content.content)}, content_hash = ${content.contentHash},
    idempotency_key = ${content.idempotencyKey},`
        : sql``
    }
    updated_at = ${at}
  where id = ${stored.id} and version = ${stored.version}
  returning id, post_id
)${visible ? logged(stored, event, decision, urgent) : sql``}${attempted(stored, event, decision)}${effects(stored, event, decision.effects)}
select (select id from moved) as moved${
      visible
        ? sql`, (select ${ringForPost(sql`post_id`, urgent ? sql`true` : sql`false`)} from moved)`
        : sql``
    }${
      dueAt === null
        ? sql``
        : sql`, (select pg_notify('pressroom_due', ${`${stored.id} ${version} ${dueAt}`}::text) from moved)`
    }`,
  )
  if (!row?.moved)
    throw new StaleVersionError(`target ${stored.id} is no longer at version ${stored.version}`)
  return {
    ...stored,
    version,
    target,
    dueAt,
    updatedAt: event.at,
    ...(content ?? {}),
  }
}

/** Steps inside an attempt and looks that show nothing new stay out of the log and the chat. */
function isVisible(stored: StoredTarget, event: TargetEvent, { target }: Moved): boolean {
  const from = stored.target.state
  switch (event.type) {
    case 'stepped':
      return event.note !== undefined
    case 'mutationBegun':
      return false
    case 'claimed':
      return from.status !== target.state.status
    case 'sighted':
      return (
        event.sighting.kind !== 'live' ||
        (from.status === 'published' &&
          target.state.status === 'published' &&
          from.remoteId !== target.state.remoteId)
      )
    default:
      return true
  }
}

/** What needs a person, and what a dead worker left: until it is told, the thread says what is not so. */
function isUrgent(stored: StoredTarget, event: TargetEvent, { target }: Moved): boolean {
  const { status } = target.state
  return (
    isLeaseEnd(stored, event, target) ||
    (status !== stored.target.state.status && ['failed', 'unconfirmed', 'held'].includes(status))
  )
}

/** Whether the worker that was sending it is gone. */
function isLeaseEnd(stored: StoredTarget, event: TargetEvent, target: Moved['target']): boolean {
  return (
    (event.type === 'claimed' || event.type === 'leaseEnded') &&
    stored.target.state.status === 'publishing' &&
    target.state.status === 'reconciling'
  )
}

function logged(
  stored: StoredTarget,
  event: TargetEvent,
  { target, note }: Moved,
  urgent: boolean,
): SQL {
  const actor: Actor | undefined = 'who' in event ? event.who : undefined
  const evidence =
    event.type === 'attempted' || event.type === 'lateAnswer'
      ? event.outcome
      : event.type === 'lookedUp'
        ? event.finding
        : event.type === 'sighted'
          ? event.sighting
          : event.type === 'rescheduled'
            ? { publishAt: event.publishAt }
            : undefined
  const reason =
    'reason' in target.state
      ? target.state.reason.class
      : event.type === 'attempted' || event.type === 'lateAnswer'
        ? event.outcome.kind
        : event.type === 'lookedUp'
          ? event.finding.kind
          : null
  // The post's row is locked before the event gets its id: so a post's events have their ids in the
  // order in which they came about, whoever reads them whenever.
  return sql`, touched as (
  update pressroom.posts set changed = changed + 1, tell_at = null${urgent ? sql`, urgent = changed + 1` : sql``}
  where id = (select post_id from moved)
  returning id
), logged as (
  insert into pressroom.events
    (at, target_id, post_id, account, platform, type, from_status, to_status, attempt, reason, actor, evidence, note)
  select ${instant(event.at)}, moved.id, post_id, ${stored.account}, ${stored.platform}, ${event.type},
    ${stored.target.state.status}, ${target.state.status}, ${target.attempt}::int, ${reason}::text,
    ${actor ? json(actor) : sql`null::jsonb`}, ${evidence ? json(evidence) : sql`null::jsonb`},
    ${note === undefined ? null : storable(note)}::text
  from moved join touched on touched.id = post_id
  returning id, post_id
)${stored.target.state.status === target.state.status ? sql`` : HOOKED}`
}

/** What webhooks are to be told is written down with what happened. */
const HOOKED = sql`, hooked as (
  insert into pressroom.webhook_deliveries (webhook, event_id, post_id)
  select webhooks.name, logged.id, logged.post_id
  from logged cross join pressroom.webhooks where webhooks.removed_at is null
)`

function attempted(stored: StoredTarget, event: TargetEvent, { target, task }: Moved): SQL {
  const number = target.attempt
  if (event.type === 'claimed' && task === 'publish' && number > stored.target.attempt) {
    return sql`, attempted as (
  insert into pressroom.attempts (target_id, number, worker, started_at)
  select id, ${number}::int, ${event.lease.worker}, ${instant(event.at)} from moved
)`
  }
  if (event.type === 'mutationBegun') {
    return sql`, attempted as (
  update pressroom.attempts set mutation_at = ${instant(event.at)}
  where target_id = (select id from moved) and number = ${number}
)`
  }
  if (event.type !== 'attempted' && !isLeaseEnd(stored, event, target)) return sql``
  const outcome =
    event.type === 'attempted'
      ? event.outcome
      : { kind: 'ambiguous', reason: { class: 'platform', text: decisionText(target) } }
  return sql`, attempted as (
  update pressroom.attempts set ended_at = ${instant(event.at)}, outcome = ${json(outcome)}
  where target_id = (select id from moved) and number = ${number}
)`
}

function decisionText(target: Moved['target']): string {
  return target.state.status === 'reconciling' ? (target.state.evidence[0]?.text ?? '') : ''
}

function effects(stored: StoredTarget, event: TargetEvent, list: readonly Effect[]): SQL {
  return sql.join(
    list.map((effect) => effectOf(stored, event, effect)),
    sql``,
  )
}

function effectOf(stored: StoredTarget, event: TargetEvent, effect: Effect): SQL {
  switch (effect.kind) {
    case 'pauseAccount':
      return sql`, paused as (
  update pressroom.accounts set paused_until = greatest(paused_until, ${instant(effect.untilAt)}),
    paused_reason = ${json(effect.reason)}
  where name = ${stored.account} and exists (select 1 from moved)
)`
    case 'holdAccount':
      // The queue knows the bells of the old versions already, at their old times.
      return sql`, held as (
  update pressroom.accounts set status = 'held', held_reason = ${json(effect.reason)},
    check_due_at = least(check_due_at, ${instant(event.at + RECHECK_HELD_MS)})
  where name = ${stored.account} and exists (select 1 from moved)
), hurried as (
  update pressroom.targets set due_at = ${instant(event.at)}, version = version + 1
  where account = ${stored.account} and status in ('queued', 'waiting') and id <> ${stored.id}
    and exists (select 1 from moved)
)`
    case 'releaseAccount':
      return sql`, released as (
  update pressroom.accounts set status = 'ok', held_reason = null
  where name = ${stored.account} and status = 'held' and exists (select 1 from moved)
)`
    case 'incident':
      return sql`, incident as (
  insert into pressroom.incidents (key, target_id, post_id, account, platform, type, detail, at)
  select ${`${stored.id}/${effect.incident.type}/${stored.target.attempt}`}, id, post_id, ${stored.account},
    ${stored.platform}, ${effect.incident.type}, ${json(effect.incident)}, ${instant(event.at)}
  from moved on conflict (key) do update set detail = excluded.detail, resolved_at = null,
    resolved_by = null, resolution = null, removal = null
  where incidents.resolution in ('deleted', 'gone')
)`
  }
}

/** A held account is looked at again by itself at the latest this long after it was refused. */
const RECHECK_HELD_MS = 5 * 60_000

function instant(ms: number): SQL {
  return sql`${new Date(ms).toISOString()}::timestamptz`
}

function json(value: unknown): SQL {
  return sql`${JSON.stringify(storableData(value))}::jsonb`
}
