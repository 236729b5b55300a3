import { claimToken } from '../store/ids.js'
import {
  beginNotice,
  claimNotice,
  noticePosted,
  releaseNotice,
  type StoredNotice,
} from '../store/notices.js'
import type { ReplyCard } from './card-replies.js'
import type { Chat } from './chat.js'
import type { BotDeps } from './deps.js'
import type { Line } from './wording.js'

/** Something said once in a channel, outside any post's thread. */
export interface Notice {
  /** What it is about, where and when: the same for everybody who might say it. */
  readonly key: string
  readonly channelId: string
  readonly lines: readonly Line[]
}

/** How long a notice is kept from other processes without a sign of life. */
const LEASE_MS = 60_000
/** A notice that is not seen this long after it was begun was not posted. */
const ABSENT_AFTER_MS = 20_000
const TRY_AGAIN_MS = 30_000
const REFUSED_MS = 10 * 60_000

/**
 * Posts a notice exactly once, whoever else is at it and whatever happens to processes and answers:
 * claimed and written down before it is sent, and looked for after a lost answer. Made to be called
 * again and again until it stands there.
 */
export async function postNotice(
  notice: Notice,
  chat: Chat,
  deps: Pick<BotDeps, 'database' | 'now' | 'random' | 'log' | 'stopping'>,
): Promise<void> {
  if (deps.stopping?.aborted) return
  const { orm } = deps.database
  const { key, channelId } = notice
  const now = deps.now()
  const token = claimToken(now, deps.random)
  const claim = { key, chat: chat.name, channelId, token, now, expiresAt: now + LEASE_MS }
  const claimed = await claimNotice(orm, claim)
  if (!claimed) return
  const later = (ms: number, certainly: boolean) =>
    releaseNotice(orm, { key, token, retryAt: deps.now() + ms, certainly })
  if (claimed.begunAt !== null && !(await isAbsent(claimed, chat, deps, later))) return
  if (!(await beginNotice(orm, { key, token, at: deps.now() }))) return
  const result = await chat.post({ channelId, card: cardOf(notice) })
  switch (result.kind) {
    case 'posted':
      return noticePosted(orm, { key, messageId: result.messageId, at: deps.now() })
    case 'limited':
      return later(result.retryAfterMs, true)
    case 'refused':
      deps.log.warn({ key, why: result.why }, 'the chat refuses a notice')
      return later(result.final ? REFUSED_MS : TRY_AGAIN_MS, true)
    case 'unknown':
      return later(ABSENT_AFTER_MS, false)
  }
}

/** Looks for a notice that may stand in the channel. @returns whether it certainly does not */
async function isAbsent(
  { key, channelId, begunAt }: StoredNotice,
  chat: Chat,
  deps: Pick<BotDeps, 'database' | 'now'>,
  later: (ms: number, certainly: boolean) => Promise<void>,
): Promise<boolean> {
  const since = begunAt?.getTime() ?? 0
  const sought = { channelId, kind: 'reply', postId: NO_POST, key: messageKey(key) } as const
  const found = await chat.find({ ...sought, begunAt: since })
  if (found.kind === 'found') {
    const { messageId, others } = found
    for (const other of others) await chat.remove({ channelId, messageId: other })
    await noticePosted(deps.database.orm, { key, messageId, at: deps.now() })
    return false
  }
  if (found.kind === 'absent' && deps.now() - since >= ABSENT_AFTER_MS) return true
  await later(TRY_AGAIN_MS, false)
  return false
}

/** Replies belong to a post; these to none. */
const NO_POST = 'notice'
const messageKey = (key: string) => `${NO_POST}/${key}`

function cardOf({ key, lines }: Notice): ReplyCard {
  return { kind: 'reply', postId: NO_POST, key: messageKey(key), lines, urgent: true }
}
