import type { Span } from './facts.js'
import type { Failure } from './failures.js'
import { groupBy } from './group-by.js'

/** What one kind of failure cost in a week. */
export interface ReasonCost {
  /** A failure class, `ambiguous` for a lost answer, or `stopped` for a worker that stopped. */
  readonly reason: string
  /** Publishes it kept from being live at some time in the week. */
  readonly failures: number
  /** Of those, not live yet. */
  readonly open: number
  /** By how often, the most often first. */
  readonly accounts: readonly { readonly account: string; readonly failures: number }[]
  /** Time in the week in which posts were not live because of it, all of them together. */
  readonly lostMs: number
}

/** What went wrong first: later failures of the same publish mostly follow from it. */
export function reasonOf({ startedBy }: Failure): string {
  return startedBy.reason ?? 'stopped'
}

/** Failures by what began them, the costliest first. */
export function reasonCosts(failures: readonly Failure[], { startAt, seenAt }: Span): ReasonCost[] {
  return [...groupBy(failures, reasonOf)]
    .map(([reason, list]) => ({
      reason,
      failures: list.length,
      open: list.filter(({ end }) => end === undefined).length,
      accounts: accountsOf(list),
      lostMs: list.reduce((sum, { startedAt, end }) => {
        return sum + Math.max(0, Math.min(end?.at ?? seenAt, seenAt) - Math.max(startedAt, startAt))
      }, 0),
    }))
    .sort((a, b) => b.lostMs - a.lostMs || b.failures - a.failures)
}

function accountsOf(list: readonly Failure[]): ReasonCost['accounts'] {
  return [...groupBy(list, ({ account }) => account)]
    .map(([account, own]) => ({ account, failures: own.length }))
    .sort((a, b) => b.failures - a.failures || a.account.localeCompare(b.account, 'en'))
}

const WORDS: Readonly<Record<string, string>> = {
  auth: 'the credential was refused',
  permission: 'the credential may not do this',
  validation: 'the content was refused',
  media: 'the media was refused',
  duplicate: 'the platform called it a duplicate',
  rate_limit: 'rate limits',
  policy: 'blocked by the platform’s rules',
  platform: 'the platform was down or answered nonsense',
  network: 'the platform could not be reached',
  stale: 'its time had passed',
  unknown: 'unknown reasons',
  ambiguous: 'the answer was lost',
  stopped: 'a worker stopped in mid-attempt',
}

/** The reason in plain words. */
export function reasonInWords(reason: string): string {
  return WORDS[reason] ?? reason
}
