import { z } from 'zod'
import type { CommandBody, MediaSource, Publish } from '../command.js'
import { mediaOfForm } from '../form-media.js'
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
      return {
        kind: 'noteSubmitted',
        id,
        text: read(values, 'note').value,
        ...(read(values, 'about').option === 'kind' ? { about: 'kind' } : {}),
      }
    case FORMS.link:
      return { kind: 'linkSubmitted', id, link: read(values, 'link').value }
    case FORMS.reschedule:
      return {
        kind: 'rescheduleSubmitted',
        id,
        when: whenOf(values) ?? { kind: 'words', words: '' },
      }
    default:
      return { kind: 'unsupported', what: `the form ${callbackId}` }
  }
}

const fieldSchema = z.looseObject({
  value: z.string().nullish(),
  selected_date_time: z.number().nullish(),
  selected_option: z.looseObject({ value: z.string() }).nullish(),
  selected_options: z.array(z.looseObject({ value: z.string() })).nullish(),
  files: z
    .array(
      z.looseObject({
        name: z.string().nullish(),
        id: z.string().nullish(),
        url_private_download: z.string().nullish(),
        url_private: z.string().nullish(),
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
    option: field.selected_option?.value,
    options: (field.selected_options ?? []).map(({ value }) => value),
    files: field.files ?? [],
  }
}

function parsePublishForm(values: Values): CommandBody {
  const text = read(values, 'text').value.trim()
  const uploads = read(values, 'media').files.map(({ name, ...file }): MediaSource => {
    return { from: 'upload', url: uploadUrl(file), ...(name ? { filename: name } : {}) }
  })
  const { media, problems } = mediaOfForm({
    uploads,
    addresses: read(values, 'media_url').value,
    alt: read(values, 'alt').value,
  })
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
