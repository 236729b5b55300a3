import type { Environment } from '../config.js'

/** The values in the environment that must never be printed. */
export function environmentSecrets(environment: Environment): string[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    if (!value) return []
    if (/TOKEN|SECRET|PASSWORD|_KEY$/.test(name)) return [value]
    const password = /_URL$/.test(name) && URL.canParse(value) ? new URL(value).password : ''
    return password ? [password, decodeURIComponent(password)] : []
  })
}
