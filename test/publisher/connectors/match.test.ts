import { describe, expect, it } from 'vitest'
import { matching, sightingOf, type Wanted } from '../../../src/publisher/connectors/match.js'
import type { Listed } from '../../../src/publisher/connectors/read.js'
import { NOON } from '../../support/clock.js'

const MINUTE = 60_000
const wanted: Wanted = { text: 'The harbour is open', since: NOON, others: new Set() }
const post = (id: string, overrides: Partial<Listed> = {}): Listed => ({
  id,
  text: 'The harbour is open',
  createdAt: NOON,
  ...overrides,
})
const ids = (items: readonly Listed[]) => items.map(({ id }) => id)
const read = (...items: Listed[]) => ({ kind: 'read', value: items }) as const
const unread = {
  kind: 'unread',
  outcome: { kind: 'transient', reason: { class: 'network', text: 'No answer.' } },
} as const

describe('a post of ours in a list', () => {
  it('has exactly our text; the newest one is not taken for it', () => {
    const items = [post('newest', { text: 'Something else' }), post('ours')]
    expect(ids(matching(items, wanted))).toEqual(['ours'])
  })

  it('is recognised through line ends, trailing spaces and composed letters', () => {
    const text = 'Café\r\nopen \nnow\n'
    const listed = post('ours', { text: 'Cafe\u0301\nopen\nnow' })
    expect(ids(matching([listed], { ...wanted, text }))).toEqual(['ours'])
  })

  it('is not older than the attempt, apart from a minute between the clocks', () => {
    const items = [
      post('old', { createdAt: NOON - MINUTE - 1 }),
      post('skewed', { createdAt: NOON - MINUTE }),
    ]
    expect(ids(matching(items, wanted))).toEqual(['skewed'])
  })

  it('is one post, however often the pages show it', () => {
    expect(ids(matching([post('ours'), post('ours')], wanted))).toEqual(['ours'])
  })

  it('is no other target’s', () => {
    const others = new Set(['theirs'])
    expect(ids(matching([post('theirs'), post('ours')], { ...wanted, others }))).toEqual(['ours'])
  })

  it('has our photos where the list names photos', () => {
    const photos = new Set(['p1', 'p2'])
    const items = [
      post('theirs', { photos: ['p9'] }),
      post('ours', { photos: ['p2'] }),
      post('silent', { photos: [] }),
    ]
    expect(ids(matching(items, { ...wanted, photos }))).toEqual(['ours', 'silent'])
  })

  it('is the one that seemed gone, whatever its text says by now', () => {
    const items = [post('ours', { text: 'Edited', createdAt: NOON - 2 * MINUTE }), post('b')]
    expect(ids(matching(items, { ...wanted, earlierId: 'ours' }))).toEqual(['ours', 'b'])
  })

  it('is not found by an empty text, only by its photos', () => {
    const items = [post('theirs', { text: '' }), post('ours', { text: '', photos: ['p1'] })]
    const empty = { ...wanted, text: '' }
    expect(matching(items, empty)).toEqual([])
    expect(ids(matching(items, { ...empty, photos: new Set(['p1']) }))).toEqual(['ours'])
  })
})

describe('a look at a live post', () => {
  const left = { earlierAt: NOON }
  type Seen = Parameters<typeof sightingOf>
  const see = (id: Seen[0], own: Seen[1], list: Seen[2], like: Wanted) =>
    sightingOf(id, own, list, like, left)

  it('sees it, by its id or in the list', () => {
    expect(see('a', read1(post('a')), unread, wanted)).toEqual({
      kind: 'live',
      remoteId: 'a',
    })
    expect(see(undefined, undefined, read(post('a')), wanted)).toMatchObject({
      kind: 'live',
    })
  })

  it('does not take a glitch for a removal while the list still shows it', () => {
    const missing = { kind: 'missing' } as const
    expect(see('a', missing, read(post('a')), wanted).kind).toBe('live')
    expect(see('a', missing, unread, wanted).kind).toBe('unknown')
    expect(see('a', missing, read(), wanted)).toMatchObject({ kind: 'gone', handles: left })
  })

  it.each(['The harbour was open', ''])(
    'knows it in the list by its id, edited to "%s"',
    (text) => {
      const list = read(post('a', { text }))
      expect(see('a', { kind: 'missing' }, list, wanted)).toEqual({ kind: 'live', remoteId: 'a' })
      expect(see('a', unread, list, wanted)).toEqual({ kind: 'live', remoteId: 'a' })
    },
  )

  it('sees a second copy, but not one that is another target’s', () => {
    const both = read(post('b'), post('a'))
    expect(see('a', read1(post('a')), both, wanted)).toMatchObject({
      kind: 'duplicated',
      copies: [{ remoteId: 'a' }, { remoteId: 'b' }],
    })
    const others = new Set(['b'])
    expect(see('a', read1(post('a')), both, { ...wanted, others }).kind).toBe('live')
  })

  it('knows nothing when nothing can be read, or when a list without proof is empty', () => {
    expect(see('a', unread, unread, wanted)).toEqual({ kind: 'unknown', how: 'No answer.' })
    expect(see(undefined, undefined, read(), wanted).kind).toBe('unknown')
  })
})

function read1(value: Listed) {
  return { kind: 'read', value } as const
}
