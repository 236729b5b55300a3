import { describe, expect, it } from 'vitest'
import { weightedLength } from '../../../../src/publisher/connectors/x/weighted-length.js'

/** Documented in "Counting characters" and in twitter-text's own examples, unless marked. */
describe('the weighted length', () => {
  it.each([
    ['nothing', '', 0],
    ['Latin letters', 'hello world', 11],
    ['an accent in one code point or in two', 'caf\u00e9 cafe\u0301', 9],
    ['CJK', '日本', 4],
    ['Cyrillic and Arabic', 'Привет سلام', 11],
    ['an emoji', '🐱', 2],
    ['an emoji of four people', '👨‍👩‍👧‍👦', 2],
    ['an emoji with a skin tone', '👍🏽', 2],
    ['a flag', '🇨🇭', 2],
    ['a keycap', '1️⃣', 2],
    ['a letter, three emoji and an old symbol', 'H🐱☺👨‍👩‍👧‍👦', 7],
    ['typographic quotes and dashes', '“a” – b', 7],
    ['an ellipsis', '…', 2],
    ['a link', 'https://acme.example', 23],
    ['a long link', `https://acme.example/${'x'.repeat(500)}`, 23],
    ['links and their punctuation', '(https://a.example), https://b.example/x?y=z!', 23 * 2 + 5],
    ['a bare domain', 'see example.com', 27],
    ['a bare domain with a path and a stop', 'example.com/a.', 24],
    ['what is no domain', 'e.g. Mr.Smith version 1.2', 25],
  ])('of %s', (_, text, weight) => {
    expect(weightedLength(text)).toBe(weight)
  })
})
