import { describe, expect, it } from 'vitest'
import { inPieces, shorten } from '../../src/bot/wording.js'

describe('shorten', () => {
  it.each([
    ['Hello', 5, 'Hello'],
    ['Hello', 4, 'Hel…'],
    ['ab😀cd', 4, 'ab…'],
    ['ab😀cd', 5, 'ab😀…'],
  ])('makes %j fit %i units without half a character', (text, max, shown) => {
    expect(shorten(text, max)).toBe(shown)
  })
})

describe('inPieces', () => {
  it('keeps all of a text, and every character whole', () => {
    const text = `${'a'.repeat(7)}😀${'b'.repeat(9)}`
    const pieces = inPieces(text, 8)
    expect(pieces).toEqual(['aaaaaaa', '😀bbbbbb', 'bbb'])
    expect(pieces.join('')).toBe(text)
    expect(inPieces('', 8)).toEqual([])
  })
})
