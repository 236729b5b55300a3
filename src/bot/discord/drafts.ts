import type { Command } from '../command.js'

/** What was written into a publishing form, as far as a new one can be filled with it. */
export interface Draft {
  readonly text?: string
  readonly targets?: readonly string[]
  readonly alt?: string
  readonly at?: string
}

/**
 * What stood in forms that were refused, by the interaction that brought them. Discord closes a form
 * in any case; this lets it be opened again as it was. A convenience of this process, nothing more:
 * the text is handed back in the answer too.
 */
export interface Drafts {
  keep(id: string, command: Command): void
  find(id: string | undefined): Draft | undefined
}

const MOST = 200

export function createDrafts(): Drafts {
  const kept = new Map<string, Draft>()
  return {
    keep(id, command) {
      const draft = draftOf(command)
      if (!draft) return
      kept.set(id, draft)
      const [oldest] = kept.keys()
      if (kept.size > MOST && oldest !== undefined) kept.delete(oldest)
    },
    find: (id) => (id === undefined ? undefined : kept.get(id)),
  }
}

function draftOf(command: Command): Draft | undefined {
  if (command.kind === 'malformed') return { text: command.written }
  if (command.kind !== 'publish') return undefined
  const { text, targets, media, when } = command
  const alts = media.flatMap(({ alt }) => alt ?? [])
  return {
    text,
    ...(targets ? { targets } : {}),
    ...(alts.length > 0 ? { alt: alts.join('\n') } : {}),
    ...(when?.kind === 'words' ? { at: when.words } : {}),
  }
}
