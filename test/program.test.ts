import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openEmbedded } from '../src/store/open-embedded.js'
import { channels } from '../src/store/schema.js'
import { openDiscord } from './bot/surfaces/discord.js'
import { type ProgramStage, startWith } from './bot/surfaces/program.js'
import { openSlack } from './bot/surfaces/slack.js'
import type { Surface } from './bot/surfaces/surface.js'

const TOKEN = 'a-token-for-the-api'
const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('the program while Slack cannot be reached', { timeout: 2 * MINUTE }, () => {
  let slack: Surface
  let discord: Surface
  let stage: ProgramStage
  let port: number

  beforeEach(async () => {
    slack = await openSlack()
    discord = await openDiscord()
    port = await freePort()
    stage = await startWith([slack, discord], {
      environment: { PORT: String(port), PRESSROOM_SCORECARD_CRON: '* * * * *' },
      isIdle: true,
    })
  })
  afterEach(async () => {
    await stage.close()
    await slack.close()
    await discord.close()
  })

  const readyz = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
    return answer && `${answer.status} ${await answer.text()}`
  }
  const saysReady = () => stage.log.filter(({ msg }) => msg === 'ready').length
  const isWithoutSlack = () =>
    expect.poll(readyz, { timeout: MINUTE }).toBe('503 slack is not connected\n')

  it('serves Discord, its scorecard included, and is ready when Slack is there', async () => {
    await stage.start()
    await discord.publish('ana', 'The day before', 'mastodon')
    await discord.waitFor(() => discord.counts('The day before').live === 1, MINUTE)
    await stage.stop()
    await makeOlder(stage.dataDir)
    await slack.away(true)
    const { ready } = stage.begin()
    await isWithoutSlack()
    await discord.publish('ana', 'Without Slack', 'mastodon')
    await discord.waitFor(() => discord.counts('Without Slack').live === 1, MINUTE)
    const scorecards = () => discord.inChannel().filter(({ text }) => /scorecard/i.test(text))
    await discord.waitFor(() => scorecards().length > 0, MINUTE)
    expect([await readyz(), saysReady()]).toEqual(['503 slack is not connected\n', 1])

    await slack.away(false)
    expect(await ready).toEqual({ port })
    expect([await readyz(), saysReady()]).toEqual(['200 ready\n', 2])
  })

  it('stops in good order when it is asked to, and was never ready', async () => {
    await slack.away(true)
    const program = stage.begin()
    await isWithoutSlack()
    await discord.publish('ana', 'Queued before the stop', 'mastodon')
    await discord.waitFor(() => discord.counts('Queued before the stop').live === 1, MINUTE)
    expect(await program.stop()).toEqual([])
    expect(await program.ready).toBeUndefined()
    expect(saysReady()).toBe(0)
    expect(await readyz()).toBeUndefined()
  })

  it.each([0, 1_000])('stops %i ms after it was begun, and can begin again', async (ms) => {
    const program = stage.begin()
    await new Promise((resolve) => setTimeout(resolve, ms))
    expect(await program.stop()).toEqual([])
    await program.ready
    await stage.start()
    expect(await readyz()).toBe('200 ready\n')
  })
})

describe('the program that is asked to stop', { timeout: 2 * MINUTE }, () => {
  it('takes nothing more at once, and shows what was under way before it ends', async () => {
    const slack = await openSlack()
    const stage = await startWith([slack], { environment: { PRESSROOM_API_TOKEN: TOKEN } })
    const ask = async (path: string, request: RequestInit = {}) => {
      const authorization = `Bearer ${TOKEN}`
      const url = `http://127.0.0.1:${stage.port()}${path}`
      const answer = await fetch(url, { headers: { authorization }, ...request })
      return `${answer.status} ${await answer.text()}`
    }
    const slow = { on: 'mutation', when: 'before', kind: 'slow', delayMs: 3_000, times: 1 } as const
    stage.sandbox.addFault('facebook', slow)
    await slack.publish('ana', 'Under way', 'facebook')
    await slack.waitFor(() => slack.counts('Under way') !== undefined, MINUTE)
    const isSent = () => stage.sandbox.requests('facebook').some(({ fault }) => fault !== undefined)
    await expect.poll(isSent, { timeout: MINUTE }).toBe(true)

    const stopping = stage.stop()
    expect(await ask('/api/posts', { method: 'POST', body: '{}' })).toMatch(/^503 .*stopping/)
    expect([await ask('/readyz'), await ask('/healthz')]).toEqual(['503 stopping\n', '200 ok\n'])
    expect(stage.live('facebook', 'Under way')).toBe(0)
    expect(await stopping).toEqual([])
    expect(stage.live('facebook', 'Under way')).toBe(1)
    expect(slack.counts('Under way')).toMatchObject({ live: 1 })
    expect((await slack.publish('ana', 'Too late')).acknowledgedMs).toBe(Number.POSITIVE_INFINITY)
    await stage.close()
    await slack.close()
  })
})

describe('the program with a refused token', { timeout: 2 * MINUTE }, () => {
  it('fails at once, in words, and leaves nothing open', async () => {
    const slack = await openSlack()
    const discord = await openDiscord()
    const wrong = { ...slack.environment, SLACK_BOT_TOKEN: 'xoxb-wrong' }
    const stage = await startWith([{ ...slack, environment: wrong }, discord], { isIdle: true })
    await expect(stage.begin().ready).rejects.toThrow(/^SLACK_BOT_TOKEN is refused by Slack/)
    // The folder is free again: it is not the one that has it who is told to stop.
    await expect(stage.begin().ready).rejects.toThrow(/^SLACK_BOT_TOKEN is refused by Slack/)
    await stage.close()
    await slack.close()
    await discord.close()
  })
})

/** As if every channel had been known for an hour: then its first scorecard is due at once. */
async function makeOlder(dataDir: string): Promise<void> {
  const database = await openEmbedded(dataDir)
  await database.orm.update(channels).set({ createdAt: new Date(Date.now() - HOUR) })
  await database.close()
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
