import { plural } from './wording.js'

/** An input of the publishing form, or the option of the same name in a typed command. */
export type Field =
  | 'text'
  | 'targets'
  | 'media'
  | 'media_url'
  | 'alt'
  | 'at'
  | `text:${string}`
  | 'note'
  | 'link'

/** Something that keeps a request from being taken, next to the field it is about. */
export interface FieldProblem {
  readonly field: Field
  readonly account?: string
  readonly message: string
  /** What would help, one plain sentence. */
  readonly next?: string
}

export interface ReplyButton {
  /** One of the fixed action ids of the chat, such as `publish_anyway`. */
  readonly action: string
  /** A post or target id. */
  readonly value: string
  /** For a verdict: when it was asked for. */
  readonly askedAt?: number
  readonly label: string
  readonly style?: 'primary' | 'danger'
  /** A second, different confirmation before the click counts: a dialog where the chat has one. */
  readonly confirm?: { readonly title: string; readonly text: string; readonly yes: string }
}

/** A form to open; which inputs it has is the same in every chat. */
export type Form =
  | {
      readonly kind: 'publish'
      readonly accounts: readonly FormAccount[]
      /** Accounts chosen beforehand; undefined when the channel means all of them. */
      readonly chosen?: readonly string[]
      /** Notes people left about these accounts, shown before anything is published. */
      readonly notes: readonly string[]
      readonly zone: string
    }
  | {
      readonly kind: 'edit'
      readonly targetId: string
      readonly account: string
      readonly text: string
      /** It is sent again when it was edited. */
      readonly retries?: boolean
      /** Why it has to be edited, when it failed. */
      readonly why?: string
    }
  | {
      readonly kind: 'note'
      readonly id: string
      readonly about: string
      /** Set when the note may be about a kind of failure instead: that kind in words. */
      readonly failure?: string
    }
  | { readonly kind: 'link'; readonly targetId: string; readonly account: string }
  | {
      readonly kind: 'reschedule'
      /** A post or a target. */
      readonly id: string
      readonly about: string
      /** When it goes out as it stands, if that is ahead. */
      readonly at?: number
      readonly zone: string
    }

export interface FormAccount {
  readonly name: string
  readonly platform: string
  /** Set when its credential is refused. */
  readonly held?: string
}

/**
 * The accounts that a publishing form without any means, in words.
 * @param fits whether they are named in the form
 */
export function ownWords(
  accounts: readonly FormAccount[],
  chosen: readonly string[] | undefined,
  fits: boolean,
): string {
  if (chosen === undefined) return `all ${accounts.length}`
  const many = `this channel's ${plural(chosen.length, 'account')}`
  return fits || chosen.length === 0 ? many : `${many}, too many to list`
}

/**
 * What the one who asked is told. Plain text without markup; lists use "• " and line breaks.
 * Nobody else sees it: what the channel should know stands in the post's message and thread.
 */
export type Reply =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'text'
      readonly text: string
      /** As with problems. */
      readonly written?: string
    }
  | { readonly kind: 'question'; readonly text: string; readonly buttons: readonly ReplyButton[] }
  | {
      readonly kind: 'problems'
      readonly problems: readonly FieldProblem[]
      /** What was written, handed back so that it is not lost. */
      readonly written?: string
    }
  | { readonly kind: 'form'; readonly form: Form }

export const nothing: Reply = { kind: 'nothing' }

export function say(text: string): Reply {
  return { kind: 'text', text }
}

/** Problems as lines for chats and places without form fields. */
export function problemLines(problems: readonly FieldProblem[]): string[] {
  return problems.map(({ field, account, message, next }) => {
    const where = account ?? LABELS[field.startsWith('text:') ? 'text' : field] ?? field
    return `• ${where}: ${message}${next ? ` ${next}` : ''}`
  })
}

const LABELS: Record<string, string> = { targets: 'to', media_url: 'media' }
