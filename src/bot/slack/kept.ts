import type { Incoming } from './parse.js'

/**
 * What is written down of a request until it is answered. Without its response_url, which is a secret
 * that whoever has it may write with: the channel and the person are enough to answer.
 */
export function keptOf({ command, actor, conversation, address }: Incoming): object {
  const { responseUrl: _secret, ...place } = address
  return { command, actor, conversation, address: { ...place, replaces: false } }
}

/**
 * The request as it was, from the ledger, where nobody else can have written it.
 * @param isLate whether the one who asked may be gone
 */
export function revive(content: unknown, isLate: boolean): Incoming {
  const kept = content as Omit<Incoming, 'triggerId'>
  return { ...kept, address: { ...kept.address, lasting: isLate }, triggerId: '' }
}
