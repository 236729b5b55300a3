import { z } from 'zod'
import type { CommandBody, MediaSource } from '../command.js'
import { mediaOfForm } from '../form-media.js'
import { FORMS } from './form.js'
import { namesIn, type Resolved } from './parse-options.js'

interface RawField {
  readonly custom_id?: string | undefined
  readonly value?: string | boolean | null | undefined
  readonly values?: readonly string[] | undefined
  readonly component?: RawField | undefined
  readonly components?: readonly RawField[] | undefined
}
/** An input of a submitted form, or what it stands in: a label, or a row in older forms. */
export const fieldSchema: z.ZodType<RawField> = z.looseObject({
  custom_id: z.string().optional(),
  value: z.union([z.string(), z.boolean()]).nullish(),
  values: z.array(z.string()).optional(),
  component: z.lazy(() => fieldSchema).optional(),
  components: z.array(z.lazy(() => fieldSchema)).optional(),
})

/** What was put into a form, by input. */
export type Filled = ReadonlyMap<
  string,
  { readonly text: string; readonly chosen: readonly string[] }
>

export function readFilled(fields: readonly RawField[]): Filled {
  return new Map(
    fields
      .flatMap(inputsIn)
      .map(({ custom_id = '', value, values }) => [
        custom_id,
        { text: typeof value === 'string' ? value : '', chosen: values ?? [] },
      ]),
  )
}

function inputsIn(field: RawField): RawField[] {
  const inner = [...(field.component ? [field.component] : []), ...(field.components ?? [])]
  return inner.length > 0 ? inner.flatMap(inputsIn) : [field]
}

/** What a submitted form asks for. */
export function parseForm(
  form: string,
  id: string,
  filled: Filled,
  resolved: Resolved,
): CommandBody {
  const text = (name: string) => filled.get(name)?.text ?? ''
  switch (form) {
    case FORMS.publish:
      return parsePublishForm(filled, resolved)
    case FORMS.edit:
      return { kind: 'editSubmitted', id, text: text('text') }
    case FORMS.note:
      return {
        kind: 'noteSubmitted',
        id,
        text: text('note'),
        ...(filled.get('about')?.chosen.includes('kind') ? { about: 'kind' } : {}),
      }
    case FORMS.link:
      return { kind: 'linkSubmitted', id, link: text('link') }
    case FORMS.reschedule:
      return { kind: 'rescheduleSubmitted', id, when: { kind: 'words', words: text('at') } }
    default:
      return { kind: 'unsupported', what: `the form ${form}` }
  }
}

function parsePublishForm(filled: Filled, { attachments = {} }: Resolved): CommandBody {
  const read = (name: string) => filled.get(name) ?? { text: '', chosen: [] }
  const uploads = read('media').chosen.flatMap((id): MediaSource[] => {
    const file = attachments[id]
    if (!file) return []
    const { url, filename } = file
    return [{ from: 'upload', url, ...(filename ? { filename } : {}) }]
  })
  const addresses = read('media_url').text
  const { media, problems } = mediaOfForm({ uploads, addresses, alt: read('alt').text })
  const written = read('text').text.trim()
  if (problems.length > 0) return { kind: 'malformed', problems, written }
  const { text: typed, chosen } = read('targets')
  const targets = chosen.length > 0 ? chosen : namesIn(typed)
  const words = read('at').text.trim()
  return {
    kind: 'publish',
    text: written,
    texts: ownTexts(filled),
    media,
    ...(targets.length > 0 ? { targets } : {}),
    ...(words === '' ? {} : { when: { kind: 'words', words } }),
  }
}

function ownTexts(filled: Filled): Record<string, string> {
  return Object.fromEntries(
    [...filled].flatMap(([name, { text }]) =>
      name.startsWith('text:') && text.trim() !== ''
        ? [[name.slice('text:'.length), text.trim()]]
        : [],
    ),
  )
}
