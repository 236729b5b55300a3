import type { PostView, StoredIncident } from '../../src/bot/card.js'
import type { Target, TargetState } from '../../src/publisher/core/target.js'
import type { Note } from '../../src/store/notes.js'
import type { StoredTarget } from '../../src/store/stored-target.js'

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const NOW = Date.UTC(2026, 10, 20, 13, 5)

export const ANA = { kind: 'person', id: 'U000000ANA', name: 'Ana' } as const
export const BEN = { kind: 'person', id: 'U000000BEN', name: 'Ben' } as const

type Change = Partial<Omit<StoredTarget, 'target'>> & Partial<Pick<Target, 'attempt'>>

/** A target in this state, on an account named after its id. */
export function target(id: string, state: TargetState, change: Change = {}): StoredTarget {
  const { attempt = 1, ...rest } = change
  return {
    id,
    postId: 'p1',
    position: 0,
    account: id.slice(1),
    platform: id.slice(1),
    version: 1,
    target: { state, attempt, automatic: attempt, dueSince: NOW, handles: {} },
    content: { text: 'Hello world', media: [] },
    contentHash: 'hash',
    idempotencyKey: 'key',
    dueAt: null,
    createdAt: NOW - MINUTE,
    updatedAt: NOW - MINUTE,
    ...rest,
  }
}

/** One state of every status. */
export const STATES = {
  scheduled: { status: 'scheduled', publishAt: NOW + 60 * MINUTE },
  queued: { status: 'queued', dueAt: NOW },
  publishing: { status: 'publishing', startedAt: NOW },
  processing: {
    status: 'processing',
    stage: 'finishing',
    note: 'The video is being encoded.',
    polls: 1,
    pollAt: NOW,
    deadlineAt: NOW + MINUTE,
  },
  waiting: {
    status: 'waiting',
    retryAt: NOW + MINUTE,
    reason: { class: 'rate_limit', text: 'Too many requests.', code: '429' },
  },
  reconciling: {
    status: 'reconciling',
    evidence: [{ at: NOW, text: 'No answer came within 30 seconds.' }],
    lookUps: 1,
    lookUpErrors: 0,
    absences: 0,
    lookUpAt: NOW,
  },
  unconfirmed: {
    status: 'unconfirmed',
    evidence: [
      { at: NOW, text: 'No answer came within 30 seconds.' },
      { at: NOW + SECOND, text: 'It is not in the list of posts.' },
    ],
    askedAt: NOW,
    where: 'https://example.com/page',
    relooks: 0,
  },
  held: {
    status: 'held',
    hold: 'account',
    reason: { class: 'auth', text: 'The token has expired.', next: 'Connect the account again.' },
    heldAt: NOW,
  },
  failed: {
    status: 'failed',
    reason: { class: 'platform', text: 'The platform is down.', next: 'Press Retry failed later.' },
    failedAt: NOW,
  },
  published: {
    status: 'published',
    publishedAt: NOW,
    how: 'answer',
    remoteId: '42',
    permalink: 'https://example.com/42',
    missing: 0,
    rechecks: 0,
  },
  cancelled: { status: 'cancelled', who: BEN, cancelledAt: NOW },
} as const satisfies Record<TargetState['status'], TargetState>

/** Waits for somebody other than Ana to approve it. */
export const TO_APPROVE = {
  status: 'held',
  hold: 'approval',
  reason: { class: 'approval', text: 'Somebody other than Ana has to approve it.' },
  heldAt: NOW,
  request: { by: ANA, waitMs: 60 * MINUTE, expiresAt: NOW + 60 * MINUTE },
} as const satisfies TargetState

export function media(filename: string): StoredTarget['content']['media'][number] {
  const size = { bytes: 9, width: 1, height: 1 }
  return { id: filename, kind: 'image', mime: 'image/png', ...size, filename }
}

export function view(targets: readonly StoredTarget[], change: Partial<PostView> = {}): PostView {
  return {
    post: {
      id: 'p1',
      status: 'open',
      chat: 'slack',
      workspaceId: 'slack:T1',
      channelId: 'C1',
      authorId: ANA.id,
      authorName: ANA.name,
      text: 'Hello world',
      request: {},
      publishAt: null,
      sourceKey: null,
      sourceHash: null,
      copyOf: null,
      createdAt: new Date(NOW - MINUTE),
      changed: 1,
      urgent: 0,
      told: 0,
      tellAt: null,
      tellLeaseToken: null,
      tellLeaseExpiresAt: null,
    },
    targets,
    incidents: [],
    notes: [],
    history: [],
    accounts: new Map(),
    earlierNotes: new Map(),
    retrySafety: () => undefined,
    ...change,
  }
}

export function note(change: Partial<Note>): Note {
  return {
    id: 'n1',
    postId: 'p1',
    targetId: null,
    account: null,
    platform: null,
    reasonClass: null,
    text: 'Renew the token on Mondays',
    authorId: BEN.id,
    authorName: BEN.name,
    createdAt: new Date(NOW),
    resolvedAt: null,
    resolvedBy: null,
    ...change,
  }
}

export function incident(type: 'duplicate' | 'removed', targetId: string): StoredIncident {
  const copies = [
    { remoteId: '1', permalink: 'https://example.com/1' },
    { remoteId: '2', permalink: 'https://example.com/2' },
  ]
  return {
    key: `${targetId}/${type}/1`,
    targetId,
    postId: 'p1',
    account: targetId.slice(1),
    platform: targetId.slice(1),
    type,
    detail: type === 'duplicate' ? { type, copies } : { type, how: 'It answers 404.' },
    at: new Date(NOW),
    resolvedAt: null,
    resolvedBy: null,
    resolution: null,
    removal: null,
    removeDueAt: null,
  }
}
