import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { unlessAborted } from '../src/wait.js'

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

describe('work that a signal gives up', () => {
  it('gives its result, and leaves nothing behind on a signal that never comes', async () => {
    const { signal } = new AbortController()
    const work = Promise.resolve('done')
    const waiting = unlessAborted(work, signal)
    expect(listeners(signal)).toBe(1)
    expect(await waiting).toBe('done')
    expect(listeners(signal)).toBe(0)
  })

  it('is waited for no longer when the signal comes, or came before', async () => {
    const controller = new AbortController()
    const never = new Promise(() => {})
    const waiting = unlessAborted(never, controller.signal)
    controller.abort()
    expect(await waiting).toBeUndefined()
    expect(await unlessAborted(never, controller.signal)).toBeUndefined()
  })

  it('fails as it fails, and leaves nothing behind either', async () => {
    const { signal } = new AbortController()
    await expect(unlessAborted(Promise.reject(new Error('gone')), signal)).rejects.toThrow('gone')
    expect(listeners(signal)).toBe(0)
  })
})
