import { expect, test } from 'vitest'
import { createReads } from '../../src/api/reads.js'

test('reads happen so many at a time, and those that wait for the same are one', async () => {
  const { reads, begun, end } = scene(1)
  const first = reads('a', begun('first'))
  await new Promise(setImmediate)
  const second = reads('a', begun('second'))
  const third = reads('a', begun('third'))
  const other = reads('b', begun('other'))
  end('first')
  expect(await first).toBe('first')
  end('second')
  expect(await Promise.all([second, third])).toEqual(['second', 'second'])
  end('other')
  expect(await other).toBe('other')
  expect(begun.names).toEqual(['first', 'second', 'other'])
})

test('what has begun is not shared: a later question gets a later answer', async () => {
  const { reads, begun, end } = scene(2)
  const early = reads('a', begun('early'))
  await new Promise(setImmediate)
  const late = reads('a', begun('late'))
  end('late')
  expect(await late).toBe('late')
  end('early')
  expect(await early).toBe('early')
})

test('a read that fails fails for those who took part, and not for the next', async () => {
  const { reads, begun, end } = scene(1)
  const before = reads('z', begun('before'))
  const shared = [1, 2].map(() =>
    reads('a', async () => {
      throw new Error('gone')
    }),
  )
  end('before')
  await before
  expect((await Promise.allSettled(shared)).map(({ status }) => status)).toEqual([
    'rejected',
    'rejected',
  ])
  const next = reads('a', begun('next'))
  end('next')
  expect(await next).toBe('next')
})

/** Reads that end when they are told to, in whatever order they began. */
function scene(atOnce: number) {
  const ends = new Map<string, () => void>()
  const names: string[] = []
  const ended = new Map<string, Promise<void>>()
  const gate = (name: string) => {
    const known = ended.get(name)
    if (known) return known
    const made = new Promise<void>((done) => ends.set(name, done))
    ended.set(name, made)
    return made
  }
  const begun = Object.assign(
    (name: string) => async () => {
      names.push(name)
      await gate(name)
      return name
    },
    { names },
  )
  return {
    reads: createReads(atOnce),
    begun,
    end(name: string) {
      gate(name)
      ends.get(name)?.()
    },
  }
}
