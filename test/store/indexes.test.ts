import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadView } from '../../src/bot/announce/load-view.js'
import type { BotDeps } from '../../src/bot/deps.js'
import { channelPosts } from '../../src/store/channel-posts.js'
import { loadChatMessages } from '../../src/store/chat-messages.js'
import { createPost } from '../../src/store/create-post.js'
import type { Database, Orm } from '../../src/store/database.js'
import {
  belongsToTarget,
  liveInChannel,
  liveSince,
  openDuplicate,
  sameOnTheirWay,
  settleDuplicates,
  takeDueRemovals,
} from '../../src/store/duplicates.js'
import { findBySource } from '../../src/store/find-by-source.js'
import { healDueAt } from '../../src/store/heal-due-at.js'
import { forgetOldKeys, recall } from '../../src/store/inbox.js'
import { loadEnded } from '../../src/store/last-hour.js'
import { listPosts } from '../../src/store/list-posts.js'
import { loadAttempts, loadEvents } from '../../src/store/load-attempts.js'
import { loadGauges } from '../../src/store/load-gauges.js'
import { loadTarget, otherRemoteIds, takeDue } from '../../src/store/load-targets.js'
import { loadUntold } from '../../src/store/load-untold.js'
import { databaseOver, openInMemory } from '../../src/store/open-embedded.js'
import { channelsTold } from '../../src/store/outage-channels.js'
import { recentEndings, waitsToBeSent } from '../../src/store/outages.js'
import { claimTelling, findPostIds, finishTelling, recentPosts } from '../../src/store/posts.js'
import { duePreflights } from '../../src/store/preflights.js'
import { recordTransition } from '../../src/store/record-transition.js'
import { sameContent } from '../../src/store/same-content.js'
import type { StoredTarget } from '../../src/store/stored-target.js'
import { touchOverdue } from '../../src/store/touch-overdue.js'
import { dueDeliveries } from '../../src/store/webhooks.js'
import { newPost, newTarget } from '../support/targets.js'

/** The tables that grow for as long as a team publishes. */
const GROWING = new Set([
  'posts',
  'targets',
  'events',
  'attempts',
  'chat_messages',
  'inbox',
  'incidents',
  'notes',
  'notices',
])
/** These stop at their limit, long before the end of the index that they follow. */
const LIMITED = new Set(['the newest posts'])

const NOW = Date.UTC(2026, 10, 27)
const PLACE = { platform: 'facebook', host: '' }
const CHANNEL = { chat: 'slack', channelId: 'C1' }

let opened: Database
/** The store as the product uses it, with every statement noted. */
let database: Database
let stored: StoredTarget
const noted: { text: string; values: unknown[] }[] = []

beforeAll(async () => {
  opened = await openInMemory()
  const { driver } = opened
  if (driver.engine !== 'embedded' || !(driver.pglite instanceof PGlite)) throw new Error('engine')
  database = databaseOver(noting(driver.pglite))
  const post = newPost({ targets: [newTarget()] })
  await createPost(opened.orm, post)
  const [target] = post.targets
  const loaded = await loadTarget(opened.orm, target?.id ?? '')
  if (!loaded) throw new Error('no target')
  stored = loaded.stored
})
afterAll(() => opened.close())

const statements: Record<string, (orm: Orm) => Promise<unknown>> = {
  'a target for its worker': (orm) => loadTarget(orm, stored.id),
  'what is due': (orm) => takeDue(orm, NOW, 100),
  'which posts belong to others': (orm) => otherRemoteIds(orm, stored, NOW),
  'a record of what happened': (orm) =>
    recordTransition(
      orm,
      stored,
      { type: 'cancelled', at: NOW, who: { kind: 'system' } } as never,
      { kind: 'moved', target: stored.target, effects: [] },
    ),
  'a bell that is put right': (orm) => healDueAt(orm, { ...stored, dueAt: NOW }, NOW),
  'the latest endings on a platform': (orm) => recentEndings(orm, PLACE, NOW),
  'what waits for a platform': (orm) => waitsToBeSent(orm, PLACE),
  'the view of a thread': () =>
    loadView({ database, now: () => NOW, platforms: PLATFORMS }, stored.postId),
  'the messages of a thread': (orm) => loadChatMessages(orm, stored.postId),
  'what the chat does not show yet': (orm) => loadUntold(orm, ['slack'], NOW, 50),
  'a post for telling': (orm) =>
    claimTelling(orm, {
      postId: stored.postId,
      chats: ['slack'],
      token: 't',
      now: NOW,
      expiresAt: NOW,
    }),
  'the end of telling': (orm) => finishTelling(orm, { postId: stored.postId, token: 't', told: 1 }),
  'what else ended around a failure': (orm) =>
    loadEnded(orm, { postId: stored.postId, from: NOW, until: NOW }),
  'the events of a post': (orm) => loadEvents(orm, stored.postId),
  'the attempts of a post': (orm) => loadAttempts(orm, stored.postId),
  'a post by the start of its id': (orm) => findPostIds(orm, 'p1'),
  'a post by where it came from': (orm) => findBySource(orm, 'key'),
  'channels with a notice by the start of its key': (orm) =>
    channelsTold(orm, 'outage/facebook/', ['slack']),
  'the newest posts of a channel': (orm) => recentPosts(orm, CHANNEL, 10),
  'what is scheduled in a channel': (orm) =>
    channelPosts(orm, CHANNEL, ['scheduled'], { limit: 20 }),
  'the newest posts': (orm) => listPosts(orm, { limit: 20 }),
  'the newest posts that failed': (orm) => listPosts(orm, { limit: 20, statuses: ['failed'] }),
  'the same content within a day': (orm) =>
    sameContent(orm, {
      targets: [{ account: 'a', contentHash: 'h' }],
      askedSince: NOW,
      dueFrom: NOW,
      dueUntil: NOW,
    }),
  'deliberate copies on their way': (orm) => sameOnTheirWay(orm, stored),
  'what is live on an account': (orm) => liveSince(orm, 'a', NOW, 100),
  'what is live in a channel': (orm) => liveInChannel(orm, CHANNEL, NOW),
  'whose post it is': (orm) => belongsToTarget(orm, 'a', 'r'),
  'an open duplicate': (orm) => openDuplicate(orm, stored.id, stored.postId),
  'the end of a duplicate': (orm) => settleDuplicates(orm, stored, { resolution: 'gone', at: NOW }),
  'copies that are to be deleted': (orm) => takeDueRemovals(orm, NOW, 1),
  'a command that comes again': (orm) => recall(orm, 'key'),
  'commands to be forgotten': (orm) => forgetOldKeys(orm, NOW),
  'what is scheduled and to be looked at': (orm) =>
    duePreflights(orm, { now: NOW, checkedAfter: NOW, limit: 50 }),
  'what is overdue': (orm) => touchOverdue(orm, { startedBefore: NOW, movedBefore: NOW }),
  'webhooks that are due': (orm) => dueDeliveries(orm, 'w', NOW, 10),
  'the gauges': (orm) => loadGauges(orm),
}

test.each(Object.entries(statements))('%s is found by an index', async (name, run) => {
  noted.length = 0
  await run(database.orm)
  const seen = [...noted]
  expect(seen.length).toBeGreaterThan(0)
  for (const { text, values } of seen) {
    const whole = await readAsAWhole(text, values)
    expect(LIMITED.has(name) ? [] : whole, text).toEqual([])
  }
})

test.each([
  ["select * from pressroom.events where note = 'x'", 'events'],
  ['select * from pressroom.events where attempt = 7 order by id', 'events'],
  ["select * from pressroom.posts where text = 'x'", 'posts'],
])('%s reads a whole table, and that is noticed', async (text, table) => {
  expect(await readAsAWhole(text, [])).toEqual([table])
})

interface Plan {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Index Cond'?: string
  readonly Plans?: readonly Plan[]
}

/**
 * The growing tables that an engine which avoids it would still read from one end to the other: row
 * by row, or along an index of everything without a place to begin.
 */
async function readAsAWhole(text: string, values: unknown[]): Promise<string[]> {
  const { driver } = opened
  if (driver.engine !== 'embedded') throw new Error('engine')
  return driver.pglite.transaction(async (tx) => {
    await tx.query('set local enable_seqscan = off')
    const partial = await tx.query<{ name: string }>(
      'select indexrelid::regclass::text as name from pg_index where indpred is not null',
    )
    const ofSome = new Set(partial.rows.map(({ name }) => name.replace(/^.*\./, '')))
    const explained = await tx.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
      `explain (format json) ${text}`,
      values,
    )
    const found: string[] = []
    const walk = (plan: Plan): void => {
      const table = plan['Relation Name'] ?? ''
      const index = plan['Index Name'] ?? ''
      const isWhole =
        plan['Node Type'] === 'Seq Scan' ||
        (/^Index/.test(plan['Node Type']) && !plan['Index Cond'] && !ofSome.has(index))
      if (GROWING.has(table) && isWhole) found.push(table)
      for (const part of plan.Plans ?? []) walk(part)
    }
    walk(explained.rows[0]?.['QUERY PLAN'][0]?.Plan as Plan)
    return found
  })
}

function noting(pglite: PGlite): PGlite {
  const noted = <T extends object>(engine: T): T =>
    new Proxy(engine, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property)
        if (property === 'query') {
          return (text: string, values: unknown[] = [], ...rest: unknown[]) => {
            note(text, values)
            return (value as (...given: unknown[]) => unknown).call(target, text, values, ...rest)
          }
        }
        if (property === 'transaction') {
          return (work: (tx: object) => unknown) =>
            (value as (run: (tx: object) => unknown) => unknown).call(target, (tx) =>
              work(noted(tx)),
            )
        }
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  return noted(pglite)
}

function note(text: string, values: unknown[]): void {
  if (/^\s*(with|select|update|insert|delete)/i.test(text)) noted.push({ text, values })
}

const PLATFORMS = {
  retrySafety: () => '',
  canRemove: () => true,
} as unknown as BotDeps['platforms']
