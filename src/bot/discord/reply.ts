import { type APIAllowedMentions, MessageFlags, type RawFile } from 'discord.js'
import { problemLines, type Reply, type ReplyButton } from '../reply.js'
import { verdictValue } from '../verdict-value.js'
import { textFile } from './files.js'
import { codeBlock, cut, escapeText } from './markdown.js'
import { button, LIMITS, type Row, rows } from './render.js'

/** A private message as Discord takes it. */
export interface PrivateMessage {
  readonly content: string
  readonly components: Row[]
  readonly flags: number
  readonly allowed_mentions: APIAllowedMentions
  readonly files?: readonly RawFile[]
}

const MOST_MESSAGES = 5

/**
 * What the one who asked is told, in as many messages as it takes; none when there is nothing to say.
 * @param next what may be pressed when there are problems
 */
export function renderReply(reply: Reply, next: readonly ReplyButton[] = []): PrivateMessage[] {
  switch (reply.kind) {
    case 'nothing':
    case 'form':
      return []
    case 'text':
      return [...messages(reply.text), ...handBack(reply.written)]
    case 'question':
      return withButtons(messages(reply.text), reply.buttons)
    case 'problems': {
      const lines = ['Nothing was queued or changed:', ...problemLines(reply.problems)]
      return withButtons([...messages(lines.join('\n')), ...handBack(reply.written)], next)
    }
  }
}

/** Under the last message, where people read last. */
function withButtons(
  messages: readonly PrivateMessage[],
  buttons: readonly ReplyButton[],
): PrivateMessage[] {
  const components = rows(buttons.map((one) => button(dated(one))))
  return messages.map((message, index) =>
    index === messages.length - 1 ? { ...message, components } : message,
  )
}

/** A private answer stays as it is when it is sent again, so its verdicts say when they were asked for. */
function dated(button: ReplyButton): ReplyButton {
  const { value, askedAt } = button
  return askedAt === undefined ? button : { ...button, value: verdictValue(value, askedAt) }
}

/** What was written, as it was written, to be copied: it is nowhere else any more. */
function handBack(written = ''): PrivateMessage[] {
  if (written === '') return []
  const block = codeBlock(written)
  if (block.length <= LIMITS.content && !written.includes('```')) return [message(block)]
  return [{ ...message('What you wrote is in the file.'), files: [textFile(written)] }]
}

/** As few messages as hold the lines. */
function messages(text: string): PrivateMessage[] {
  const chunks: string[] = ['']
  for (const line of text.split('\n')) {
    const escaped =
      escapeText(line).length > LIMITS.content ? cut(line, LIMITS.content) : escapeText(line)
    const last = chunks.at(-1) ?? ''
    const joined = last === '' ? escaped : `${last}\n${escaped}`
    if (joined.length <= LIMITS.content) chunks[chunks.length - 1] = joined
    else chunks.push(escaped)
  }
  return chunks
    .filter((chunk) => chunk.trim() !== '')
    .slice(0, MOST_MESSAGES)
    .map(message)
}

function message(content: string): PrivateMessage {
  return {
    content,
    components: [],
    flags: MessageFlags.Ephemeral | MessageFlags.SuppressEmbeds,
    allowed_mentions: { parse: [] },
  }
}
