import { createHash, randomUUID } from 'node:crypto'

/**
 * The key under which a request takes effect once. It is the same for every token: an automation
 * that repeats itself after its token was changed makes no second post either.
 * @param parts what else has to be the same
 */
export function sourceKeyOf(idempotencyKey: string | undefined, ...parts: string[]): string {
  if (idempotencyKey === undefined) return `api:${randomUUID()}`
  return `api:${digest(JSON.stringify([...parts, idempotencyKey]))}`
}

/** Tells one request from another; the order of fields does not matter. */
export function fingerprint(body: unknown): string {
  return digest(JSON.stringify(sorted(body)))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)])
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
