import { z } from 'zod'

/** What every account in the accounts file has, besides `platform` and its own keys. */
export const accountName = z
  .string()
  .max(40)
  .regex(
    /^[a-z0-9][a-z0-9_-]*$/i,
    'use letters, digits, "_" and "-", beginning with a letter or digit',
  )

/** A key whose value must never be shown or logged, and is encrypted at rest. */
export function secret() {
  return z.string().min(1).meta({ secret: true })
}

/** A secret that an account may do without. */
export function optionalSecret() {
  return z.string().min(1).optional().meta({ secret: true })
}

/**
 * What to do where another credential has to come: the accounts file is read once, at the start.
 * @param what with its article, such as "a new access token"
 */
export function reconnectWith(what: string): string {
  return `Put ${what} into the accounts file and restart; what is held goes on by itself.`
}

/** The root of a platform's API: scheme, host, optional path prefix; no version, no final slash. */
export function apiRoot(byDefault: string) {
  return z
    .url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' })
    .refine((url) => !/[?#]/.test(url), 'must not have a query or a fragment')
    .transform((url) => url.replace(/\/+$/, ''))
    .default(byDefault)
}

/** A version segment as Meta writes it, such as `v26.0`. */
export function apiVersion(byDefault: string) {
  return z
    .string()
    .regex(/^v\d+\.\d+$/, 'must look like v26.0')
    .default(byDefault)
}

/** Meta's app, with which a token can be asked when it ends and what it may do. */
export const appKeys = { appId: z.string().min(1).optional(), appSecret: optionalSecret() }

/** For `refine`: the one is worth nothing without the other. */
export const appPair = [
  ({ appId, appSecret }: { appId?: string | undefined; appSecret?: string | undefined }) =>
    (appId === undefined) === (appSecret === undefined),
  { path: ['appId'] as string[], error: 'and appSecret go together; one of them is missing' },
] as const

/** The keys of an account schema that hold secrets. */
export function secretKeys(schema: z.ZodObject): string[] {
  return Object.entries(schema.shape)
    .filter(([, key]) => z.globalRegistry.get(key)?.secret === true)
    .map(([name]) => name)
}
