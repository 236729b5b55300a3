import { z } from 'zod'
import type { CommandBody, MediaSource, Publish } from '../command.js'
import type { FieldProblem } from '../reply.js'
import { FORMS } from './form.js'
import { uploadUrl } from './uploads.js'

type Values = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** What a submitted form asks for. */
export function parseForm(callbackId: string, id: string, values: Values): CommandBody {
  switch (callbackId) {
    case FORMS.publish:
      return parsePublishForm(values)
    case FORMS.edit:
      return { kind: 'editSubmitted', id, text: read(values, 'text').value }
    case FORMS.note:
      return { kind: 'noteSubmitted', id, text: read(values, 'note').value }
    case FORMS.link:
      return { kind: 'linkSubmitted', id, link: read(values, 'link').value }
    default:
      return { kind: 'unsupported', what: `the form ${callbackId}` }
  }
}

const fieldSchema = z.looseObject({
  value: z.string().nullish(),
  selected_date_time: z.number().nullish(),
  selected_options: z.array(z.looseObject({ value: z.string() })).nullish(),
  files: z
    .array(
      z.looseObject({
        name: z.string().nullish(),
        id: z.string().optional(),
        url_private_download: z.string().optional(),
        url_private: z.string().optional(),
      }),
    )
    .nullish(),
})

/** One field, whichever kind of element it is; an empty one when the form has none of that name. */
function read(values: Values, block: string) {
  const [element] = Object.values(values[block] ?? {})
  const field = fieldSchema.parse(element ?? {})
  return {
    value: field.value ?? '',
    at: field.selected_date_time ?? undefined,
    options: (field.selected_options ?? []).map(({ value }) => value),
    files: field.files ?? [],
  }
}

function parsePublishForm(values: Values): CommandBody {
  const text = read(values, 'text').value.trim()
  const problems: FieldProblem[] = []
  const uploads = read(values, 'media').files.map(({ name, ...file }): MediaSource => {
    return { from: 'upload', url: uploadUrl(file), ...(name ? { filename: name } : {}) }
  })
  const urls = lines(read(values, 'media_url').value).map((url): MediaSource => {
    if (!/^https?:\/\/\S+$/i.test(url)) {
      const message = `"${url.slice(0, 60)}" is not an address that starts with http:// or https://.`
      problems.push({ field: 'media_url', message })
    }
    return { from: 'url', url }
  })
  const media = describe([...uploads, ...urls], read(values, 'alt').value, problems)
  if (problems.length > 0) return { kind: 'malformed', problems, written: text }
  const targets = read(values, 'targets').options
  const when = whenOf(values)
  return {
    kind: 'publish',
    text,
    texts: textsOf(values),
    media,
    ...(targets.length > 0 ? { targets } : {}),
    ...(when ? { when } : {}),
  }
}

/** One description for each line, in the order of the media; a single medium takes it all. */
function describe(
  media: readonly MediaSource[],
  written: string,
  problems: FieldProblem[],
): MediaSource[] {
  const [only] = media
  const whole = written.trim()
  if (only && media.length === 1) return whole === '' ? [only] : [{ ...only, alt: whole }]
  const alts = whole === '' ? [] : whole.split('\n').map((line) => line.trim())
  if (alts.length > media.length) {
    const message = `There are ${alts.length} descriptions, and ${media.length} pictures or videos.`
    problems.push({ field: 'alt', message, next: 'Write one line for each, in their order.' })
  }
  return media.map((one, index) => {
    const alt = alts[index]
    return alt ? { ...one, alt } : one
  })
}

function whenOf(values: Values): Publish['when'] {
  const { at, value } = read(values, 'at')
  if (at !== undefined) return { kind: 'instant', at: at * 1000 }
  return value.trim() === '' ? undefined : { kind: 'words', words: value }
}

function textsOf(values: Values): Record<string, string> {
  const own = Object.keys(values).filter((block) => block.startsWith('text:'))
  return Object.fromEntries(
    own.flatMap((block) => {
      const text = read(values, block).value.trim()
      return text === '' ? [] : [[block.slice('text:'.length), text]]
    }),
  )
}

function lines(text: string): string[] {
  return text.split(/\s+/).filter((line) => line !== '')
}
