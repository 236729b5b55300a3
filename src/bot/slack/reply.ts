import type { types } from '@slack/bolt'
import { type FieldProblem, problemLines, type Reply, type ReplyButton } from '../reply.js'
import { inPieces, shorten } from '../wording.js'
import { actionBlocks } from './action-rows.js'
import { cut, escapeText } from './mrkdwn.js'

/** A private message as Slack takes it. */
export interface PrivateMessage {
  readonly text: string
  readonly blocks: types.KnownBlock[]
}

/** All text of a message together must stay well below what Slack refuses. */
const LONGEST_MESSAGE = 9_000
const LONGEST_SECTION = 3_000
/** All texts of a message's blocks together. */
const LONGEST_BLOCKS = 10_000
const LONGEST_ERROR = 1_000

/** What the one who asked is told; undefined when there is nothing to say (or a form says it). */
export function renderReply(reply: Reply): PrivateMessage | undefined {
  switch (reply.kind) {
    case 'nothing':
    case 'form':
      return undefined
    case 'text':
      return message(reply.text, handBack(reply.text, reply.written))
    case 'question':
      return message(reply.text, actionBlocks(reply.buttons, button))
    case 'problems': {
      const lines = ['Nothing was queued or changed:', ...problemLines(reply.problems)]
      const words = lines.join('\n')
      return message(words, handBack(words, reply.written))
    }
  }
}

/**
 * What was written, as it was written, to be copied: it is nowhere else any more.
 * @param words what is said with it, and takes its share of the message
 */
function handBack(words: string, written = ''): types.KnownBlock[] {
  const room = LONGEST_BLOCKS - Math.min(escapeText(words).length, LONGEST_MESSAGE)
  return inPieces(shorten(written, room), LONGEST_SECTION).map((text) => ({
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] }],
  }))
}

function message(text: string, more: types.KnownBlock[] = []): PrivateMessage {
  const escaped = cut(escapeText(text), LONGEST_MESSAGE)
  return { text: cut(escaped, LONGEST_SECTION), blocks: [...sections(escaped), ...more] }
}

/** As few sections as hold the lines. */
function sections(text: string): types.SectionBlock[] {
  const chunks: string[] = ['']
  for (const line of text.split('\n')) {
    const last = chunks.at(-1) ?? ''
    const joined = last === '' ? line : `${last}\n${line}`
    if (joined.length <= LONGEST_SECTION) chunks[chunks.length - 1] = joined
    else chunks.push(cut(line, LONGEST_SECTION))
  }
  return chunks
    .filter((chunk) => chunk.trim() !== '')
    .map((chunk) => ({ type: 'section', text: { type: 'mrkdwn', text: chunk } }))
}

function button({ action, value, label, style, confirm }: ReplyButton): types.Button {
  return {
    type: 'button',
    action_id: action,
    value,
    text: plain(label, 75),
    ...(style ? { style } : {}),
    ...(confirm
      ? {
          confirm: {
            title: plain(confirm.title, 100),
            text: plain(confirm.text, 300),
            confirm: plain(confirm.yes, 30),
            deny: plain('Back', 30),
            style: 'danger',
          },
        }
      : {}),
  }
}

function plain(text: string, max: number): types.PlainTextElement {
  return { type: 'plain_text', text: cut(text, max) }
}

/**
 * Problems beside the form's fields; what belongs to a field the form does not have stands beside
 * its first one.
 * @param fields block ids of the form's inputs
 */
export function formErrors(
  problems: readonly FieldProblem[],
  fields: readonly string[],
): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const { field, account, message: words, next } of problems) {
    const block = fields.includes(field) ? field : (fields[0] ?? field)
    const isNamed = account === undefined || field === `text:${account}`
    const line = `${isNamed ? '' : `${account}: `}${words}${next ? ` ${next}` : ''}`
    errors[block] = cut(errors[block] ? `${errors[block]} ${line}` : line, LONGEST_ERROR)
  }
  return errors
}
