import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { textOf } from '../../../src/bot/discord/marker.js'
import type { Left } from '../../../src/bot/ledger.js'
import { testDatabases } from '../../support/database.js'
import { waitFor } from '../../support/wait-for.js'
import { recordingLedger } from '../recording-ledger.js'
import { ANA, CHANNEL } from './chat-stage.js'
import { createStage, type Stage } from './stage.js'

const CALLBACK = 'POST /interactions/:id/:token/callback'
const MINUTE = 60_000
const [embedded] = testDatabases()
if (!embedded) throw new Error('the embedded engine is always there')

describe('what is asked for in Discord', () => {
  const database = embedded.use()
  let stage: Stage
  afterEach(() => stage.close())

  const start = async (keep?: () => Promise<unknown>) => {
    const recording = recordingLedger(keep)
    stage = await createStage(database(), {}, { ledger: recording.ledger })
    await stage.client.start()
    const ended = () =>
      waitFor(
        'its end',
        () => recording.happened,
        (list) => list.includes('crossed off'),
      )
    return { ...recording, ended }
  }
  const publish = (text: string) =>
    stage.discord
      .as(ANA)
      .slash('publish', { subcommand: 'post', options: { text, to: 'x' } }, CHANNEL)
  const left = (mayDo: boolean, { entry, requests }: ReturnType<typeof recordingLedger>): Left => ({
    content: JSON.parse(JSON.stringify(requests[0]?.content)),
    at: stage.bot.clock.now(),
    mayDo,
    entry,
  })

  it('is written down before it is acknowledged, and crossed off in the end', async () => {
    const order: string[] = []
    const slowly = async () => {
      await sleep(150)
      order.push('written down')
    }
    const { happened, ended } = await start(slowly)
    await publish('Hello')
    order.push('acknowledged')
    await ended()
    expect(order).toEqual(['written down', 'acknowledged'])
    expect(happened).toEqual(['written down', 'seized', 'crossed off'])
  })

  it('is crossed off and not done when Discord cannot be told that it was heard', async () => {
    const { happened, ended } = await start()
    stage.discord.faults.failBefore(CALLBACK, 2)
    const { problem } = await publish('Hello')
    expect(problem).not.toBeNull()
    await ended()
    expect(happened).toEqual(['written down', 'crossed off'])
    expect(await stage.bot.all()).toEqual([])
  })

  it('and left by a process that is gone is done, and its empty place filled in', async () => {
    const recording = await start()
    const { interactionId } = await publish('Hello')
    await recording.ended()
    await stage.client.resume(left(true, recording))
    const said = await stage.answers(interactionId)
    expect(said.join()).toMatch(/It is queued, once/)
    expect((await stage.bot.all()).map(({ text }) => text)).toEqual(['Hello'])
  })

  it('and is too old for its token is told as not done in the channel, by name', async () => {
    const recording = await start()
    stage.discord.faults.failBefore(CALLBACK, 2)
    await publish('Hello')
    await recording.ended()
    stage.pass(16 * MINUTE)
    await stage.client.resume(left(false, recording))
    const said = stage.discord.messages(CHANNEL).map(textOf)
    expect(said[0]).toMatch(new RegExp(`^<@${ANA}> .*Nothing was queued`))
    expect(await stage.bot.all()).toEqual([])
  })
})
