import { describe, expect, it } from 'vitest'
import type { Chat } from '../../src/bot/chat.js'
import { postReminders, reminderDue } from '../../src/bot/reminder.js'
import { notices } from '../../src/store/schema.js'
import { testDatabases } from '../support/database.js'
import { CHANNEL, unconfirmed, useStage } from './announce/stage.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR

describe('the day of a reminder', () => {
  it('begins at nine on the clock of the workspace, also when clocks change', () => {
    const due = (now: string, zone: string) => {
      const found = reminderDue(Date.parse(now), zone)
      return found && [found.day, new Date(found.at).toISOString().slice(0, 16)]
    }
    expect(due('2026-11-27T07:59:59Z', 'Europe/Madrid')).toBeUndefined()
    expect(due('2026-11-27T08:00:00Z', 'Europe/Madrid')).toEqual(['2026-11-27', '2026-11-27T08:00'])
    expect(due('2026-03-29T07:00:00Z', 'Europe/Madrid')).toEqual(['2026-03-29', '2026-03-29T07:00'])
    expect(due('2026-11-27T00:30:00Z', 'Asia/Tokyo')).toEqual(['2026-11-27', '2026-11-27T00:00'])
  })
})

describe.each(testDatabases())('reminders, on the $engine database', ({ use }) => {
  const database = use()
  const open = useStage(database)

  it('are posted once a day while something waits, whoever does it and whatever is lost', async () => {
    const stage = await open()
    const { postId, targetIds } = await stage.publish([{}])
    await stage.become(targetIds[0], unconfirmed())
    await stage.announce()
    await stage.told(postId)
    const began = Date.now()
    let now = began + DAY
    const midnight = new Date(now).setUTCHours(0, 0, 0, 0)
    const deps = { ...stage.deps, now: () => now, timeZone: 'Etc/UTC' }
    const seen = () =>
      stage.slack.messages(CHANNEL).filter(({ text }) => text?.includes('for somebody here'))
    // Slack's clock did not move with ours.
    const slack: Chat = {
      ...stage.chat,
      find: (sought) => stage.chat.find({ ...sought, begunAt: began }),
    }
    const remind = (chat: Chat = slack) => postReminders(deps, [chat])

    now = midnight + 8 * HOUR
    await remind()
    expect(seen()).toHaveLength(0)

    now = midnight + 9 * HOUR
    // Slack posts it, and the answer is lost.
    const deaf: Chat = {
      ...slack,
      post: async (message) => {
        await stage.chat.post(message)
        return { kind: 'unknown', why: 'no answer' }
      },
    }
    await Promise.all([remind(deaf), remind(deaf), remind(deaf)])
    for (const _minute of [1, 2, 3]) {
      now += 60_000
      await Promise.all([remind(), remind()])
    }
    expect(seen()).toHaveLength(1)
    expect(seen()[0]?.text).toContain('1 post waits for somebody here, the oldest first')
    expect(seen()[0]?.text).toMatch(
      /facebook may be live or not \(for .* <http.*\/archives\/C00000SOCIAL\/p\d+\|open>/,
    )
    expect((await database().orm.select().from(notices))[0]?.doneAt).not.toBeNull()

    now += DAY
    await Promise.all([remind(), remind()])
    await remind()
    expect(seen()).toHaveLength(2)

    await stage.become(targetIds[0], {
      status: 'cancelled',
      who: { kind: 'person', id: 'U1' },
      cancelledAt: now,
    })
    now += DAY
    await remind()
    expect(seen()).toHaveLength(2)
  })
})
