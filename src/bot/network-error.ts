import type { Refused, Unknown } from './chat.js'

/** Nothing was sent: no connection was ever made. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** What a call to a chat that had no answer means: it was not made, or nobody knows. */
export function networkFailure(error: unknown): Refused | Unknown {
  const codes = causesOf(error)
  const why = codes[0] ?? (error instanceof Error ? error.message : String(error ?? 'no answer'))
  return codes.some((code) => NEVER_SENT.has(code))
    ? { kind: 'refused', why, scope: 'chat', final: false }
    : { kind: 'unknown', why }
}

/** The codes of an error and of everything that caused it, the outermost first. */
function causesOf(error: unknown): string[] {
  const codes: string[] = []
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown }
    if (typeof code === 'string') codes.push(code)
    if (cause instanceof AggregateError) codes.push(...cause.errors.flatMap(causesOf))
  }
  return codes
}
