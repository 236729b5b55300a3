import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  customType,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import type { Actor } from '../publisher/core/target.js'

/** The product's own tables; the queue's tables, when it lives in the database, stand in `bullmq`. */
export const pressroom = pgSchema('pressroom')

const instant = (name: string) =>
  timestamp(name, { withTimezone: true, mode: 'date', precision: 3 })
const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' })

/** One Slack team, Discord guild, or the API. */
export const workspaces = pressroom.table('workspaces', {
  id: text().primaryKey(), // `<chat>:<team>`
  chat: text().notNull(),
  teamId: text('team_id').notNull(),
  name: text().notNull().default(''),
  timeZone: text('time_zone'),
  settings: jsonb().notNull().default({}),
  createdAt: instant('created_at').notNull(),
})

/** A channel that publishes. */
export const channels = pressroom.table(
  'channels',
  {
    chat: text().notNull(),
    channelId: text('channel_id').notNull(),
    workspaceId: text('workspace_id').notNull(),
    /** Names of the accounts that `/publish` without `to:` means; null is every account. */
    targets: jsonb().$type<string[]>(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.chat, t.channelId] })],
)

/** A place we can publish to. Its credentials are encrypted; the rest is for reading. */
export const accounts = pressroom.table('accounts', {
  name: text().primaryKey(),
  platform: text().notNull(),
  /** The host of the API that it is sent through. */
  host: text().notNull().default(''),
  position: integer().notNull().default(0),
  /** AES-256-GCM, see secret-box.ts. */
  credentials: text().notNull(),
  /** Tells whether the accounts file was changed since, without revealing what it says. */
  fingerprint: text().notNull(),
  status: text({ enum: ['ok', 'held'] })
    .notNull()
    .default('ok'),
  heldReason: jsonb('held_reason'),
  pausedUntil: instant('paused_until'),
  pausedReason: jsonb('paused_reason'),
  /** What is under way and promised, where the accounts file sets limits: core's Slots. */
  slots: jsonb(),
  checkDueAt: instant('check_due_at'),
  checkedAt: instant('checked_at'),
  /** Credentials that the platform gave in place of the entry's, sealed; gone when the entry changes. */
  renewed: text(),
  renewedAt: instant('renewed_at'),
  /** Who is renewing them now. */
  renewLeaseToken: text('renew_lease_token'),
  renewLeaseExpiresAt: instant('renew_lease_expires_at'),
  /** The newest CredentialCheck. */
  checked: jsonb(),
  /** When what is live there has to be compared with what was sent. */
  compareDueAt: instant('compare_due_at'),
  comparedAt: instant('compared_at'),
  removedAt: instant('removed_at'),
  createdAt: instant('created_at').notNull(),
})

/** What a person asked to say, where and when. */
export const posts = pressroom.table(
  'posts',
  {
    id: text().primaryKey(),
    /** `draft` waits for "Publish anyway"; `open` has targets. */
    status: text({ enum: ['draft', 'open', 'discarded'] }).notNull(),
    chat: text().notNull(),
    workspaceId: text('workspace_id').notNull(),
    channelId: text('channel_id').notNull(),
    authorId: text('author_id').notNull(),
    authorName: text('author_name').notNull().default(''),
    text: text().notNull(),
    /** The whole request, as it was asked for. */
    request: jsonb().notNull(),
    publishAt: instant('publish_at'),
    /** What asked for it (trigger id, idempotency key): the same key makes no second post. */
    sourceKey: text('source_key'),
    /** SHA-256 of what was asked for under the key, where the key alone does not vouch for it. */
    sourceHash: text('source_hash'),
    /** The post this is a deliberate new copy of. */
    copyOf: text('copy_of'),
    createdAt: instant('created_at').notNull(),
    /** Counts changes of the post and its targets; the chat has caught up when `told` equals it. */
    changed: integer().notNull().default(1),
    told: integer().notNull().default(0),
    /** The last value of `changed` that people are to see before what else there is to tell. */
    urgent: integer().notNull().default(0),
    /** When telling the chat is due again, after a failure. */
    tellAt: instant('tell_at'),
    tellLeaseToken: text('tell_lease_token'),
    tellLeaseExpiresAt: instant('tell_lease_expires_at'),
  },
  (t) => [
    uniqueIndex('posts_source_key').on(t.sourceKey),
    index('posts_untold').on(t.id).where(sql`${t.changed} > ${t.told}`),
    index('posts_channel').on(t.chat, t.channelId, t.createdAt),
    // For `like 'x%'`: the primary key finds that only where text is sorted by its bytes.
    index('posts_id_start').on(t.id.op('text_pattern_ops')),
  ],
)

/** The unit of state. */
export const targets = pressroom.table(
  'targets',
  {
    id: text().primaryKey(),
    postId: text('post_id')
      .notNull()
      .references(() => posts.id),
    position: integer().notNull(),
    account: text().notNull(),
    platform: text().notNull(),
    /** Grows with every transition; a writer that read an older one changes nothing. */
    version: integer().notNull().default(1),
    status: text().notNull(),
    state: jsonb().notNull(),
    attempt: integer().notNull().default(0),
    automatic: integer().notNull().default(0),
    dueSince: instant('due_since').notNull(),
    handles: jsonb().notNull().default({}),
    lease: jsonb(),
    /** When something has to be done next: what the doorbell is set to. */
    dueAt: instant('due_at'),
    /** Frozen before the first attempt. */
    content: jsonb().notNull(),
    /** SHA-256 of the content, to notice the same thing twice. */
    contentHash: text('content_hash').notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    remoteId: text('remote_id'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    index('targets_post').on(t.postId),
    index('targets_due').on(t.dueAt).where(sql`${t.dueAt} is not null`),
    index('targets_account_hash').on(t.account, t.contentHash, t.createdAt),
    index('targets_account_status').on(t.account, t.status),
    index('targets_being_sent').on(t.dueAt).where(sql`${t.status} = 'publishing'`),
    index('targets_not_live')
      .on(t.postId)
      .where(sql`${t.status} not in ('published', 'cancelled')`),
    index('targets_needing_person')
      .on(t.updatedAt)
      .where(sql`${t.status} in ('unconfirmed', 'held')`),
    index('targets_open')
      .on(t.status, t.updatedAt)
      .where(sql`${t.status} in ('scheduled', 'queued', 'unconfirmed', 'held', 'failed')`),
    index('targets_known').on(t.account, t.updatedAt).where(sql`${t.remoteId} is not null`),
    uniqueIndex('targets_remote').on(t.account, t.remoteId).where(sql`${t.remoteId} is not null`),
  ],
)

/** One try at a target, written down before the platform is called. */
export const attempts = pressroom.table(
  'attempts',
  {
    targetId: text('target_id')
      .notNull()
      .references(() => targets.id),
    number: integer().notNull(),
    worker: text().notNull(),
    startedAt: instant('started_at').notNull(),
    mutationAt: instant('mutation_at'),
    endedAt: instant('ended_at'),
    outcome: jsonb(),
  },
  (t) => [primaryKey({ columns: [t.targetId, t.number] })],
)

/** Every transition, with its evidence and who caused it; only ever appended to. */
export const events = pressroom.table(
  'events',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: instant('at').notNull(),
    targetId: text('target_id').notNull(),
    postId: text('post_id').notNull(),
    account: text().notNull(),
    platform: text().notNull(),
    type: text().notNull(),
    fromStatus: text('from_status').notNull(),
    toStatus: text('to_status').notNull(),
    attempt: integer().notNull(),
    /** The failure class or outcome kind that came with it. */
    reason: text(),
    actor: jsonb(),
    evidence: jsonb(),
    note: text(),
  },
  (t) => [
    index('events_target').on(t.targetId, t.id),
    index('events_post').on(t.postId, t.id),
    index('events_at').on(t.at),
  ],
)

/** What stands in a chat: written before it is sent, so that a lost answer can be healed. */
export const chatMessages = pressroom.table(
  'chat_messages',
  {
    /** `<post id>`, `<target id>` or `<post id>/<what was said>`: one message each at any time. */
    key: text().primaryKey(),
    postId: text('post_id')
      .notNull()
      .references(() => posts.id),
    kind: text({ enum: ['post', 'target', 'reply'] }).notNull(),
    chat: text().notNull(),
    channelId: text('channel_id').notNull(),
    /** The chat's own id of the message (Slack `ts`, Discord snowflake), once known. */
    messageId: text('message_id'),
    /** `sending`: it may stand there already; look before sending again. */
    status: text({ enum: ['sending', 'sent', 'gone'] }).notNull(),
    /** Hash of what is shown there now. */
    shownHash: text('shown_hash'),
    /** How its target stood when it was shown last. */
    shownState: text('shown_state'),
    /** Counts on each time it is posted anew, because the one before was lost in the chat. */
    edition: integer().notNull().default(1),
    /** The one that was lost last; what is posted in its place comes later in the chat. */
    lostId: text('lost_id'),
    /** It stands in the channel itself, because its thread is gone. */
    outside: boolean().notNull().default(false),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [index('chat_messages_post').on(t.postId)],
)

/** A command or click that took effect, so that its redelivery does not. */
export const inbox = pressroom.table(
  'inbox',
  { key: text().primaryKey(), result: jsonb(), at: instant('at').notNull() },
  (t) => [index('inbox_at').on(t.at)],
)

/**
 * What somebody asked for in a chat and was not answered yet: written before it is acknowledged, gone
 * when they have their answer.
 */
export const requests = pressroom.table('requests', {
  /** As in the inbox. */
  key: text().primaryKey(),
  chat: text().notNull(),
  /** What it takes to carry it out and to answer, see secret-box.ts: a chat's answers are addressed by secrets. */
  sealed: text().notNull(),
  at: instant('at').notNull(),
  /** The process that sees to it, and how long others leave it to that one. */
  holder: text().notNull(),
  heldUntil: instant('held_until').notNull(),
  /** How often it was taken up from a process that was gone. */
  taken: integer().notNull().default(0),
})

export const notes = pressroom.table(
  'notes',
  {
    id: text().primaryKey(),
    postId: text('post_id'),
    targetId: text('target_id'),
    account: text(),
    platform: text(),
    /** The failure class it is about. */
    reasonClass: text('reason_class'),
    text: text().notNull(),
    authorId: text('author_id').notNull(),
    authorName: text('author_name').notNull().default(''),
    createdAt: instant('created_at').notNull(),
    resolvedAt: instant('resolved_at'),
    resolvedBy: text('resolved_by'),
  },
  (t) => [
    index('notes_open').on(t.account).where(sql`${t.resolvedAt} is null`),
    index('notes_post').on(t.postId),
  ],
)

/** A duplicate or a removal that was found. */
export const incidents = pressroom.table(
  'incidents',
  {
    /** `<target id>/<type>/<attempt>`: found again is not another incident. */
    key: text().primaryKey(),
    targetId: text('target_id').notNull(),
    postId: text('post_id').notNull(),
    account: text().notNull(),
    platform: text().notNull(),
    type: text({ enum: ['duplicate', 'removed'] }).notNull(),
    detail: jsonb().notNull(),
    at: instant('at').notNull(),
    resolvedAt: instant('resolved_at'),
    resolvedBy: jsonb('resolved_by').$type<Actor>(),
    /** `deleted` and `kept` by a person; `gone`: there was one again when somebody looked. */
    resolution: text({ enum: ['deleted', 'kept', 'gone'] }),
    /** Who wants the copy deleted, and what stood in the way. */
    removal: jsonb().$type<{ by: Actor; askedAt: number; problem?: string }>(),
    /** When a worker has to delete it, or to look whether another one did. */
    removeDueAt: instant('remove_due_at'),
  },
  (t) => [
    index('incidents_at').on(t.at),
    index('incidents_post').on(t.postId),
    index('incidents_removals').on(t.removeDueAt).where(sql`${t.removeDueAt} is not null`),
  ],
)

/** What automations show to be let in; the secret itself is not kept. */
export const apiTokens = pressroom.table('api_tokens', {
  id: text().primaryKey(),
  name: text().notNull(),
  /** SHA-256 of the secret, hex. It has 256 random bits, so nothing slower is needed. */
  hash: text().notNull(),
  scopes: jsonb().$type<string[]>().notNull(),
  /** Requests a second; null is the usual number. */
  perSecond: integer('per_second'),
  createdAt: instant('created_at').notNull(),
  usedAt: instant('used_at'),
  revokedAt: instant('revoked_at'),
})

/** Who is told of every change over HTTP. Address and secrets stand in the accounts file alone. */
export const webhooks = pressroom.table('webhooks', {
  name: text().primaryKey(),
  /** Tells whether the address was changed since. */
  urlHash: text('url_hash').notNull(),
  /** Rounds of tries that failed, in a row. */
  failures: integer().notNull().default(0),
  failingSince: instant('failing_since'),
  lastError: text('last_error'),
  /** Nothing is tried before this. */
  retryAt: instant('retry_at'),
  pausedAt: instant('paused_at'),
  resumedAt: instant('resumed_at'),
  leaseToken: text('lease_token'),
  leaseExpiresAt: instant('lease_expires_at'),
  removedAt: instant('removed_at'),
  createdAt: instant('created_at').notNull(),
})

/** An event that a webhook was not told yet; written with the event, gone once it is told. */
export const webhookDeliveries = pressroom.table(
  'webhook_deliveries',
  {
    webhook: text().notNull(),
    eventId: bigint('event_id', { mode: 'number' }).notNull(),
    postId: text('post_id').notNull(),
    tries: integer().notNull().default(0),
    retryAt: instant('retry_at'),
  },
  (t) => [
    primaryKey({ columns: [t.webhook, t.eventId] }),
    index('webhook_deliveries_post').on(t.webhook, t.postId, t.eventId),
  ],
)

/** A weekly scorecard on its way into a channel, or there: one row for each channel and week, for ever. */
export const scorecards = pressroom.table(
  'scorecards',
  {
    /** `<chat>/<channel>/<week>`, such as `slack/C0123/2026-W47`. */
    key: text().primaryKey(),
    chat: text().notNull(),
    channelId: text('channel_id').notNull(),
    /** ISO week, such as `2026-W47`. */
    week: text().notNull(),
    /** When the schedule wanted it posted. */
    dueAt: instant('due_at').notNull(),
    /** What its figures stand for: the same for every try, whenever that is. */
    asOf: instant('as_of').notNull(),
    /** Its messages by part, written down before each is sent, so that a lost answer can be healed. */
    parts: jsonb().$type<Record<string, { begunAt: number; messageId?: string }>>().notNull(),
    /** When to try again, after a failure. */
    retryAt: instant('retry_at'),
    leaseToken: text('lease_token'),
    leaseExpiresAt: instant('lease_expires_at'),
    /** When all of it stood in the channel. */
    doneAt: instant('done_at'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [index('scorecards_channel').on(t.chat, t.channelId, t.dueAt)],
)

/** Something said once in a channel, outside any post's thread: one row for each, for ever. */
export const notices = pressroom.table(
  'notices',
  {
    /** What, where and when, such as `reminder/slack/C0123/2026-11-27`. */
    key: text().primaryKey(),
    chat: text().notNull(),
    channelId: text('channel_id').notNull(),
    /** Written before it is sent, so that a lost answer can be healed. */
    begunAt: instant('begun_at'),
    messageId: text('message_id'),
    retryAt: instant('retry_at'),
    leaseToken: text('lease_token'),
    leaseExpiresAt: instant('lease_expires_at'),
    doneAt: instant('done_at'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [index('notices_key_start').on(t.key.op('text_pattern_ops'))],
)

/** A platform that seemed to be down as a whole, or one of its hosts where there are several. */
export const outages = pressroom.table(
  'outages',
  {
    platform: text().notNull(),
    host: text().notNull().default(''),
    since: instant('since').notNull(),
    /** When one attempt may be made, to see whether it answers. */
    probeAt: instant('probe_at').notNull(),
    probes: integer().notNull().default(0),
    endedAt: instant('ended_at'),
  },
  (t) => [
    primaryKey({ columns: [t.platform, t.host, t.since] }),
    uniqueIndex('outages_open').on(t.platform, t.host).where(sql`${t.endedAt} is null`),
  ],
)

/** What a look ahead at a scheduled target found: one row for each stage, time and content. */
export const preflights = pressroom.table(
  'preflights',
  {
    targetId: text('target_id').notNull(),
    stage: text({ enum: ['scheduled', 'day', 'hour'] }).notNull(),
    publishAt: instant('publish_at').notNull(),
    contentHash: text('content_hash').notNull(),
    postId: text('post_id').notNull(),
    at: instant('at').notNull(),
    /** What would fail; null when all is well. */
    problem: jsonb(),
    /** The check of the account by which that was judged. */
    checked: jsonb(),
  },
  (t) => [
    primaryKey({ columns: [t.targetId, t.stage, t.publishAt, t.contentHash] }),
    index('preflights_post').on(t.postId),
  ],
)

/** What somebody wanted to do and may not; with the events it is the audit trail. */
export const refusals = pressroom.table(
  'refusals',
  {
    /** The command's key: a click that is delivered again is one refusal. */
    key: text().primaryKey(),
    at: instant('at').notNull(),
    chat: text().notNull(),
    workspaceId: text('workspace_id').notNull(),
    channelId: text('channel_id').notNull(),
    postId: text('post_id'),
    targetId: text('target_id'),
    actor: jsonb().notNull(),
    kind: text().notNull(),
    why: text().notNull(),
  },
  (t) => [index('refusals_post').on(t.postId), index('refusals_at').on(t.at)],
)

/** Bytes of uploaded or fetched media, frozen when they were checked. */
export const media = pressroom.table(
  'media',
  {
    id: text().primaryKey(),
    sha256: text().notNull(),
    mime: text().notNull(),
    /** Description as the publisher's Media type, without the alt text. */
    facts: jsonb().notNull(),
    /** Null once no target can need them any more. */
    bytes: bytea(),
    /** When they were given, last. */
    createdAt: instant('created_at').notNull(),
  },
  (t) => [index('media_sha256').on(t.sha256)],
)
