import type { View } from '../../slack/types.js'
import type { FieldValue } from './calls.js'

type Json = Record<string, unknown>

/** The value the server holds for a field, as a control understands it. */
export function initialValue(view: View, block: Json): FieldValue {
  const element = block.element as Json
  const held = view.state.values[String(block.block_id)]?.[String(element.action_id)] ?? {}
  const value = Object.entries(held).find(([key]) => key !== 'type')?.[1]
  if (Array.isArray(value)) return value.map((item) => keyOf(item))
  if (typeof value === 'string' || typeof value === 'number') return value
  return value ? keyOf(value) : null
}

const keyOf = (item: unknown): string =>
  typeof item === 'string' ? item : String((item as Json).value ?? (item as Json).id)

export interface Choice {
  value: string
  label: string
  about?: string
}

/** The choices a field lists itself, groups flattened. */
export function choicesOf(element: Json): Choice[] {
  const options = (element.options as Json[] | undefined) ?? []
  const groups = (element.option_groups as { options: Json[] }[] | undefined) ?? []
  return toChoices([...options, ...groups.flatMap((group) => group.options), ...initial(element)])
}

function initial({ initial_option, initial_options }: Json): Json[] {
  return [
    ...(initial_option ? [initial_option as Json] : []),
    ...((initial_options as Json[]) ?? []),
  ]
}

/** Options of Block Kit as choices, each value once. */
export function toChoices(options: readonly Json[]): Choice[] {
  const text = (value: unknown) => String((value as Json | undefined)?.text ?? '')
  const choices = options.map((option): Choice => {
    const about = text(option.description)
    const choice = { value: String(option.value), label: text(option.text) }
    return about ? { ...choice, about } : choice
  })
  return [...new Map(choices.map((choice) => [choice.value, choice])).values()]
}

const pad = (n: number) => String(n).padStart(2, '0')

/** Seconds since the epoch as a browser's date and time field writes them, in local time. */
export function toLocalInput(seconds: number): string {
  const d = new Date(seconds * 1000)
  const date = [d.getFullYear(), pad(d.getMonth() + 1), pad(d.getDate())].join('-')
  return `${date}T${pad(d.getHours())}:${pad(d.getMinutes())}`
}

/** @returns seconds since the epoch, or null for an empty field */
export function fromLocalInput(text: string): number | null {
  return text ? Math.floor(new Date(text).getTime() / 1000) : null
}
