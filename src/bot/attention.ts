import type { ChannelPost } from '../store/channel-posts.js'
import { duration, excerpt } from './wording.js'

const STATES: Readonly<Record<string, string>> = {
  unconfirmed: 'may be live or not',
  failed: 'failed',
  late: 'held, too late to send without asking',
  approval: 'waits for an approval',
  account: 'held, the account is disconnected',
}

/** A post that needs somebody: which of its accounts, why, and for how long. */
export function attentionLine({ id, text, authorName, targets }: ChannelPost, now: number): string {
  const parts = targets.map(({ account, status, hold, at }) => {
    const state = STATES[(status === 'held' ? hold : status) ?? ''] ?? status
    return `${account} ${state} (for ${duration(Math.max(0, now - at))})`
  })
  return `${id} "${excerpt(text, 60) || 'no text'}" by ${authorName}: ${parts.join('; ')}`
}
