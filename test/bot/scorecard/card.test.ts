import { describe, expect, it } from 'vitest'
import { type CardView, scorecardCard } from '../../../src/bot/scorecard/card.js'
import type { Report } from '../../../src/bot/scorecard/report.js'
import { count, listed, percent } from '../../../src/bot/scorecard/words.js'
import type { TargetDetail } from '../../../src/store/scorecard-asides.js'
import { at, FRIDAY, failure, report, smooth } from './sample.js'

function card(made: Report, changes: Partial<CardView> = {}) {
  const details = { targets: new Map<string, TargetDetail>(), said: new Map<number, string>() }
  return scorecardCard({ report: made, details, notes: [], ...changes })
}

const text = (line: readonly unknown[]) =>
  line.map((piece) => (typeof piece === 'string' ? piece : JSON.stringify(piece))).join('')

describe('a scorecard', () => {
  const week = report({
    smooth: [...smooth('facebook', 40, 48), ...smooth('bluesky', 10, 10)],
    rough: [
      failure('t1', 'facebook', '2026-11-18T10:00', '2026-11-18T12:00', 'media'),
      failure('t2', 'bluesky', '2026-11-19T10:00', undefined, 'auth'),
      failure('t3', 'bluesky', '2026-11-11T10:00', '2026-11-11T10:30'),
    ],
  })

  it('says the four figures first, each against the week before and the mean', () => {
    expect(card(week).figures).toEqual([
      {
        label: 'Success',
        value: '98.3 %',
        detail: '59 of 60 publishes live',
        compared: 'week before 100 %, 4-week mean 100 %',
        trend: 'worse',
      },
      {
        label: 'Manual retries',
        value: '1',
        detail: 'facebook 1',
        compared: 'week before 1, 4-week mean 0.3',
        trend: 'same',
      },
      {
        label: 'Time to resolve',
        value: '2 hours',
        detail: '1 resolved; 1 not live yet',
        compared: 'week before 30 minutes, 4-week mean 30 minutes',
        trend: 'worse',
      },
      {
        label: 'Duplicates',
        value: '0',
        detail: 'none to prevent',
        compared: 'week before 0, 4-week mean 0',
        trend: 'same',
      },
    ])
  })

  it('says what cost most, and what is not live yet with its age', () => {
    const { reasons, open, moreOpen } = card(week)
    expect(reasons.map(text)).toEqual([
      '{"strong":"the credential was refused"}: 1 publish (bluesky), 30 hours not live, 1 not live yet',
      '{"strong":"the media was refused"}: 1 publish (facebook), 2 hours not live',
    ])
    expect(open.map(({ line }) => text(line))).toEqual([
      expect.stringMatching(
        /"bluesky".*the credential was refused.*Not live for 30 hours: it failed\.$/,
      ),
    ])
    expect(moreOpen).toBe(0)
  })

  it('says that a running week still runs, and that it is posted late', () => {
    expect(card(week).asides).toEqual([['So far, as of ', { at: FRIDAY }, '.']])
    const monday = at('2026-11-23T09:00')
    const over = report({ smooth: smooth('facebook', 3) }, monday)
    expect(card(over, { lateSince: FRIDAY }).asides).toEqual([
      ['Posted late: it was due ', { at: FRIDAY }, ', and could not be posted then.'],
    ])
  })

  it('compares with nothing that was before its channel', () => {
    const first = report({ smooth: smooth('facebook', 3), firstUseAt: at('2026-11-17T10:00') })
    expect(card(first).figures.map(({ compared, trend }) => [compared, trend])).toEqual([
      ['the first week', 'none'],
      ['the first week', 'none'],
      ['the first week', 'none'],
      ['the first week', 'none'],
    ])
    const second = report({ smooth: smooth('facebook', 2, 3), firstUseAt: at('2026-11-10T10:00') })
    expect(card(second).figures[0]).toMatchObject({ compared: 'week before 100 %', trend: 'same' })
  })

  it('says who joined and who left, and leads to each failure', () => {
    const accounts = [
      { name: 'facebook', position: 0, createdAt: 0, removedAt: at('2026-11-18T15:00') },
      { name: 'bluesky', position: 1, createdAt: at('2026-11-18T09:00'), removedAt: null },
    ]
    const made = report({
      smooth: [...smooth('facebook', 5), ...smooth('bluesky', 2)],
      rough: [failure('t1', 'bluesky', '2026-11-19T10:00', '2026-11-19T10:01')],
      accounts,
    })
    const detail: TargetDetail = {
      targetId: 't1',
      text: 'Doors open at nine.\nCome early!',
      permalink: 'https://bluesky.example/1',
      channelId: 'C1',
      rootMessageId: '100.1',
      messageId: '100.2',
    }
    const details = {
      targets: new Map([['t1', detail]]),
      said: new Map([[1, 'Bluesky answered 502.']]),
    }
    const { thread } = card(made, { details })
    expect(thread.map(({ part }) => part)).toEqual(['accounts-1', 'failures-1'])
    const [byAccount, failures] = thread
    expect(byAccount?.entries.map(({ line }) => text(line))).toEqual([
      expect.stringMatching(/"bluesky".*3 of 3 publishes live.*1 manual retry.*new this week\.$/),
      expect.stringMatching(/"facebook".*5 of 5 publishes live.*removed this week\.$/),
    ])
    expect(failures?.entries).toEqual([
      {
        line: [
          { strong: 'bluesky' },
          ' “Doors open at nine. Come early!”: ',
          'the platform was down or answered nonsense, ',
          { at: at('2026-11-19T10:00') },
          '. Bluesky answered 502. ',
          'Live after 60 seconds.',
          ' ',
          { link: 'https://bluesky.example/1', text: 'Open' },
        ],
        place: { channelId: 'C1', rootMessageId: '100.1', messageId: '100.2' },
      },
    ])
  })

  it('lists failures ten to a message, and says when there are too many to list', () => {
    const rough = Array.from({ length: 75 }, (_, index) =>
      failure(`t${index}`, 'x', '2026-11-18T10:00'),
    )
    const { thread, open, moreOpen } = card(report({ rough }))
    const failures = thread.filter(({ part }) => part.startsWith('failures'))
    expect(failures.map(({ entries }) => entries.length)).toEqual([10, 10, 10, 10, 10, 10])
    expect(text(failures[0]?.title ?? [])).toContain(
      '75 not live yet, 0 over. The first 60 are listed.',
    )
    expect([open.length, moreOpen]).toEqual([5, 70])
  })

  it('calls a week quiet only when nothing happened', () => {
    expect(card(report()).quiet).toBe(true)
    expect(card(report({ smooth: smooth('facebook', 4, 0) })).quiet).toBe(true)
    expect(card(report({ smooth: smooth('facebook', 1) })).quiet).toBe(false)
    const old = failure('t1', 'x', '2026-11-10T10:00')
    expect(card(report({ rough: [old] })).quiet).toBe(false)
  })
})

describe('the words', () => {
  it.each([
    [1, '100 %'],
    [0.9999, '99.9 %'],
    [0.975, '97.5 %'],
    [0.29, '29 %'],
    [0.0001, '0.1 %'],
    [0, '0 %'],
  ])('%f is %s: nothing is rounded up to what it is not', (rate, words) => {
    expect(percent(rate)).toBe(words)
  })

  it('count and list', () => {
    expect([3, 2.25, 0.04].map(count)).toEqual(['3', '2.3', '0'])
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c', 'd']].map((names) => listed(names, 2))).toEqual([
      '',
      'a',
      'a and b',
      'a, b and 2 more',
    ])
  })
})
