import type { CommandBody, MediaSource } from './command.js'
import type { Field, FieldProblem } from './reply.js'
import { excerpt } from './wording.js'

/**
 * Reads what stands after `/publish`: nothing (the form), a subcommand, or a post with options.
 *
 * `status`, `retry`, `cancel`, `accounts` and `help` are subcommands when they stand alone, or (the
 * first three) with one word that looks like an id. With one other word they are refused, because
 * a mistyped id must not be published; "Status page is back" is a post.
 *
 * Options are `to:`, `media:`, `alt:`, `at:`, each with its value right after the colon, in quotes
 * of any style if need be. The text stands in one piece before or after them and is taken as it
 * is; `text:"…"` protects a text that itself contains something like an option. Whatever could be
 * read in two ways is refused: a wrong guess would be published.
 */
export function parsePublish(written: string): CommandBody {
  const text = written.trim()
  if (text === '') return { kind: 'openForm' }
  return parseSubcommand(text) ?? parsePost(text)
}

/** `p` or `t`, then Crockford base32 with at least one digit, as `createId` makes them. */
const ID_LIKE = /^(?=.*\d)[pt][0-9a-hjkmnp-tv-z]{2,13}$/

/** The id in what a person typed or pasted, if it looks like one. */
export function readId(word: string): string | undefined {
  const bare = word.replaceAll(/^[`'"“”#]+|[`'"“”.,]+$/g, '').toLowerCase()
  return ID_LIKE.test(bare) ? bare : undefined
}

const SUBCOMMANDS = ['status', 'retry', 'cancel', 'accounts', 'help'] as const

/** `duplicate <link> [id]`; a text that merely begins with the word has no link behind it. */
function parseDuplicate(text: string): CommandBody | undefined {
  const [first = '', link, id, ...more] = text.split(/\s+/)
  if (first.toLowerCase() !== 'duplicate') return undefined
  if (link === undefined) {
    const message = 'duplicate needs the link of the copy, such as duplicate https://…'
    return { kind: 'malformed', problems: [{ field: 'text', message }], written: text }
  }
  if (!/^https?:\/\/\S+$/i.test(link) || !URL.canParse(link) || more.length > 0) return undefined
  if (id === undefined) return { kind: 'duplicate', link }
  const known = readId(id)
  if (known !== undefined) return { kind: 'duplicate', link, id: known }
  return notThat(`"${shorten(id)}" is not the id of a post. The status command lists them.`, text)
}

function parseSubcommand(text: string): CommandBody | undefined {
  const duplicate = parseDuplicate(text)
  if (duplicate) return duplicate
  const [first = '', second, ...more] = text.split(/\s+/)
  const name = SUBCOMMANDS.find((subcommand) => subcommand === first.toLowerCase())
  if (name === undefined || more.length > 0) return undefined
  if (second === undefined) {
    return name === 'retry' || name === 'cancel' ? whichPost(name, text) : { kind: name }
  }
  if (name === 'accounts' || name === 'help') return notThat(`${name} stands alone.`, text)
  const id = readId(second)
  if (id !== undefined) return { kind: name, id }
  return notThat(
    `"${shorten(second)}" is not the id of a post. The status command lists them.`,
    text,
  )
}

function notThat(message: string, written: string): CommandBody {
  const next = 'To publish these words, put text:"…" around them.'
  return { kind: 'malformed', problems: [{ field: 'text', message, next }], written }
}

function whichPost(name: string, written: string): CommandBody {
  const problem: FieldProblem = {
    field: 'text',
    message: `${name} needs the id of a post, such as ${name} p1abc23.`,
    next: 'The status command lists the ids.',
  }
  return { kind: 'malformed', problems: [problem], written }
}

type OptionName = 'to' | 'media' | 'alt' | 'at' | 'text'
interface Option {
  readonly name: OptionName
  readonly value: string
  /** Unquoted `alt:` and `at:`: whether they may go on with the words that follow. */
  readonly open: boolean
}

/** No words, or quotes around none. */
const NOTHING = /^["'“”]*$/

/** An option begins a word; one with nothing after the colon is a likely slip and matched too. */
const OPTION = /(?<=^|\s)(to|media|alt|at|text):/gi

function parsePost(written: string): CommandBody {
  const problems: FieldProblem[] = []
  const { before, options, after } = split(written, problems)
  if (problems.length > 0) return { kind: 'malformed', problems, written }
  const explicit = options.filter(({ name }) => name === 'text')
  const loose = [before, ...after].filter((piece) => !NOTHING.test(piece))
  if (loose.length + explicit.length > 1) {
    problems.push({
      field: 'text',
      message: `The text stands in more than one piece: ${loose.map((piece) => `"${shorten(piece)}"`).join(', ')}.`,
      next: 'Write it before the options, and put option values with spaces in quotes.',
    })
  }
  const text = explicit[0]?.value ?? loose[0] ?? ''
  const media = collectMedia(options, problems)
  const times = options.filter(({ name }) => name === 'at')
  if (times.length > 1) problems.push({ field: 'at', message: 'at: is there more than once.' })
  const tos = options.filter(({ name }) => name === 'to')
  const targets = tos
    .flatMap(({ value }) => value.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (problems.length > 0) return { kind: 'malformed', problems, written }
  const [time] = times
  return {
    kind: 'publish',
    text,
    texts: {},
    media,
    ...(tos.length > 0 ? { targets: [...new Set(targets)] } : {}),
    ...(time ? { when: { kind: 'words', words: time.value } } : {}),
  }
}

/** Cuts what was written into the text before the options, the options, and the pieces after. */
function split(written: string, problems: FieldProblem[]) {
  const options: Option[] = []
  const after: string[] = []
  let at = nextOption(written, 0)?.index ?? written.length
  const before = written.slice(0, at).trim()
  while (at < written.length) {
    const match = nextOption(written, at)
    if (!match) break
    const name = (match[1] ?? '').toLowerCase() as OptionName
    const { value, end, quoted, problem } = readValue(written, match.index + match[0].length, name)
    if (problem) problems.push({ field: fieldOf(name), ...problem })
    at = nextOption(written, end)?.index ?? written.length
    const rest = written.slice(end, at).trim()
    const open = !quoted && (name === 'alt' || name === 'at')
    // With the text already in front, further words can only belong to the value.
    const continues = open && before !== '' && rest !== ''
    options.push({ name, value: continues ? `${value} ${rest}` : value, open })
    if (rest === '' || continues) continue
    if (open && !problem) problems.push(openEnded(name, value, rest))
    else after.push(rest)
  }
  return { before, options, after }
}

function openEnded(name: OptionName, value: string, rest: string): FieldProblem {
  return {
    field: fieldOf(name),
    message: `It is not clear where ${name}: ends in "${shorten(`${value} ${rest}`)}".`,
    next: `Put its value in quotes: ${name}:"…".`,
  }
}

function nextOption(written: string, from: number): RegExpExecArray | undefined {
  OPTION.lastIndex = from
  for (let match = OPTION.exec(written); match; match = OPTION.exec(written)) {
    const next = written[match.index + match[0].length]
    // "Free text: …" is prose; only a quoted text: is the option.
    if (match[1]?.toLowerCase() !== 'text' || (next !== undefined && next in CLOSERS)) return match
  }
  return undefined
}

interface Value {
  value: string
  end: number
  quoted: boolean
  problem?: { message: string; next?: string }
}

function readValue(written: string, from: number, name: OptionName): Value {
  const opener = written[from] ?? ''
  if (opener in CLOSERS) return readQuoted(written, from, name)
  const pattern = name === 'to' ? /[^\s,]+(?:\s*,\s*[^\s,]+)*,?/y : /\S+/y
  pattern.lastIndex = from
  const value = pattern.exec(written)?.[0]
  if (value !== undefined) return { value, end: from + value.length, quoted: false }
  return {
    value: '',
    end: from,
    quoted: false,
    problem: {
      message: `Nothing stands right after ${name}:.`,
      next: `Write ${name}:… without a space; if it belongs to the text, write text:"…" or use the form.`,
    },
  }
}

/** Opening quotes and what closes them; keyboards and phones set them in many ways. */
const CLOSERS: Readonly<Record<string, string>> = {
  '"': '"”“',
  '“': '”"“',
  '”': '”"',
  '„': '“”"',
  '«': '»',
  '»': '«',
  "'": "'’",
  '‘': "’'",
}

/** A closing quote ends the value only at the end of a word: `5"` or `it's` may stand inside. */
function readQuoted(written: string, from: number, name: OptionName): Value {
  const closers = CLOSERS[written[from] ?? ''] ?? ''
  let value = ''
  for (let i = from + 1; i < written.length; i++) {
    const sign = written[i] ?? ''
    const next = written[i + 1]
    if (sign === '\\' && next !== undefined && (closers.includes(next) || next === '\\')) {
      value += next
      i++
    } else if (closers.includes(sign) && (next === undefined || /\s/.test(next))) {
      return { value, end: i + 1, quoted: true }
    } else {
      value += sign
    }
  }
  const problem = { message: `The quote after ${name}: is never closed.` }
  return { value, end: written.length, quoted: true, problem }
}

function collectMedia(options: readonly Option[], problems: FieldProblem[]): MediaSource[] {
  const media: MediaSource[] = []
  for (const { name, value } of options) {
    if (name === 'media') {
      media.push({ from: 'url', url: value })
      if (!/^https?:\/\/\S+$/i.test(value)) {
        const message = `"${shorten(value)}" is not an address that starts with http:// or https://.`
        problems.push({ field: 'media', message })
      }
    }
    if (name !== 'alt') continue
    const last = media.pop()
    if (last && last.alt === undefined) media.push({ ...last, alt: value })
    else {
      if (last) media.push(last)
      problems.push({
        field: 'alt',
        message: `There is no media: right before alt:"${shorten(value)}".`,
        next: 'Write each alt: after the media: it describes.',
      })
    }
  }
  return media
}

function fieldOf(name: OptionName): Field {
  return name === 'to' ? 'targets' : name
}

const shorten = (text: string) => excerpt(text, 60)
