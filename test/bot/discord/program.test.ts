import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DiscordSurface, openDiscord } from '../surfaces/discord.js'
import { type ProgramStage, startWith } from '../surfaces/program.js'
import { ANA, CHANNEL } from './chat-stage.js'

const MINUTE = 60_000

describe('the whole program on Discord', { timeout: 3 * MINUTE }, () => {
  let chat: DiscordSurface
  let stage: ProgramStage

  beforeEach(async () => {
    chat = await openDiscord()
    stage = await startWith([chat])
  }, MINUTE)

  afterEach(async () => {
    await stage.close()
    await chat.close()
  })

  it('is away for a whole minute during a publish, and shows everything once afterwards', async () => {
    const slow = { on: 'mutation', when: 'before', kind: 'slow', delayMs: 2_000, times: 1 } as const
    stage.sandbox.addFault('facebook', slow)
    await chat.publish('ana', 'Cut off')
    await chat.waitFor(() => chat.posts('Cut off').length === 1, MINUTE)
    await chat.away(true)
    await sleep(MINUTE)
    expect([stage.live('facebook', 'Cut off'), stage.live('mastodon', 'Cut off')]).toEqual([1, 1])
    await chat.away(false)
    const ended = () => chat.thread('Cut off').filter(({ text }) => /All 2 live/.test(text)).length
    await chat.waitFor(() => ended() === 1 && chat.counts('Cut off').live === 2, 1.5 * MINUTE)
    expect(chat.posts('Cut off')).toHaveLength(1)
    expect(chat.thread('Cut off')).toHaveLength(3)
    const next = await chat.publish('ben', 'After it', 'mastodon')
    expect(next.acknowledgedMs).toBeLessThan(3_000)
    await chat.waitFor(() => chat.counts('After it').live === 1, MINUTE)
  })

  it('publishes once and says what is wrong when its channel is deleted meanwhile', async () => {
    const slow = { on: 'mutation', when: 'before', kind: 'slow', delayMs: 1_500, times: 1 } as const
    stage.sandbox.addFault('facebook', slow)
    await chat.publish('ana', 'Homeless')
    await chat.waitFor(() => chat.posts('Homeless').length === 1, MINUTE)
    chat.discord.as(ANA).deleteChannel(CHANNEL)
    await expect.poll(() => stage.live('facebook', 'Homeless'), { timeout: MINUTE }).toBe(1)
    const said = () => stage.log.filter(({ msg }) => msg.includes('There is no such channel'))
    await expect.poll(said, { timeout: MINUTE }).toHaveLength(1)
    expect(said()[0]?.msg).toContain(`discord refuses to show posts in ${CHANNEL}`)
    expect(stage.live('mastodon', 'Homeless')).toBe(1)
  })
})
