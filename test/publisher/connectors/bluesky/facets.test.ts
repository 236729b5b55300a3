import { describe, expect, it } from 'vitest'
import { facetsOf, findFeatures } from '../../../../src/publisher/connectors/bluesky/facets.js'

const DIDS = new Map([['acme.example', 'did:plc:acme']])

/** What each facet covers, cut out of the text by its byte offsets, and what it points to. */
function covered(text: string): [string, string][] {
  const bytes = Buffer.from(text)
  return facetsOf(text, findFeatures(text), DIDS).map(({ index, features: [feature] }) => {
    const piece = bytes.subarray(index.byteStart, index.byteEnd).toString()
    if ('uri' in feature) return [piece, feature.uri]
    return 'did' in feature ? [piece, feature.did] : [piece, `#${feature.tag}`]
  })
}

describe('facets', () => {
  it.each([
    ['Open: https://acme.example/a.', 'https://acme.example/a'],
    ['Really? https://acme.example/a?b=c&d=e#f!', 'https://acme.example/a?b=c&d=e#f'],
    ['(see https://acme.example/a)', 'https://acme.example/a'],
    ['(see https://acme.example/a_(b)).', 'https://acme.example/a_(b)'],
    ['“https://acme.example/a”', 'https://acme.example/a'],
    ['見てhttps://acme.example/港', 'https://acme.example/港'],
    ['HTTP://acme.example', 'HTTP://acme.example'],
  ])('links %s without the punctuation around the address', (text, link) => {
    expect(covered(text)).toEqual([[link, link]])
  })

  it.each([
    ['👩‍👩‍👧‍👦 families: https://acme.example', 'a family of four code points'],
    ['Cafe\u0301 at https://acme.example', 'a combining accent'],
    ['🏴󠁧󠁢󠁳󠁣󠁴󠁿🇨🇭 https://acme.example', 'flags'],
    ['Zürich — naïve 日本 https://acme.example', 'letters of two and three bytes'],
  ])('counts bytes behind %s', (text) => {
    expect(covered(text)).toEqual([['https://acme.example', 'https://acme.example']])
  })

  it('mentions who resolves, and leaves the others as text', () => {
    expect(covered('Hi @acme.example, @nobody.example and @plain (@acme.example)')).toEqual([
      ['@acme.example', 'did:plc:acme'],
      ['@acme.example', 'did:plc:acme'],
    ])
  })

  it('does not take an e-mail address or a path for a mention', () => {
    expect(covered('Write to sales@acme.example or https://other.example/@acme.example')).toEqual([
      ['https://other.example/@acme.example', 'https://other.example/@acme.example'],
    ])
  })

  it('tags words, without the punctuation at their end, and no bare numbers', () => {
    expect(covered('#harbour, #2026 #été! a#b ＃港 #42nd')).toEqual([
      ['#harbour', '#harbour'],
      ['#été', '#été'],
      ['＃港', '#港'],
      ['#42nd', '#42nd'],
    ])
  })

  it('keeps the order of the text and never overlaps', () => {
    const text = '#one https://acme.example/#two @acme.example #three'
    expect(covered(text).map(([piece]) => piece)).toEqual([
      '#one',
      'https://acme.example/#two',
      '@acme.example',
      '#three',
    ])
  })
})
