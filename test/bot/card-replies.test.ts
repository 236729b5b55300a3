import { describe, expect, it } from 'vitest'
import type { PostView } from '../../src/bot/card.js'
import { type ReplyCard, repliesFor } from '../../src/bot/card-replies.js'
import { ANA, incident, NOW, STATES, target, view } from './view.js'

const cards = (shown: PostView, said: string[] = []) =>
  repliesFor(shown, said).map(({ card }) => card)
const keys = (shown: PostView, said: string[] = []) => cards(shown, said).map(({ key }) => key)
const wordsOf = (card: ReturnType<typeof cards>[number] | undefined) =>
  JSON.stringify((card as ReplyCard | undefined)?.lines)

describe('replies that mention the author', () => {
  it.each([
    ['unconfirmed', 'p1/ta:unconfirmed:1'],
    ['held', 'p1/ta:held-account:1'],
    ['failed', 'p1/ta:failed:1'],
  ] as const)('tell that a target is %s', (status, key) => {
    const [card] = cards(view([target('ta', STATES[status])]))
    expect(card).toMatchObject({ key, mention: ANA, urgent: true })
  })

  it.each([
    'scheduled',
    'queued',
    'publishing',
    'processing',
    'waiting',
    'reconciling',
    'cancelled',
  ] as const)('stay away while a target is %s', (status) =>
    expect(cards(view([target('ta', STATES[status])]))).toEqual([]),
  )

  it('say each thing once', () => {
    const shown = view([target('ta', STATES.failed), target('tb', STATES.held)])
    expect(keys(shown)).toEqual(['p1/ta:failed:1+tb:held-account:1'])
    expect(keys(shown, ['p1/ta:failed:1+tb:held-account:1'])).toEqual([])
    expect(keys(shown, ['p1/ta:failed:1'])).toEqual(['p1/tb:held-account:1'])
  })

  it('say it again when another attempt ends the same way', () => {
    const again = view([target('ta', STATES.failed, { attempt: 2 })])
    expect(keys(again, ['p1/ta:failed:1'])).toEqual(['p1/ta:failed:2'])
  })

  it('name what the whole post looks like beside a failure', () => {
    const [card] = cards(view([target('ta', STATES.published), target('tb', STATES.failed)]))
    expect(card).toMatchObject({ tail: ['All in all: 1 live, 1 failed.'] })
  })

  it('are not needed by whoever just said that it is not there', () => {
    const denied = { ...STATES.failed, reason: { class: 'denied', text: 'Not there.' } } as const
    expect(cards(view([target('ta', denied)]))).toEqual([])
  })

  it('keep their keys short with very many targets', () => {
    const many = Array.from({ length: 60 }, (_, i) => target(`t${i}`, STATES.failed))
    const found = cards(view(many))
    expect(found).toHaveLength(3)
    expect(found.every((card) => (card as ReplyCard).lines.length <= 11)).toBe(true)
    expect(
      keys(
        view(many),
        found.map(({ key }) => key),
      ),
    ).toEqual([])
  })
})

describe('the end', () => {
  it('is told when everything that counts is live', () => {
    const shown = view([target('ta', STATES.published), target('tb', STATES.cancelled)])
    const [card] = cards(shown)
    expect(card).toMatchObject({ key: 'p1/all:1:1', mention: ANA, urgent: false })
    expect(wordsOf(card)).toContain('https://example.com/42')
  })

  it('is told once a round', () => {
    const live = (attempt: number) => view([target('ta', STATES.published, { attempt })])
    expect(keys(live(1), ['p1/all:1:1'])).toEqual([])
    expect(keys(live(2), ['p1/all:1:1'])).toEqual(['p1/all:2:1'])
  })

  it('is not told while anything is left, or when everything was cancelled', () => {
    expect(cards(view([target('ta', STATES.published), target('tb', STATES.waiting)]))).toEqual([])
    expect(cards(view([target('ta', STATES.cancelled)]))).toEqual([])
  })
})

describe('a question that settled itself', () => {
  const found = { ...STATES.published, how: 'found' } as const
  const shown = view([target('ta', found), target('tb', STATES.waiting)])

  it('is withdrawn', () => {
    const [card] = cards(shown, ['p1/ta:unconfirmed:1'])
    expect(card?.key).toBe('p1/ta:withdrawn:1')
    expect(wordsOf(card)).toContain('No answer is needed any more')
  })

  it('makes no noise when nobody was asked', () => {
    expect(cards(shown)).toEqual([])
  })

  it('is not withdrawn when a person answered it', () => {
    const answered = target('ta', { ...STATES.published, how: 'person', who: ANA })
    expect(cards(view([answered, target('tb', STATES.waiting)]), ['p1/ta:unconfirmed:1'])).toEqual(
      [],
    )
  })

  it('corrects a failure that was told and turned out to be live', () => {
    expect(keys(shown, ['p1/ta:failed:1'])).toEqual(['p1/ta:withdrawn:1'])
  })
})

describe('incidents', () => {
  it('are told with where the copies are', () => {
    const incidents = [incident('duplicate', 'ta')]
    const shown = view([target('ta', STATES.published), target('tb', STATES.queued)], { incidents })
    const [card] = cards(shown)
    expect(card).toMatchObject({ key: 'p1/ta:duplicate:1', urgent: true })
    expect(wordsOf(card)).toContain('https://example.com/2')
  })

  it('stand for the failure a removal leads to', () => {
    const removed = { ...STATES.failed, reason: { class: 'removed', text: 'Gone.' } } as const
    const incidents = [incident('removed', 'ta')]
    expect(keys(view([target('ta', removed)], { incidents }))).toEqual(['p1/ta:removed:1'])
  })

  it('make no noise once they are settled', () => {
    const incidents = [{ ...incident('duplicate', 'ta'), resolvedAt: new Date(NOW) }]
    expect(cards(view([target('ta', STATES.queued)], { incidents }))).toEqual([])
  })
})

describe('what is posted by hand', () => {
  const media = [
    {
      id: 'm1',
      kind: 'image',
      mime: 'image/png',
      bytes: 9,
      width: 1,
      height: 1,
      filename: 'a.png',
    },
  ] as const
  const manual = (text: string, files: readonly (typeof media)[number][] = []) =>
    view([
      target('tnews', STATES.unconfirmed, {
        platform: 'manual',
        content: { text, media: [...files] },
      }),
    ])

  it('comes with its text to copy, and its files after it', () => {
    const [ask, files] = cards(manual('Hello *you*', media))
    expect(ask).toMatchObject({ key: 'p1/tnews:unconfirmed:1', byHand: { text: 'Hello *you*' } })
    expect(files).toMatchObject({ kind: 'media', key: 'p1/tnews:media:1', media })
    expect(cards(manual('Hello'))).toHaveLength(1)
  })

  it('comes as a file when the text is too long to copy from a message', () => {
    const text = 'long '.repeat(500)
    expect(cards(manual(text))[1]).toMatchObject({ kind: 'media', text, media: [] })
  })
})
