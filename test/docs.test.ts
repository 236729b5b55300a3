import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'

const root = new URL('..', import.meta.url)
const read = (path: string) => readFile(new URL(path, root), 'utf8')

/** Lines of every file of a connector. */
async function linesOf(platform: string): Promise<number[]> {
  const folder = `src/publisher/connectors/${platform}/`
  const names = await readdir(new URL(folder, root))
  const texts = await Promise.all(names.map((name) => read(folder + name)))
  return texts.map((text) => text.trimEnd().split('\n').length)
}

describe('docs/connectors.md', () => {
  it('tells how large the two that it shows are', async () => {
    const words = await read('docs/connectors.md')
    const told = Number(/connectors\/telegram`, about (\d+) lines in seven/.exec(words)?.[1])
    const telegram = await linesOf('telegram')
    expect(telegram).toHaveLength(7)
    expect(Math.abs(telegram.reduce((a, b) => a + b) - told)).toBeLessThanOrEqual(20)
    expect(await linesOf('manual')).toEqual([expect.closeTo(30, -1)])
  })
})
