import { z } from 'zod'
import type { CommandBody, MediaSource } from '../command.js'
import { parsePublish, readId } from '../command-text.js'
import type { FieldProblem } from '../reply.js'
import { numbered } from './commands.js'

/** Options as they arrive; a subcommand holds its own. */
interface RawOption {
  readonly type: number
  readonly name: string
  readonly value?: string | number | boolean | undefined
  readonly focused?: boolean | undefined
  readonly options?: readonly RawOption[] | undefined
}
export const optionSchema: z.ZodType<RawOption> = z.looseObject({
  type: z.number(),
  name: z.string(),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
  focused: z.boolean().optional(),
  options: z.array(z.lazy(() => optionSchema)).optional(),
})

export const resolvedSchema = z.looseObject({
  attachments: z
    .record(z.string(), z.looseObject({ url: z.string(), filename: z.string().optional() }))
    .optional(),
})
export type Resolved = z.infer<typeof resolvedSchema>

/** A command as it was typed: its subcommand, if any, and the options given. */
export interface Typed {
  readonly command: string
  readonly subcommand: string | undefined
  readonly given: ReadonlyMap<string, string>
  /** The option whose suggestions are asked for. */
  readonly focused: string | undefined
}

/** Takes the options out of the subcommands they stand in. */
export function readTyped(command: string, options: readonly RawOption[]): Typed {
  const [first] = options
  if (first && (first.type === SUBCOMMAND || first.type === GROUP)) {
    const inner = readTyped(command, first.options ?? [])
    return { ...inner, subcommand: inner.subcommand ?? first.name.toLowerCase() }
  }
  return {
    command,
    subcommand: undefined,
    given: new Map(options.map(({ name, value }) => [name.toLowerCase(), String(value ?? '')])),
    focused: options.find(({ focused }) => focused)?.name,
  }
}

const SUBCOMMAND = 1
const GROUP = 2

/** What a typed command asks for. */
export function bodyOfTyped(typed: Typed, resolved: Resolved): CommandBody {
  const { command, subcommand, given } = typed
  if (command === 'scorecard')
    return { kind: 'scorecard', period: given.get('period')?.trim() ?? '' }
  if (command !== 'publish') return { kind: 'unsupported', what: `the command /${command}` }
  switch (subcommand) {
    case undefined:
    case 'post':
      return bodyOfPost(given, resolved)
    case 'form':
      return { kind: 'openForm' }
    case 'status': {
      const id = idOf(given)
      return id === undefined ? { kind: 'status' } : { kind: 'status', id }
    }
    case 'retry':
    case 'cancel': {
      const id = idOf(given)
      return id === undefined ? parsePublish(subcommand) : { kind: subcommand, id }
    }
    case 'duplicate': {
      const id = idOf(given)
      const words = ['duplicate', given.get('link')?.trim(), id].filter(
        (word) => word !== undefined,
      )
      const body = parsePublish(words.join(' '))
      return body.kind === 'publish' ? noLink(body.text) : body
    }
    case 'accounts':
    case 'help':
      return { kind: subcommand }
    default:
      return { kind: 'unsupported', what: `/publish ${subcommand}` }
  }
}

function noLink(written: string): CommandBody {
  const message = 'That is not an address that starts with http:// or https://.'
  return { kind: 'malformed', problems: [{ field: 'link', message }], written }
}

function idOf(given: ReadonlyMap<string, string>): string | undefined {
  const [word = ''] = (given.get('id') ?? '').trim().split(/\s+/)
  return word === '' ? undefined : (readId(word) ?? word)
}

/** A post, or the form when there is neither a text nor a file. */
function bodyOfPost(given: ReadonlyMap<string, string>, resolved: Resolved): CommandBody {
  const problems: FieldProblem[] = []
  const text = given.get('text')?.trim() ?? ''
  const media = readMedia(given, resolved, problems)
  const texts = readOwnTexts(given, problems)
  if (problems.length > 0) return { kind: 'malformed', problems, written: text }
  if (text === '' && media.length === 0 && Object.keys(texts).length === 0) {
    return { kind: 'openForm' }
  }
  const to = (given.get('to') ?? given.get('targets'))?.trim()
  const words = given.get('at')?.trim() ?? ''
  return {
    kind: 'publish',
    text,
    texts,
    media,
    ...(to ? { targets: namesIn(to) } : {}),
    ...(words === '' ? {} : { when: { kind: 'words', words } }),
  }
}

/** Account names with commas between. */
export function namesIn(written: string): string[] {
  const names = written.split(',').map((name) => name.trim())
  return [...new Set(names.filter((name) => name !== ''))]
}

/** Discord lets an app register at most this many options. */
const MOST_OPTIONS = 25

/**
 * Files take the description of the same number; addresses come after them and take the
 * descriptions that are left, in order.
 */
function readMedia(
  given: ReadonlyMap<string, string>,
  { attachments = {} }: Resolved,
  problems: FieldProblem[],
): MediaSource[] {
  const files: MediaSource[] = []
  const free: string[] = []
  for (let index = 0; index < MOST_OPTIONS; index++) {
    const alt = given.get(numbered('alt', index))?.trim() ?? ''
    const described = alt === '' ? {} : { alt }
    const fileId = given.get(numbered('media', index))
    const found = fileId === undefined ? undefined : attachments[fileId]
    if (found) {
      const { url, filename } = found
      files.push({ from: 'upload', url, ...(filename ? { filename } : {}), ...described })
    } else if (fileId !== undefined && /^https?:\/\//i.test(fileId)) {
      files.push({ from: 'url', url: fileId, ...described })
    } else if (fileId !== undefined) {
      problems.push({ field: 'media', message: 'Discord did not hand the file over.' })
    } else if (alt !== '') free.push(alt)
  }
  const addresses = (given.get('media_url') ?? '').split(/[\s,]+/).filter((word) => word !== '')
  const urls = addresses.map((url): MediaSource => {
    if (!/^https?:\/\/\S+$/i.test(url)) {
      const message = `"${url.slice(0, 60)}" is not an address that starts with http:// or https://.`
      problems.push({ field: 'media_url', message })
    }
    const alt = free.shift()
    return { from: 'url', url, ...(alt === undefined ? {} : { alt }) }
  })
  for (const alt of free) {
    const message = `There is no picture or video for "${alt.slice(0, 60)}".`
    problems.push({ field: 'alt', message, next: 'Give alt: with media:, alt2: with media2:.' })
  }
  return [...files, ...urls]
}

/** Texts of their own: an account's name, a colon, its text. */
function readOwnTexts(
  given: ReadonlyMap<string, string>,
  problems: FieldProblem[],
): Record<string, string> {
  const texts: Record<string, string> = {}
  for (let index = 0; index < MOST_OPTIONS; index++) {
    const written = given.get(numbered('own_text', index))?.trim() ?? ''
    if (written === '') continue
    const [, account = '', text = ''] = /^([^:\s]+)\s*:\s*(.*)$/s.exec(written) ?? []
    if (account !== '' && text !== '') texts[account] = text
    else {
      const message = `"${written.slice(0, 60)}" does not begin with an account and a colon.`
      problems.push({ field: 'text', message, next: 'Write it like "x: A shorter text".' })
    }
  }
  return texts
}
