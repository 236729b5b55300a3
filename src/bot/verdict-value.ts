import type { Instant } from '../publisher/core/target.js'

/** What a verdict's button carries where no edit keeps it up to date: also when its question was asked. */
export function verdictValue(targetId: string, askedAt: Instant): string {
  return `${targetId}.${askedAt}`
}

/** Buttons in the thread, and those of older answers, carry the target's id alone. */
export function readVerdictValue(value: string): {
  readonly id: string
  readonly askedAt?: Instant
} {
  const [, id = value, askedAt] = /^(.+)\.(\d{1,15})$/.exec(value) ?? []
  return { id, ...(askedAt === undefined ? {} : { askedAt: Number(askedAt) }) }
}
