import { randomUUID } from 'node:crypto'
import type { Notice } from '../../bot/notices.js'
import type { Log } from '../../log.js'
import { backoffDelayMs, type Policy } from '../../publisher/core/retry.js'
import type { Clock } from '../../store/clock.js'
import type { Database } from '../../store/database.js'
import { loadEvents } from '../../store/load-attempts.js'
import { loadPost } from '../../store/posts.js'
import {
  claimWebhook,
  deliveryDone,
  deliveryFailed,
  dueDeliveries,
  listWebhooks,
  releaseWebhook,
  type StoredDelivery,
  type StoredWebhook,
  syncWebhooks,
} from '../../store/webhooks.js'
import { messagesFor } from './messages.js'
import { type SendOptions, type Sent, sendMessage } from './send.js'
import { signedHeaders } from './sign.js'
import { urlHashOf, type WebhookEntry } from './webhook-entry.js'

export interface WebhookDeps {
  readonly database: Database
  readonly now: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly log: Log
  readonly policy: Policy
  readonly send: SendOptions
  /** Says something once in a channel; asked again and again until it stands there. */
  tell(hook: WebhookEntry, notice: Omit<Notice, 'channelId'>): Promise<void>
}

export interface Webhooks {
  start(): Promise<void>
  /** Lets what is on its way end. */
  stop(): Promise<void>
}

const SWEEP_EVERY_MS = 2_000
/** Posts that are told about at the same time; the events of one go one after the other. */
const AT_ONCE = 10
/** Longer than a round can take. */
const LEASE_MS = 25_000
/** A receiver that fails this often in a row, over this many first waits, is dead. */
const DEAD_AFTER_FAILURES = 8
const DEAD_AFTER_WAITS = 30
/** First waits until a dead receiver is tried again. */
const PROBE_AFTER_WAITS = 180
const RESUMED_TOLD_FOR_MS = 10 * 60_000

/**
 * Tells every webhook of every change, at least once and in order per post. What is to be told was
 * written down with the change itself; any number of processes may do this over one database.
 */
export function createWebhooks(hooks: readonly WebhookEntry[], deps: WebhookDeps): Webhooks {
  const { orm } = deps.database
  const token = randomUUID()
  const running = new Map<string, Promise<void>>()
  const rung = new Set<string>()
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  let sweeping: Promise<void> | undefined
  let unlisten: (() => Promise<void>) | undefined

  function ring(hook: WebhookEntry): void {
    if (stopping) return
    if (running.has(hook.name)) {
      rung.add(hook.name)
      return
    }
    rung.delete(hook.name)
    const run = work(hook)
      .catch((error) =>
        deps.log.warn({ err: error, webhook: hook.name }, 'a webhook could not be told'),
      )
      .finally(() => {
        running.delete(hook.name)
        if (rung.has(hook.name)) ring(hook)
      })
    running.set(hook.name, run)
  }

  async function work(hook: WebhookEntry): Promise<void> {
    for (;;) {
      const now = deps.now()
      const claim = { name: hook.name, token, now, expiresAt: now + LEASE_MS }
      const claimed = stopping ? undefined : await claimWebhook(orm, claim)
      if (!claimed) return
      // One that fails is tried with one event, not with all.
      const limit = claimed.failures > 0 ? 1 : AT_ONCE
      const due = await dueDeliveries(orm, hook.name, deps.now(), limit)
      const results = await Promise.all(due.map((delivery) => deliver(hook, delivery)))
      await releaseWebhook(orm, hook.name, token, learn(claimed, results))
      if (due.length === 0) return
    }
  }

  async function deliver(hook: WebhookEntry, delivery: StoredDelivery): Promise<Sent> {
    const [found, events] = await Promise.all([
      loadPost(orm, delivery.postId),
      loadEvents(orm, delivery.postId),
    ])
    const messages = found ? messagesFor(delivery.eventId, found, events) : []
    for (const message of messages) {
      if (!hook.events.includes(message.type)) continue
      const body = JSON.stringify(message)
      const secrets = [hook.secret, ...(hook.previousSecret ? [hook.previousSecret] : [])]
      const headers = signedHeaders({ id: message.id, body, at: deps.now() }, secrets)
      const sent = await sendMessage(hook.url, { body, headers }, deps.send)
      if (sent.kind !== 'taken') {
        const waitMs = backoffDelayMs(delivery.tries + 1, deps.random(), deps.policy)
        await deliveryFailed(orm, delivery, deps.now() + waitMs)
        return sent
      }
    }
    await deliveryDone(orm, delivery)
    return { kind: 'taken' }
  }

  /** What a round of tries says about the receiver. */
  function learn(
    before: StoredWebhook,
    results: readonly Sent[],
  ): Parameters<typeof releaseWebhook>[3] {
    const now = deps.now()
    if (results.length === 0) return {}
    const refused = results.filter((sent) => sent.kind !== 'taken')
    if (refused.length < results.length) {
      const resumed = before.pausedAt ? { pausedAt: null, resumedAt: new Date(now) } : {}
      return { failures: 0, failingSince: null, lastError: null, retryAt: null, ...resumed }
    }
    const failures = before.failures + 1
    const failingSince = before.failingSince ?? new Date(now)
    const { backoffBaseMs } = deps.policy
    const isOver = refused.some(({ kind }) => kind === 'gone')
    const isLong = now - failingSince.getTime() >= DEAD_AFTER_WAITS * backoffBaseMs
    const isDead = isOver || before.pausedAt !== null || (failures >= DEAD_AFTER_FAILURES && isLong)
    const waitMs = isDead
      ? PROBE_AFTER_WAITS * backoffBaseMs
      : backoffDelayMs(failures, deps.random(), deps.policy)
    const [{ why } = { why: '' }] = refused as readonly { why: string }[]
    deps.log.warn({ webhook: before.name, why, failures, paused: isDead }, 'a webhook is not taken')
    return {
      failures,
      failingSince,
      lastError: why,
      retryAt: new Date(now + waitMs),
      ...(isDead && !before.pausedAt ? { pausedAt: new Date(now) } : {}),
    }
  }

  /** Tells the channel about receivers that died, and that came back. */
  async function tellChannels(): Promise<void> {
    for (const stored of await listWebhooks(orm)) {
      const hook = hooks.find(({ name }) => name === stored.name)
      const notice = hook && noticeOf(stored, hook, deps.now())
      if (hook && notice) await deps.tell(hook, notice)
    }
  }

  const sweep = async () => {
    for (const hook of hooks) ring(hook)
    await tellChannels().catch((error) =>
      deps.log.warn({ err: error }, 'a channel could not be told about a webhook'),
    )
    if (!stopping) timer = setTimeout(sweepAgain, SWEEP_EVERY_MS)
  }
  const sweepAgain = () => {
    sweeping = sweep()
  }

  return {
    async start() {
      const list = hooks.map((hook) => ({ name: hook.name, urlHash: urlHashOf(hook) }))
      await syncWebhooks(orm, list, deps.now())
      if (hooks.length === 0) return
      unlisten = await deps.database.listen('pressroom_changed', () => {
        for (const hook of hooks) ring(hook)
      })
      sweepAgain()
    },
    async stop() {
      stopping = true
      clearTimeout(timer)
      await Promise.all([unlisten?.(), sweeping, ...running.values()])
    },
  }
}

/** What a channel is told about a receiver now, if anything. Pure. */
export function noticeOf(
  stored: StoredWebhook & { waiting: number },
  { url }: WebhookEntry,
  now: number,
): Omit<Notice, 'channelId'> | undefined {
  const { name, pausedAt, resumedAt, failingSince, lastError, waiting } = stored
  const where = new URL(url).host
  if (pausedAt) {
    const since = failingSince ? (['since ', { at: failingSince.getTime() }] as const) : []
    const many = waiting === 1 ? '1 event waits' : `${waiting} events wait`
    return {
      key: `webhook/${name}/paused/${pausedAt.toISOString()}`,
      lines: [
        [
          { strong: `The webhook ${name} is paused` },
          `: its receiver at ${where} has taken nothing `,
          ...since,
          ` (${lastError ?? 'no answer'}).`,
        ],
        [
          `${many}; nothing is lost. It is tried again from time to time, and goes on by itself when it answers.`,
        ],
      ],
    }
  }
  if (!resumedAt || now - resumedAt.getTime() > RESUMED_TOLD_FOR_MS) return undefined
  return {
    key: `webhook/${name}/resumed/${resumedAt.toISOString()}`,
    lines: [[{ strong: `The webhook ${name} answers again` }, '; what waited is being told now.']],
  }
}
