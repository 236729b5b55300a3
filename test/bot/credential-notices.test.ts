import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { Chat } from '../../src/bot/chat.js'
import { postCredentialEnds, stageOf } from '../../src/bot/credential-notices.js'
import { accounts } from '../../src/store/schema.js'
import { testDatabases } from '../support/database.js'
import { addAccount } from '../support/targets.js'
import { CHANNEL, useStage } from './announce/stage.js'

const DAY = 86_400_000
const channels = [{ chat: 'slack', channel: CHANNEL, targets: ['facebook'] }]

describe('the warning before the end of a credential', () => {
  it.each([
    [8 * DAY, undefined],
    [7 * DAY, 'week'],
    [DAY + 1, 'week'],
    [DAY, 'day'],
    [0, undefined],
    [-DAY, undefined],
  ])('%d ms ahead is %s', (ahead, stage) => {
    expect(stageOf(1e12 + ahead, 1e12)).toBe(stage)
  })
})

describe.each(testDatabases())('ends of credentials, on the $engine database', ({ use }) => {
  const database = use()
  const open = useStage(database)

  async function given(published = true) {
    const stage = await open()
    await addAccount(database())
    if (published) await stage.publish([{}])
    let now = Date.now()
    const deps = { ...stage.deps, now: () => now }
    const began = now
    // Slack's clock does not move with ours.
    const slack: Chat = {
      ...stage.chat,
      find: (sought) => stage.chat.find({ ...sought, begunAt: began }),
    }
    return {
      ...stage,
      slack,
      at: (ms: number) => {
        now = began + ms
      },
      endsAt: (ms: number, more: object = {}) =>
        database()
          .orm.update(accounts)
          .set({ checked: { kind: 'ok', identity: 'Acme', expiresAt: began + ms, ...more } })
          .where(eq(accounts.name, 'facebook')),
      look: (chat: Chat = slack, known = channels) => postCredentialEnds(deps, [chat], known),
      seen: (channel = CHANNEL) =>
        stage.slack.messages(channel).filter(({ text }) => text?.includes('The credential of')),
    }
  }

  it('are said once a week and once a day before, with nothing scheduled, whatever is lost', async () => {
    const { at, endsAt, look, seen, slack, chat } = await given()
    await endsAt(10 * DAY)
    await look()
    expect(seen()).toHaveLength(0)

    at(4 * DAY)
    const deaf: Chat = {
      ...slack,
      post: async (message) => {
        await chat.post(message)
        return { kind: 'unknown', why: 'no answer' }
      },
    }
    await Promise.all([look(deaf), look(deaf)])
    for (const minute of [1, 2, 3]) {
      at(4 * DAY + minute * 60_000)
      await Promise.all([look(), look()])
    }
    expect(seen()).toHaveLength(1)
    expect(seen()[0]?.text).toMatch(/^The credential of \*facebook\* ends /)

    at(9 * DAY + 1)
    await Promise.all([look(), look()])
    await look()
    expect(seen()).toHaveLength(2)

    at(11 * DAY)
    await look()
    expect(seen()).toHaveLength(2)
  })

  it('are said anew for a new deadline, and not for what renews itself', async () => {
    const { endsAt, look, seen } = await given()
    await endsAt(3 * DAY, { renews: true })
    await look()
    expect(seen()).toHaveLength(0)
    await endsAt(3 * DAY)
    await look()
    await endsAt(4 * DAY)
    await look()
    expect(seen()).toHaveLength(2)
  })

  it('are said where the account may publish when nobody has yet', async () => {
    const { endsAt, look, seen } = await given(false)
    await endsAt(3 * DAY)
    await look(undefined, [])
    expect(seen()).toHaveLength(0)
    await look()
    expect(seen()).toHaveLength(1)
  })

  it('stay in the channel they were begun in when another publishes meanwhile', async () => {
    const { at, endsAt, look, seen, slack, publish } = await given()
    await endsAt(3 * DAY)
    await look({ ...slack, post: async () => ({ kind: 'limited', retryAfterMs: 1 }) })
    await publish([{}], { channelId: 'C0OTHER' })
    at(60_000)
    await look()
    expect(seen()).toHaveLength(1)
  })
})
