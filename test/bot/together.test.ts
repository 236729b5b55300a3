import { expect, it } from 'vitest'
import { together } from '../../src/bot/together.js'

it('does at once what comes in one turn, and next what comes meanwhile', async () => {
  const groups: string[][] = []
  let second: Promise<string> | undefined
  const upper = together(async (all: readonly string[]) => {
    groups.push([...all])
    second ??= upper('c')
    return all.map((one) => one.toUpperCase())
  })
  expect(await Promise.all([upper('a'), upper('b')])).toEqual(['A', 'B'])
  expect(await second).toBe('C')
  expect(await upper('d')).toBe('D')
  expect(groups).toEqual([['a', 'b'], ['c'], ['d']])
})

it('fails those alone whose group failed', async () => {
  let times = 0
  const count = together(async (all: readonly string[]) => {
    times += 1
    if (times === 1) throw new Error('the database went away')
    return all
  })
  const failed = await Promise.allSettled([count('a'), count('b')])
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await count('c')).toBe('c')
})
