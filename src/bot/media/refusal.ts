import { excerpt } from '../wording.js'

/** Why something is not fetched, in words for the one who asked for it. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  constructor(
    message: string,
    readonly advice?: string,
  ) {
    super(message)
  }
}

/** What went wrong with fetching this address, in words for people. */
export function wordsFor(error: unknown, address: string): { message: string; next?: string } {
  if (error instanceof Refusal) {
    return { message: error.message, ...(error.advice ? { next: error.advice } : {}) }
  }
  const { code = '', name = '' } = error as { code?: string; name?: string }
  return { message: `${short(address)} ${REASONS[code] ?? REASONS[name] ?? 'cannot be fetched'}.` }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'is on a host that does not exist',
  EAI_AGAIN: 'is on a host whose name could not be looked up just now',
  ECONNREFUSED: 'is on a host that refuses the connection',
  ECONNRESET: 'was cut off by its host',
  ABORT_ERR: 'took too long to load',
  TimeoutError: 'took too long to load',
  CERT_HAS_EXPIRED: 'is on a host whose certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is on a host whose certificate nobody vouches for',
}

/** An address as it stands in a sentence. */
export const short = (address: string) => excerpt(address, 120)
