import type { Incoming } from './parse.js'

/** What is written down of an interaction until it is answered; its token is a secret, and is sealed there. */
export function keptOf({ address, ...incoming }: Incoming): object {
  return { ...incoming, address: { ...address, permissions: String(address.permissions) } }
}

/** The interaction as it was, from the ledger, where nobody else can have written it. */
export function revive(content: unknown): Incoming {
  const { address, ...incoming } = content as Incoming
  return { ...incoming, address: { ...address, permissions: BigInt(address.permissions) } }
}
