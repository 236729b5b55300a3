import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../../../src/sandbox/discord')
const ALLOWED = [/^node:/, /^ws$/, /^zod$/, /^\.\.?\//]

it('imports nothing but Node, ws, zod and itself', () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )
  const foreign = files.flatMap((file) => {
    const source = readFileSync(join(ROOT, file), 'utf8')
    const depth = file.split(/[\\/]/).length - 1
    return [...source.matchAll(/ from '([^']+)'/g)]
      .map(([, name = '']) => name)
      .filter((name) => {
        const leaves = name.split('../').length - 1 > depth
        return leaves || !ALLOWED.some((pattern) => pattern.test(name))
      })
      .map((name) => `${file}: ${name}`)
  })
  expect(files.length).toBeGreaterThan(20)
  expect(foreign).toEqual([])
})
