import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { littleText, plainText } from '../../../../src/publisher/connectors/linkedin/little-text.js'
import { plainTextOf } from '../../../../src/sandbox/platforms/linkedin/text.js'

describe('the little format', () => {
  it.each([
    ['plain words, stops. And 100% more!', 'plain words, stops. And 100% more!'],
    [
      '(a) [b] {c} <d> @e *f* ~g~ h_i j|k \\l',
      '\\(a\\) \\[b\\] \\{c\\} \\<d\\> \\@e \\*f\\* \\~g\\~ h\\_i j\\|k \\\\l',
    ],
    ['#harbour and #été', '#harbour and #été'],
    ['#black_friday, #a_b_', '{hashtag|\\#|black\\_friday}, {hashtag|\\#|a\\_b\\_}'],
    ['C# and #1 and a#b and ##', 'C\\# and \\#1 and a\\#b and \\#\\#'],
    ['https://acme.example/a_b#top', 'https://acme.example/a\\_b\\#top'],
    ['@[Acme](urn:li:organization:77)', '\\@\\[Acme\\]\\(urn:li:organization:77\\)'],
  ])('of %j', (text, little) => {
    expect(littleText(text)).toBe(little)
  })

  it('shows every text as it was written, to us and to LinkedIn', () => {
    const pieces = fc.constantFrom(
      ...'\\|{}@[]()<>#*_~ab 1\n',
      '#tag',
      '#two_words',
      '日本',
      '👩‍🚀',
      'é',
    )
    fc.assert(
      fc.property(
        fc.array(pieces).map((parts) => parts.join('')),
        (text) => {
          expect(plainText(littleText(text))).toBe(text)
          expect(plainTextOf(littleText(text))).toBe(text)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('is cut off on LinkedIn by what is reserved, also inside of a hashtag', () => {
    expect(plainTextOf('Now #black_friday and on')).toBe('Now #black')
    expect(plainTextOf('Now {hashtag|\\#|black_friday} and on')).toBe('Now ')
    expect(plainTextOf('Now {hashtag|#|black\\_friday} and on')).toBe('Now #black_friday and on')
  })

  it('reads templates of hashtags and mentions', () => {
    expect(plainText('{hashtag|\\#|harbour} by @[Acme \\(Inc\\)](urn:li:organization:77)')).toBe(
      '#harbour by Acme (Inc)',
    )
    expect(plainText('{hashtag|\\#|black\\_friday}')).toBe('#black_friday')
    expect(plainText('{hashtag|\\#|black_friday}')).toBe('#black_friday')
  })
})
