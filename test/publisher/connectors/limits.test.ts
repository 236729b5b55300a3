import { describe, expect, it } from 'vitest'
import type { Media } from '../../../src/publisher/connectors/connector.js'
import { checkAlt, checkSize } from '../../../src/publisher/connectors/limits.js'
import { IMAGE } from '../../support/sample-media.js'

const MB = 1024 * 1024
const media = (change: Partial<Media>): Media => ({ ...IMAGE, filename: 'a.jpg', ...change })

describe('the size of a file', () => {
  it.each([
    [10 * MB, 10 * MB, []],
    [10 * MB + 1, 10 * MB, ['a.jpg has 10.1 MB; X takes 10 MB.']],
    [1_000_001, 1_000_000, ['a.jpg has 1 MB; X takes 0.9 MB.']],
  ])('%i of %i bytes', (bytes, most, said) => {
    const problems = checkSize('X', media({ bytes }), most)
    expect(problems.map(({ message }) => message)).toEqual(said)
  })
})

describe('an alt text', () => {
  it('is counted as the platform counts', () => {
    const family = media({ alt: '👨‍👩‍👧' })
    expect(checkAlt('X', family, 1)).toMatchObject([{ field: 'alt' }])
    expect(checkAlt('X', family, 1, () => 1)).toEqual([])
  })
})
