import { describe, expect, it } from 'vitest'
import { answers, createReadiness } from '../../src/observe/readiness.js'

describe('readiness', () => {
  it('begins and ends with the program', async () => {
    const readiness = createReadiness()
    expect(await readiness.ask()).toBe('starting')
    readiness.started()
    expect(await readiness.ask()).toBeNull()
    readiness.stopping()
    expect(await readiness.ask()).toBe('stopping')
  })

  it('names every part that does not work, and forgets it when it does again', async () => {
    const readiness = createReadiness()
    let connected = false
    readiness.add(
      answers(() => Promise.reject(new Error('refused')), 'the database does not answer'),
    )
    readiness.add(() => (connected ? undefined : 'slack is not connected'))
    readiness.started()
    expect(await readiness.ask()).toBe('the database does not answer\nslack is not connected')
    connected = true
    expect(await readiness.ask()).toBe('the database does not answer')
  })

  it('does not wait for what hangs', async () => {
    const readiness = createReadiness()
    readiness.add(answers(() => new Promise(() => {}), 'the queue does not answer'))
    readiness.started()
    const askedAt = performance.now()
    expect(await readiness.ask()).toBe('the queue does not answer')
    expect(performance.now() - askedAt).toBeLessThan(10_000)
  })
})
