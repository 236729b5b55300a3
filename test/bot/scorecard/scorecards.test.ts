import { DateTime } from 'luxon'
import { beforeEach, describe, expect, it } from 'vitest'
import { createScorecards } from '../../../src/bot/scorecard/scorecards.js'
import { ConfigError } from '../../../src/config.js'
import type { LoggedEvent, TargetHistory } from '../../../src/store/scorecard-history.js'
import { createSteppedClock } from '../../support/clock.js'
import { testDatabases } from '../../support/database.js'
import { storeHistories } from '../../support/scorecard-store.js'
import { waitFor } from '../../support/wait-for.js'
import { botDeps, createRoom } from './room.js'

const zone = 'Europe/Vienna'
const at = (iso: string) => DateTime.fromISO(iso, { zone }).toMillis()
const FRIDAY = at('2026-11-20T16:00')
const CRON = '0 16 * * 5'
const HERE = { chat: 'slack', teamId: 'T1', channelId: 'C1' } as const

function event(iso: string, type: string, from: string, to: string, reason = ''): LoggedEvent {
  return { id: 0, at: at(iso), type, from, to, attempt: 1, reason: reason || null, copies: 0 }
}

/** One that works and one that fails, so that there is a thread. */
function weekOfPosts(): TargetHistory[] {
  const target = (id: string, account: string, dueAt: string, events: LoggedEvent[]) => {
    return {
      targetId: id,
      postId: `post-${id}`,
      account,
      platform: account,
      dueAt: at(dueAt),
      events,
    }
  }
  return [
    target('t1', 'facebook', '2026-11-17T10:00', [
      event('2026-11-17T10:00:01', 'claimed', 'queued', 'publishing'),
      event('2026-11-17T10:00:02', 'attempted', 'publishing', 'published', 'published'),
    ]),
    target('t2', 'bluesky', '2026-11-18T10:00', [
      event('2026-11-18T10:00:01', 'claimed', 'queued', 'publishing'),
      event('2026-11-18T10:00:02', 'attempted', 'publishing', 'failed', 'media'),
    ]),
  ]
}

describe.each(testDatabases())('weekly scorecards, $engine', (engine) => {
  const database = engine.use()
  let clock = createSteppedClock(FRIDAY)
  const scorecards = () =>
    createScorecards(botDeps(database(), clock.now), CRON, {
      wait: async (ms) => clock.advance(ms),
    })
  const parts = (room: ReturnType<typeof createRoom>) =>
    room.standing.map(({ message }) => message.part)

  beforeEach(async () => {
    clock = createSteppedClock(FRIDAY)
    await storeHistories(database(), weekOfPosts())
  })

  it('are posted on Friday at 16:00, not before, with what failed in their thread', async () => {
    const room = createRoom()
    clock.advance(-1)
    await scorecards().postDue([room])
    expect(room.standing).toEqual([])
    clock.advance(1)
    await scorecards().postDue([room])
    const [card, accounts, failures] = room.standing
    expect(card?.message).toMatchObject({ key: 'slack/C1/2026-W47', channelId: 'C1', part: 'card' })
    expect(accounts?.message).toMatchObject({ rootId: card?.id, part: 'accounts-1' })
    expect(failures?.message).toMatchObject({ rootId: card?.id, part: 'failures-1' })
    expect(room.cards()[0]?.asides).toEqual([['So far, as of ', { at: FRIDAY }, '.']])
    expect(await scorecards().due(clock.now(), ['slack'])).toEqual([])
  })

  it('are posted once by many schedulers, and not again after a restart', async () => {
    const room = createRoom()
    await Promise.all([1, 2, 3, 4].map(() => scorecards().postDue([room])))
    expect(parts(room)).toEqual(['card', 'accounts-1', 'failures-1'])
    clock.advance(86_400_000)
    await scorecards().postDue([room])
    expect(parts(room)).toEqual(['card', 'accounts-1', 'failures-1'])
  })

  it('are found when the answer was lost, not posted twice', async () => {
    const room = createRoom()
    room.faults.push('answer lost', undefined, 'answer lost')
    for (let minute = 0; minute < 4; minute++) {
      await scorecards().postDue([room])
      clock.advance(60_000)
    }
    expect(parts(room)).toEqual(['card', 'accounts-1', 'failures-1'])
    expect(room.standing[2]?.message).toMatchObject({ rootId: room.standing[0]?.id })
    expect(await scorecards().due(clock.now(), ['slack'])).toEqual([])
  })

  it('are posted again when they are certainly not there', async () => {
    const room = createRoom()
    room.faults.push('request lost')
    await scorecards().postDue([room])
    clock.advance(10_000)
    await scorecards().postDue([room])
    expect(parts(room)).toEqual(['card', 'accounts-1', 'failures-1'])
  })

  it('go on from where a process died, and its late message is taken back', async () => {
    const room = createRoom()
    room.faults.push(undefined, 'frozen')
    const frozen = scorecards().postDue([room])
    await waitFor('the second call', room.frozen, (calls) => calls === 1)
    clock.advance(60_000)
    await scorecards().postDue([room])
    expect(parts(room)).toEqual(['card']) // still the first one's
    clock.advance(120_000)
    await scorecards().postDue([room])
    expect(parts(room)).toEqual(['card', 'accounts-1', 'failures-1'])
    room.thaw()
    await frozen
    expect(parts(room)).toEqual(['card', 'accounts-1', 'failures-1'])
    expect(room.removed).toEqual(['m4'])
  })

  it('wait when the chat asks to or refuses, and come then', async () => {
    const room = createRoom()
    room.faults.push('limited', 'refused')
    await scorecards().postDue([room])
    clock.advance(29_000)
    await scorecards().postDue([room])
    expect(room.faults).toEqual(['refused'])
    clock.advance(1_000)
    await scorecards().postDue([room])
    expect(room.faults).toEqual([])
    clock.advance(3_600_000)
    await scorecards().postDue([room])
    expect(parts(room)).toEqual(['card', 'accounts-1', 'failures-1'])
  })

  it('are left to the next process when this one stops before', async () => {
    const room = createRoom()
    const stopping = new AbortController()
    const deps = { ...botDeps(database(), clock.now), stopping: stopping.signal }
    const compare = async () => stopping.abort()
    await createScorecards(deps, CRON, { compare }).postDue([room])
    expect(room.standing).toEqual([])
    await scorecards().postDue([room])
    expect(parts(room)).toEqual(['card', 'accounts-1', 'failures-1'])
  })

  it('are posted at once when somebody asks, once for a command, and take no weekly one away', async () => {
    const room = createRoom()
    clock.advance(-86_400_000)
    const asked = { words: 'this week', conversation: HERE, key: 'slack:trigger-1' }
    room.faults.push('answer lost')
    expect(await scorecards().postAsked(asked, room)).toBeUndefined()
    expect(parts(room)).toEqual(['card', 'accounts-1', 'failures-1'])
    expect(await scorecards().postAsked(asked, room)).toBeUndefined()
    expect(parts(room)).toHaveLength(3)
    clock.advance(86_400_000)
    await scorecards().postDue([room])
    expect(room.cards().map(({ week }) => week)).toEqual(['2026-W47', '2026-W47'])
  })

  it('are told to the one who asked where they cannot be posted', async () => {
    const room = createRoom()
    room.faults.push('refused')
    const asked = { words: '', conversation: HERE, key: 'slack:trigger-2' }
    const answer = await scorecards().postAsked(asked, room)
    expect(answer).toMatchObject({ kind: 'card', card: { week: '2026-W47' } })
    expect(room.standing).toEqual([])
  })

  it('come on return when nothing ran on Friday, and say so', async () => {
    const room = createRoom()
    clock = createSteppedClock(at('2026-11-23T08:30'))
    await scorecards().postDue([room])
    expect(room.cards()).toMatchObject([
      {
        week: '2026-W47',
        asides: [['Posted late: it was due ', { at: FRIDAY }, ', and could not be posted then.']],
      },
    ])
  })

  it('show the same figures at every try, whatever happened meanwhile', async () => {
    const room = createRoom()
    room.faults.push('refused')
    await scorecards().postDue([room])
    clock.advance(3_600_000)
    const [retried] = weekOfPosts()
    const late = { ...retried, targetId: 't3', postId: 'post-t3', dueAt: FRIDAY + 60_000 }
    const events = [{ ...event('2026-11-20T16:01', 'attempted', 'publishing', 'published') }]
    await storeHistories(database(), [{ ...late, account: 'x', platform: 'x', events }])
    await scorecards().postDue([room])
    expect(room.cards()[0]?.figures[0]?.detail).toBe('1 of 2 publishes live')
  })

  it('go to each channel that publishes, each about its own posts', async () => {
    const [one] = weekOfPosts()
    const other = { ...one, targetId: 't9', postId: 'post-t9', account: 'x', platform: 'x' }
    await storeHistories(database(), [other as TargetHistory], [], {
      chat: 'slack',
      channelId: 'C2',
    })
    const room = createRoom()
    await scorecards().postDue([room])
    const cards = room.standing.filter(({ message }) => message.part === 'card')
    expect(cards.map(({ message }) => message.channelId)).toEqual(['C1', 'C2'])
    expect(room.cards().map(({ figures }) => figures[0]?.value)).toEqual(['50 %', '100 %'])
  })

  it('say so when a week was quiet', async () => {
    const room = createRoom()
    clock = createSteppedClock(at('2026-12-11T16:00'))
    await scorecards().postDue([room])
    const [card] = room.cards()
    // What failed in week 47 still lasts, and is not forgotten.
    expect(card).toMatchObject({ week: '2026-W50', quiet: false })
    expect(card?.open).toHaveLength(1)
    const far = await scorecards().ask('2026-W20', HERE, clock.now())
    if (far.kind !== 'card') throw new Error(far.message)
    expect(far.card).toMatchObject({ quiet: true, figures: [], open: [], thread: [] })
    expect(far.card.besides).toEqual([
      ['A quiet week: nothing was published from here, and nothing failed.'],
    ])
  })

  it('can be asked for at any time, in the time zone of the workspace', async () => {
    const answer = await scorecards().ask('last week', HERE, at('2026-11-24T09:00'))
    expect(answer).toMatchObject({ kind: 'card', card: { week: '2026-W47', asides: [] } })
    const refused = await scorecards().ask('2027-W01', HERE, FRIDAY)
    expect(refused).toMatchObject({ kind: 'problem', message: 'Week 2027-W01 has not begun yet.' })
  })

  it('refuse a schedule that is none', () => {
    expect(() => createScorecards(botDeps(database(), clock.now), 'fridays')).toThrow(ConfigError)
  })
})
