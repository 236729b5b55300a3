import { listAccounts, type StoredAccount } from '../store/accounts.js'
import { newestChannelOf } from '../store/find-channel.js'
import { findNotice } from '../store/notices.js'
import type { Chat } from './chat.js'
import { endOf } from './credential-end.js'
import type { BotDeps } from './deps.js'
import { postNotice } from './notices.js'
import { accountLine, type Line } from './wording.js'

const DAY_MS = 86_400_000

interface Place {
  readonly chat: string
  readonly channelId: string
}

/**
 * Says that a credential ends which nobody renews by itself, a week and a day before, once each for
 * a credential and its deadline: in the channel that published there last, else in the first that
 * the accounts file lets publish there. Made to be called again and again.
 */
export async function postCredentialEnds(
  deps: BotDeps,
  chats: readonly Chat[],
  channels: readonly {
    readonly chat: string
    readonly channel: string
    readonly targets: readonly string[]
  }[],
): Promise<void> {
  const { orm } = deps.database
  for (const account of await listAccounts(orm)) {
    const endsAt = endOf(account.checked)
    const stage = endsAt === undefined ? undefined : stageOf(endsAt, deps.now())
    if (endsAt === undefined || !stage) continue
    const key = `credential/${account.name}/${endsAt}/${stage}`
    const begun = await findNotice(orm, key)
    if (begun?.doneAt) continue
    const named = channels.find(({ targets }) => targets.includes(account.name))
    // One that was begun stands in its channel, or nowhere.
    const place: Place | undefined =
      begun ??
      (await newestChannelOf(orm, account.name)) ??
      (named && { chat: named.chat, channelId: named.channel })
    const chat = chats.find(({ name }) => name === place?.chat)
    if (!place || !chat) continue
    const { channelId } = place
    await postNotice({ key, channelId, lines: [wordsOf(account, endsAt)] }, chat, deps)
  }
}

/** The warning that is due; none once the credential has ended, which is told by what it costs. Pure. */
export function stageOf(endsAt: number, now: number): 'week' | 'day' | undefined {
  const left = endsAt - now
  if (left <= 0 || left > 7 * DAY_MS) return undefined
  return left > DAY_MS ? 'week' : 'day'
}

function wordsOf({ name, platform }: StoredAccount, endsAt: number): Line {
  return [
    'The credential of ',
    ...accountLine({ account: name, platform }),
    ' ends ',
    { at: endsAt },
    '. Put a new one into the accounts file before that, and restart; else what is published there is held.',
  ]
}
