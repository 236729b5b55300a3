import { describe, expect, it } from 'vitest'
import { earlierNotesFor, noteLine, resolveButtons } from '../../src/bot/notes.js'
import type { Note } from '../../src/store/notes.js'
import { NOW, STATES, target } from './view.js'

const note = (change: Partial<Note> = {}): Note => ({
  id: 'n1',
  postId: 'p0',
  targetId: 't0',
  account: 'x',
  platform: 'x',
  reasonClass: null,
  text: 'Shorten links',
  authorId: 'U1',
  authorName: 'Ana',
  createdAt: new Date(NOW),
  resolvedAt: null,
  resolvedBy: null,
  ...change,
})
const picture = {
  id: 'm1',
  kind: 'image',
  mime: 'image/png',
  bytes: 1,
  width: 1,
  height: 1,
  filename: 'a.png',
} as const

describe('notes from before', () => {
  it('concern what has yet to go out, not what is live or cancelled', () => {
    for (const state of Object.values(STATES)) {
      const over = state.status === 'published' || state.status === 'cancelled'
      expect([state.status, earlierNotesFor(target('tx', state), [note()]).length]).toEqual([
        state.status,
        over ? 0 : 1,
      ])
    }
  })

  it('about media concern only a post with media', () => {
    const notes = [note({ reasonClass: 'media' })]
    const bare = target('tx', STATES.scheduled)
    const withPicture = { ...bare, content: { text: 'Hello', media: [picture] } }
    expect(earlierNotesFor(bare, notes)).toEqual([])
    expect(earlierNotesFor(withPicture, notes)).toEqual(notes)
  })

  it('about a kind of failure concern every account of the platform, and only that kind once it failed', () => {
    const notes = [note({ account: null, reasonClass: 'rate_limit' })]
    const other = { account: 'x-news', platform: 'x' }
    expect(earlierNotesFor(target('t2', STATES.queued, other), notes)).toEqual(notes)
    expect(earlierNotesFor(target('t2', STATES.waiting, other), notes)).toEqual(notes)
    expect(earlierNotesFor(target('t2', STATES.failed, other), notes)).toEqual([])
    expect(earlierNotesFor(target('tfacebook', STATES.queued), notes)).toEqual([])
  })

  it('about a lost answer concern a question', () => {
    const notes = [note({ account: null, reasonClass: 'ambiguous' })]
    expect(earlierNotesFor(target('tx', STATES.unconfirmed), notes)).toEqual(notes)
  })

  it('of the post itself are not from before', () => {
    expect(earlierNotesFor(target('tx', STATES.failed), [note({ postId: 'p1' })])).toEqual([])
  })
})

describe('a note in a thread', () => {
  it('says what it is about, and who resolved it', () => {
    const resolved = { resolvedAt: new Date(NOW), resolvedBy: 'Ben' }
    const line = noteLine(note({ account: null, reasonClass: 'rate_limit', ...resolved }))
    expect(line.at(-1)).toBe(' (rate limits, on any X account): Shorten links (resolved by Ben)')
    expect(resolveButtons([note(), note({ id: 'n2', ...resolved })])).toEqual([
      { action: 'resolve_note', value: 'n1', label: 'Resolve note: Shorten links' },
    ])
  })
})
