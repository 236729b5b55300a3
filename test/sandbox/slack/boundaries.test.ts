import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../../src/sandbox')

describe('the local workspace', () => {
  it.each(['slack', 'page'])('imports nothing of the product: %s', (folder) => {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    const sources = files.filter((file) => /\.tsx?$/.test(file))
    expect(sources.length).toBeGreaterThan(5)
    for (const file of sources) {
      const path = join(root, folder, file)
      const imports = [...readFileSync(path, 'utf8').matchAll(/from '(\.[^']+)'/g)]
      for (const [, specifier = ''] of imports) {
        expect(join(path, '..', specifier), `${file} imports ${specifier}`).toContain(root)
      }
    }
  })
})
