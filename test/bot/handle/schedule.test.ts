import { beforeEach, describe, expect, it } from 'vitest'
import type { CommandBody } from '../../../src/bot/command.js'
import type { TargetState } from '../../../src/publisher/core/target.js'
import { loadHistory } from '../../../src/store/load-history.js'
import { testDatabases } from '../../support/database.js'
import { ana, ben, createTestBot, live, social, statesOf, type TestBot, textOf } from './bot.js'

const HOUR = 3_600_000
const words = (written: string) => ({ when: { kind: 'words', words: written } }) as const

describe.each(testDatabases())('schedules, on the $engine database', ({ use }) => {
  const database = use()
  let bot: TestBot

  beforeEach(async () => {
    bot = await createTestBot(database(), {
      rulesFor: ({ channelId }) => ({
        roles: {},
        ...(channelId === 'C1' ? {} : { timeZone: 'Asia/Tokyo' }),
      }),
    })
  })

  const press = async (body: CommandBody, actor = ana) => textOf(await bot.ask(body, { actor }))

  it('answers every time that cannot be taken with what was understood, and queues nothing', async () => {
    const answers = [
      ['banana', 'at | "banana" is not a time I understand.'],
      ['yesterday 9:00', 'at | Sunday 4 January 2026, 09:00 (Europe/Madrid) is in the past.'],
      ['in five years', 'is more than a year ahead.'],
      [
        '2031-01-05 09:00',
        'Sunday 5 January 2031, 09:00 (Europe/Madrid) is more than a year ahead.',
      ],
    ] as const
    for (const [written, answer] of answers) {
      expect(textOf(await bot.publish('Hello', words(written)))).toContain(answer)
    }
    expect(await bot.all()).toEqual([])
    // The zone is the one of the workspace.
    const tokyo = { conversation: { ...social, channelId: 'C2' } }
    expect(textOf(await bot.publish('Hello', words('tomorrow 9:00'), tokyo))).toBe(
      'Scheduled for Tuesday 6 January 2026, 09:00 (Asia/Tokyo): facebook and x.',
    )
  })

  it('says what a skipped and a doubled hour were taken as', async () => {
    expect(textOf(await bot.publish('Spring', words('2026-03-29 02:30')))).toBe(
      'Scheduled for Sunday 29 March 2026, 03:30 (Europe/Madrid): facebook and x.\nClocks go forward that night and skip 02:30; it is taken as 03:30.',
    )
    expect(textOf(await bot.publish('Autumn', words('2026-10-25 02:30')))).toContain(
      'Clocks go back that night and 02:30 comes twice; the first one is taken.',
    )
  })

  it('lists what is scheduled, the next first', async () => {
    await bot.publish('Third', words('in 3 days'))
    await bot.publish('First', words('in 2 hours'))
    await bot.publish('Second', { ...words('in 5 hours'), targets: ['x'] })
    const listed = await press({ kind: 'status' })
    expect(listed.match(/"\w+"/g)).toEqual(['"First"', '"Second"', '"Third"'])
    expect(listed).toContain('Monday 5 January 2026, 15:00 (Europe/Madrid) to facebook and x')
  })

  describe('a scheduled post', () => {
    let id: string
    let targetId: string

    beforeEach(async () => {
      await bot.publish('Hello', words('in 2 hours'))
      const { post, targets } = await bot.newest()
      id = post.id
      targetId = targets[1]?.id ?? ''
    })

    it('opens a form with its time, and moves to another', async () => {
      expect(await bot.ask({ kind: 'reschedule', id })).toMatchObject({
        form: { kind: 'reschedule', id, at: bot.clock.now() + 2 * HOUR, zone: 'Europe/Madrid' },
      })
      expect(await press({ kind: 'rescheduleSubmitted', id, ...words('tomorrow 9:00') }, ben)).toBe(
        'Moved to Tuesday 6 January 2026, 09:00 (Europe/Madrid): facebook and x.',
      )
      const { post, targets } = await bot.newest()
      const at = Date.UTC(2026, 0, 6, 8)
      expect(post.publishAt?.getTime()).toBe(at)
      for (const { target, dueAt } of targets) {
        expect(target).toMatchObject({ state: { publishAt: at }, dueSince: at })
        expect(dueAt).toBe(at)
      }
      const history = await loadHistory(database().orm, id)
      expect(history).toMatchObject([{ type: 'rescheduled', who: ben }, { type: 'rescheduled' }])
    })

    it('moves one account alone, takes a picked time, and stays where it is for a bad one', async () => {
      for (const written of ['banana', 'yesterday 9:00', 'now']) {
        expect(await press({ kind: 'rescheduleSubmitted', id, ...words(written) })).toMatch(
          /not a time I understand|is in the past|there is the button Publish now/,
        )
      }
      const when = { kind: 'instant', at: bot.clock.now() + 5 * HOUR } as const
      const submit = () =>
        bot.ask({ kind: 'rescheduleSubmitted', id: targetId, when }, { key: 'slack:form' })
      const told = (await Promise.all([submit(), submit()])).map(textOf).sort()
      expect(told).toEqual(['', 'Moved to Monday 5 January 2026, 18:00 (Europe/Madrid): x.'])
      const { post, targets } = await bot.newest()
      expect(post.publishAt?.getTime()).toBe(bot.clock.now() + 2 * HOUR)
      const inHours = targets.map(({ target }) => (target.dueSince - bot.clock.now()) / HOUR)
      expect(inHours).toEqual([2, 5])
      expect(await loadHistory(database().orm, id)).toHaveLength(1)
    })

    it('keeps its own time while one account is live, and the other is moved', async () => {
      await bot.set(id, { facebook: live(3) })
      expect(await press({ kind: 'rescheduleSubmitted', id, ...words('tomorrow 9:00') })).toBe(
        'Moved to Tuesday 6 January 2026, 09:00 (Europe/Madrid): x.',
      )
      const { post } = await bot.newest()
      expect(post.publishAt?.getTime()).toBe(bot.clock.now() + 2 * HOUR)
      expect(await press({ kind: 'status' })).toContain('Tuesday 6 January 2026, 09:00')
    })

    const inFlight: TargetState[] = [
      { status: 'publishing', startedAt: 1 },
      {
        status: 'processing',
        stage: 'finishing',
        note: '',
        polls: 0,
        pollAt: 1,
        deadlineAt: 2,
      },
      live(3),
    ]
    it('can be neither moved, edited nor stopped while it is in flight or live', async () => {
      const answer = /being published right now|already live/
      for (const state of inFlight) {
        await bot.set(id, { x: state })
        const submitted = {
          kind: 'rescheduleSubmitted',
          id: targetId,
          ...words('in 1 hour'),
        } as const
        expect(await press(submitted)).toMatch(answer)
        expect(await press({ kind: 'reschedule', id: targetId })).toContain('Nothing of it can be')
        expect(await press({ kind: 'editSubmitted', id: targetId, text: 'New' })).toMatch(answer)
        expect(await press({ kind: 'cancel', id: targetId })).toMatch(answer)
        expect(await press({ kind: 'publishNow', id: targetId })).toMatch(answer)
        expect(statesOf(await bot.newest())).toEqual({ facebook: 'scheduled', x: state.status })
      }
    })
  })
})
