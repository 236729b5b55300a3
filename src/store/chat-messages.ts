import { and, eq } from 'drizzle-orm'
import type { Orm } from './database.js'
import { chatMessages } from './schema.js'

export type ChatMessage = typeof chatMessages.$inferSelect

export async function loadChatMessages(orm: Orm, postId: string): Promise<ChatMessage[]> {
  return orm.select().from(chatMessages).where(eq(chatMessages.postId, postId))
}

/**
 * Writes down that a message is about to be posted, before it is: if the answer is lost, it is
 * looked for in the chat instead of being posted again.
 * @returns false when it was written down before
 */
export async function beginMessage(
  orm: Orm,
  message: Pick<ChatMessage, 'key' | 'postId' | 'kind' | 'chat' | 'channelId'> & { at: number },
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

/** The message stands in the chat and shows what this hash stands for. */
export async function messageShown(
  orm: Orm,
  shown: { key: string; messageId: string; hash: string | null; at: number },
): Promise<void> {
  await orm
    .update(chatMessages)
    .set({
      messageId: shown.messageId,
      status: 'sent',
      shownHash: shown.hash,
      updatedAt: new Date(shown.at),
    })
    .where(eq(chatMessages.key, shown.key))
}

/** It was certainly not posted: the next try may post it. */
export async function messageNotPosted(orm: Orm, key: string): Promise<void> {
  await orm
    .delete(chatMessages)
    .where(and(eq(chatMessages.key, key), eq(chatMessages.status, 'sending')))
}

/** Somebody deleted it in the chat; it is not posted again, and no longer edited. */
export async function messageGone(orm: Orm, key: string, at: number): Promise<void> {
  await orm
    .update(chatMessages)
    .set({ status: 'gone', updatedAt: new Date(at) })
    .where(eq(chatMessages.key, key))
}
