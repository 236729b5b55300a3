import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { accountEntry, type StormAccount } from './accounts.js'
import type { StormChat } from './chat.js'
import { TELLING, WAITS } from './measures.js'

/** The product's own configuration, as anybody would write it. */
export function environment(
  folder: string,
  accounts: readonly StormAccount[],
  sandboxUrl: string,
  { slack, apiUrl }: StormChat,
): Record<string, string> {
  const file = join(folder, 'accounts.json')
  const entries = accounts.map((account) => accountEntry(account, sandboxUrl))
  writeFileSync(file, JSON.stringify({ accounts: entries }))
  return {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: apiUrl,
    PORT: '0',
    PRESSROOM_ACCOUNTS: file,
    PRESSROOM_SECRET_KEY: '5'.repeat(64),
    PRESSROOM_TIME_ZONE: 'UTC',
    // The stand-ins do not fetch what they are given; see sandbox-process.ts.
    PRESSROOM_PUBLIC_URL: 'http://127.0.0.1:9',
    PRESSROOM_ALLOW_PRIVATE_MEDIA: '1',
    PRESSROOM_REQUEST_TIMEOUT_MS: String(WAITS.requestTimeoutMs),
    PRESSROOM_SETTLE_MS: String(WAITS.settleMs),
    PRESSROOM_BACKOFF_MS: String(WAITS.backoffMs),
    PRESSROOM_LEASE_MS: String(WAITS.leaseMs),
    PRESSROOM_RECHECK_MS: String(WAITS.recheckMs),
    LOG_LEVEL: 'warn',
    STORM_TELLING: JSON.stringify(TELLING),
  }
}
