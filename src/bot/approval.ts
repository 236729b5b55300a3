import type { StoredTarget } from '../store/stored-target.js'
import { awaitsApproval } from './card-buttons.js'
import { type Line, shorten } from './wording.js'

/** What somebody is asked to approve, as it would go out. */
export interface ToApprove {
  readonly text: string
  /** The files' names. */
  readonly media: readonly string[]
}

const LONGEST_NAME = 60

/** What an approval would send, while one is waited for. */
export function toApproveOf(stored: StoredTarget): ToApprove | undefined {
  if (!awaitsApproval(stored)) return undefined
  const { text, media } = stored.content
  return { text, media: media.map(({ filename }) => shorten(filename, LONGEST_NAME)) }
}

/** Stands in front of the text. */
export function approvalLine({ text, media }: ToApprove): Line {
  const files = media.join(', ')
  if (text === '') return [`Approve sends ${files}, without a text.`]
  return [`Approve sends this text${files === '' ? '' : `, with ${files}`}:`]
}

/** Said below a text of which only a part fits into a message. */
export function goesOn({ text }: ToApprove): string {
  return `The text goes on; it has ${text.length.toLocaleString('en')} characters in all.`
}
