/** What a token may do. */
export const SCOPES = {
  read: 'read posts, outcomes, accounts and scorecards',
  publish: 'make posts',
  act: 'retry, cancel, and say whether something is live',
  import: 'bring in posts that were published elsewhere',
  admin: 'make and revoke tokens, see and resume webhooks',
} as const

export type Scope = keyof typeof SCOPES
export const ALL_SCOPES = Object.keys(SCOPES) as readonly Scope[]

export function isScope(name: string): name is Scope {
  return Object.hasOwn(SCOPES, name)
}
