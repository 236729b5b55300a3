import { and, eq, gt, isNull, or, sql } from 'drizzle-orm'
import type { Orm } from './database.js'
import { prepared } from './prepared.js'
import { chatMessages } from './schema.js'

export type ChatMessage = typeof chatMessages.$inferSelect

const messagesOf = prepared((orm) =>
  orm
    .select()
    .from(chatMessages)
    .where(eq(chatMessages.postId, sql.placeholder('postId')))
    .prepare('chat_messages_of_post'),
)

export async function loadChatMessages(orm: Orm, postId: string): Promise<ChatMessage[]> {
  return messagesOf(orm).execute({ postId })
}

/**
 * Writes down that a message is about to be posted, before it is: if the answer is lost, it is
 * looked for in the chat instead of being posted again.
 * @returns false when it was written down before
 */
export async function beginMessage(
  orm: Orm,
  message: Pick<ChatMessage, 'key' | 'postId' | 'kind' | 'chat' | 'channelId'> & {
    readonly outside?: boolean
    readonly at: number
  },
): Promise<boolean> {
  const at = new Date(message.at)
  const { at: _at, ...values } = message
  const begun = await orm
    .insert(chatMessages)
    .values({ ...values, status: 'sending', createdAt: at, updatedAt: at })
    .onConflictDoNothing()
    .returning({ key: chatMessages.key })
  return begun.length > 0
}

/**
 * The same for a message that is posted in place of one that was lost.
 * @param again.edition the one after the lost one's
 * @returns false when it was written down before
 */
export async function beginAgain(
  orm: Orm,
  again: Pick<ChatMessage, 'key' | 'edition' | 'outside'> & { readonly at: number },
): Promise<boolean> {
  const { key, edition, outside } = again
  const at = new Date(again.at)
  const begun = await orm
    .update(chatMessages)
    .set({
      status: 'sending',
      edition,
      outside,
      lostId: sql`coalesce(${chatMessages.messageId}, ${chatMessages.lostId})`,
      messageId: null,
      shownHash: null,
      createdAt: at,
      updatedAt: at,
    })
    .where(
      and(
        eq(chatMessages.key, key),
        eq(chatMessages.status, 'gone'),
        eq(chatMessages.edition, edition - 1),
      ),
    )
    .returning({ key: chatMessages.key })
  return begun.length > 0
}

/**
 * The message stands in the chat and shows what this hash stands for.
 * @returns undefined when another message stands for the key, or none does any more: whoever was to
 * tell this post has lost it to somebody else
 * @param shown.state how its target stands there, for a target's message; left out: not known
 */
export async function messageShown(
  orm: Orm,
  shown: {
    readonly key: string
    readonly messageId: string
    readonly hash: string | null
    readonly state?: string
    readonly at: number
  },
): Promise<ChatMessage | undefined> {
  const { key, messageId, hash, state, at } = shown
  const [row] = await orm
    .update(chatMessages)
    .set({
      messageId,
      status: 'sent',
      shownHash: hash,
      updatedAt: new Date(at),
      ...(state === undefined ? {} : { shownState: state }),
    })
    .where(
      and(
        eq(chatMessages.key, key),
        or(isNull(chatMessages.messageId), eq(chatMessages.messageId, messageId)),
      ),
    )
    .returning()
  return row
}

/** It was certainly not posted: the next try may post it. */
export async function messageNotPosted(orm: Orm, key: string): Promise<void> {
  const begun = and(eq(chatMessages.key, key), eq(chatMessages.status, 'sending'))
  await orm.delete(chatMessages).where(and(begun, eq(chatMessages.edition, 1)))
  await orm
    .update(chatMessages)
    .set({
      status: 'gone',
      edition: sql`${chatMessages.edition} - 1`,
      messageId: sql`${chatMessages.lostId}`,
    })
    .where(and(begun, gt(chatMessages.edition, 1)))
}

/** Somebody deleted it in the chat, or it can be edited no more; another may have taken its place. */
export async function messageGone(
  orm: Orm,
  gone: { readonly key: string; readonly messageId: string; readonly at: number },
): Promise<void> {
  await orm
    .update(chatMessages)
    .set({ status: 'gone', updatedAt: new Date(gone.at) })
    .where(and(eq(chatMessages.key, gone.key), eq(chatMessages.messageId, gone.messageId)))
}

/**
 * A message that was begun has no thread to stand in, and nobody wants to see it elsewhere.
 * @param left.state how its target stands, for a target's message: this is not said again
 */
export async function messageLeftOut(
  orm: Orm,
  left: { readonly key: string; readonly state?: string; readonly at: number },
): Promise<void> {
  const { key, state, at } = left
  await orm
    .update(chatMessages)
    .set({
      status: 'gone',
      updatedAt: new Date(at),
      ...(state === undefined ? {} : { shownState: state }),
    })
    .where(and(eq(chatMessages.key, key), isNull(chatMessages.messageId)))
}
