import type { LookupFunction } from 'node:net'

export interface Resolved {
  readonly address: string
  readonly family: number
}

/**
 * A look-up for a connection that refuses names of which any address may not be reached: checked is
 * what the connection itself uses, so a name that answers differently the next time gains nothing.
 */
export function guardedLookup(
  resolve: (hostname: string) => Promise<readonly Resolved[]>,
  mayReach: (address: string) => boolean,
  refusal: () => Error,
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (found) => {
        const [first] = found
        const isPrivate = found.some(({ address }) => !mayReach(address))
        if (isPrivate || !first) callback(refusal(), '', 0)
        else if (options.all) callback(null, [...found])
        else callback(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    )
  }
}
