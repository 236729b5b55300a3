import type { Note } from '../store/notes.js'
import type { StoredTarget } from '../store/stored-target.js'
import type { Button } from './card-buttons.js'
import { reasonInWords } from './scorecard/reasons.js'
import { excerpt, type Line, platformTitle } from './wording.js'

/** The failure class of a doubt, which has none of its own; the scorecard calls it the same. */
const IN_DOUBT = 'ambiguous'

/** What kind of failure a target has met, if it stands in one. */
export function failureKindOf({ target: { state } }: StoredTarget): string | undefined {
  if (state.status === 'unconfirmed' || state.status === 'reconciling') return IN_DOUBT
  return 'reason' in state ? state.reason.class : undefined
}

/** What a note about a kind of failure is about, such as `rate limits on any X account`. */
export function kindInWords(platform: string, reasonClass: string): string {
  return `${reasonInWords(reasonClass)}, on any ${platformTitle(platform)} account`
}

/** What a note is about, in a few words; undefined for a note about one post. */
export function aboutOf({ account, platform, reasonClass }: Note): string | undefined {
  if (account !== null) return account
  return platform === null || reasonClass === null ? undefined : kindInWords(platform, reasonClass)
}

/** What somebody wrote down, with their name and what it is about. */
export function noteLine(note: Note): Line {
  const name = note.authorName ? { name: note.authorName } : {}
  const who = { kind: 'person', id: note.authorId, ...name } as const
  const kind = note.account === null ? aboutOf(note) : undefined
  const about = kind === undefined ? '' : ` (${kind})`
  const resolved = note.resolvedAt === null ? '' : ` (resolved by ${note.resolvedBy ?? 'somebody'})`
  return ['Note by ', { who }, `${about}: ${note.text}${resolved}`]
}

/** Whether a post with this content could meet what the note is about. */
export function couldMeet(
  { reasonClass }: Note,
  { media }: { readonly media: readonly unknown[] },
): boolean {
  return reasonClass !== 'media' || media.length > 0
}

/** What was written down before, elsewhere, and concerns this target now. */
export function earlierNotesFor(stored: StoredTarget, notes: readonly Note[]): Note[] {
  const { status } = stored.target.state
  if (status === 'published' || status === 'cancelled') return []
  const kind = failureKindOf(stored)
  return notes.filter((note) => {
    const isItsOwn = note.account === stored.account
    const isItsPlatform = note.account === null && note.platform === stored.platform
    if (note.postId === stored.postId || !(isItsOwn || isItsPlatform)) return false
    if (kind === undefined) return couldMeet(note, stored.content)
    return note.reasonClass === kind || (isItsOwn && note.reasonClass === null)
  })
}

const LABEL_EXCERPT = 22

/** Takes a note back from everywhere, one button each. */
export function resolveButtons(notes: readonly Note[]): Button[] {
  return notes
    .filter(({ resolvedAt }) => resolvedAt === null)
    .map(({ id, text }) => ({
      action: 'resolve_note',
      value: id,
      label: `Resolve note: ${excerpt(text, LABEL_EXCERPT)}`,
    }))
}
