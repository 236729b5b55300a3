import { describe, expect, it } from 'vitest'
import { startRounds } from '../../src/publisher/rounds.js'
import type { Database } from '../../src/store/database.js'

/** Rounds that end when the test says so, over a channel that it rings. */
async function start() {
  const ends: (() => void)[] = []
  const stoppings: AbortSignal[] = []
  let ask = () => {}
  const database = {
    listen: async (_channel: string, hear: () => void) => {
      ask = hear
      return async () => {}
    },
  } as unknown as Database
  const round = (stopping: AbortSignal) => {
    stoppings.push(stopping)
    return new Promise<void>((end) => ends.push(end))
  }
  const failed = () => {}
  const options = { database, channel: 'pressroom_check', everyMs: 60_000, failed } as const
  const { stop } = await startRounds(round, options)
  return { ends, stoppings, ask: () => ask(), stop }
}

describe('rounds', () => {
  it('are gone at once when asked for, whatever is under way', async () => {
    const { ends, ask, stop } = await start()
    ask()
    ask()
    expect(ends).toHaveLength(3)
    for (const end of ends) end()
    await stop()
  })

  it('stop when the last one that is under way has ended, and begin no other', async () => {
    const { ends, stoppings, ask, stop } = await start()
    ask()
    let isStopped = false
    const stopped = stop().then(() => {
      isStopped = true
    })
    expect(stoppings.map(({ aborted }) => aborted)).toEqual([true, true])
    ask()
    expect(ends).toHaveLength(2)
    ends[0]?.()
    await new Promise((resolve) => setImmediate(resolve))
    expect(isStopped).toBe(false)
    ends[1]?.()
    await stopped
  })

  it('do not begin where nobody could be heard', async () => {
    let rounds = 0
    const round = async () => void rounds++
    const listen = () => Promise.reject(new Error('the connection was refused'))
    const options = { database: { listen } as never, everyMs: 1, failed: () => {} }
    const started = startRounds(round, { ...options, channel: 'pressroom_check' })
    await expect(started).rejects.toThrow('refused')
    expect(rounds).toBe(0)
  })
})
