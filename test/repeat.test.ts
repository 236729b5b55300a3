import { describe, expect, it } from 'vitest'
import { repeat } from '../src/repeat.js'
import { waitFor } from './support/wait-for.js'

describe('repeat', () => {
  it('runs at once and again after each end, never twice at a time, and stops after the last', async () => {
    let running = 0
    let runs = 0
    let most = 0
    const timer = repeat(
      async () => {
        most = Math.max(most, ++running)
        await new Promise((resolve) => setImmediate(resolve))
        runs += 1
        running -= 1
      },
      1,
      () => {},
    )
    await waitFor(
      'five runs',
      () => runs,
      (count) => count >= 5,
    )
    await timer.stop()
    expect([most, running]).toEqual([1, 0])
    const after = runs
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(runs).toBe(after)
  })

  it('goes on after a failure, and says what failed', async () => {
    const failures: unknown[] = []
    const timer = repeat(
      async () => {
        throw new Error('no')
      },
      1,
      (error) => failures.push(error),
    )
    await waitFor(
      'two failures',
      () => failures.length,
      (count) => count >= 2,
    )
    await timer.stop()
  })
})
