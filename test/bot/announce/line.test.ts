import { describe, expect, it } from 'vitest'
import { createLine } from '../../../src/bot/announce/line.js'

/** Work in a line, ended by hand. */
function through(places: number) {
  const line = createLine(places)
  const begun: string[] = []
  const work = new Map<string, Deferred>()
  const urgent = new Set<string>()
  const turn = () => new Promise((done) => setImmediate(done))
  return {
    urgent,
    async begun() {
      await turn()
      return begun
    },
    enter(name: string) {
      const ended = deferred()
      work.set(name, ended)
      return line.take(
        () => urgent.has(name),
        () => {
          begun.push(name)
          return ended.promise
        },
      )
    },
    async end(name: string, error?: Error) {
      await turn()
      if (error) work.get(name)?.reject(error)
      else work.get(name)?.resolve()
      await turn()
    },
  }
}

interface Deferred {
  readonly promise: Promise<void>
  resolve(): void
  reject(error: unknown): void
}

function deferred(): Deferred {
  let resolve = () => {}
  let reject = (_error: unknown) => {}
  const promise = new Promise<void>((done, failed) => {
    resolve = done
    reject = failed
  })
  return { promise, resolve, reject }
}

describe('a line before a few places', () => {
  it('lets in as many as there are places, and the others in their order', async () => {
    const { begun, enter, end } = through(2)
    for (const name of ['a', 'b', 'c', 'd']) void enter(name)
    expect(await begun()).toEqual(['a', 'b'])
    await end('b')
    expect(await begun()).toEqual(['a', 'b', 'c'])
    await end('a')
    expect(await begun()).toEqual(['a', 'b', 'c', 'd'])
  })

  it('lets what is urgent go first, also what became so while it waited', async () => {
    const { begun, urgent, enter, end } = through(1)
    urgent.add('d')
    for (const name of ['a', 'b', 'c', 'd']) void enter(name)
    await end('a')
    urgent.add('c')
    await end('d')
    await end('c')
    expect(await begun()).toEqual(['a', 'd', 'c', 'b'])
  })

  it('frees the place of what failed', async () => {
    const { begun, enter, end } = through(1)
    const failing = expect(enter('a')).rejects.toThrow('no answer')
    void enter('b')
    await end('a', new Error('no answer'))
    await failing
    expect(await begun()).toEqual(['a', 'b'])
  })
})
