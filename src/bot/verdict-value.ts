/** What a verdict's button carries where no edit keeps it up to date: also the attempt it asks about. */
export function verdictValue(targetId: string, attempt: number): string {
  return `${targetId}.${attempt}`
}

/** Buttons in the thread, and those of older answers, carry the target's id alone. */
export function readVerdictValue(value: string): {
  readonly id: string
  readonly attempt?: number
} {
  const [, id = value, attempt] = /^(.+)\.(\d{1,9})$/.exec(value) ?? []
  return { id, ...(attempt === undefined ? {} : { attempt: Number(attempt) }) }
}
