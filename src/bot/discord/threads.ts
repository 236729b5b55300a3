import { type REST, Routes, ThreadAutoArchiveDuration } from 'discord.js'
import { z } from 'zod'
import { CODES, codeOf } from './errors.js'
import { messageSchema } from './find.js'
import { textOf } from './marker.js'

const LONGEST_NAME = 100

/**
 * Makes the thread under a message; there is one at most, and it has the message's id.
 * @throws DiscordAPIError 10008 when the message is gone
 * @see https://docs.discord.com/developers/resources/channel#start-thread-from-message
 */
export async function startThread(
  rest: REST,
  { channelId, rootId, name }: { channelId: string; rootId: string; name: string },
): Promise<void> {
  const body = {
    name: shorten(name) || 'Post',
    auto_archive_duration: ThreadAutoArchiveDuration.ThreeDays,
  }
  try {
    await rest.post(Routes.threads(channelId, rootId), { body })
  } catch (error) {
    // Made before; perhaps by us, and the answer was lost.
    if (codeOf(error) !== CODES.threadExists) throw error
  }
}

/** The same when the thread's name is not known any more: the message itself says it. */
export async function startThreadAgain(
  rest: REST,
  { channelId, rootId }: { channelId: string; rootId: string },
): Promise<void> {
  const root = messageSchema.parse(await rest.get(Routes.channelMessage(channelId, rootId)))
  const [firstLine = ''] = textOf(root).split('\n')
  await startThread(rest, { channelId, rootId, name: plainName(firstLine) })
}

function shorten(name: string): string {
  return [...name.trim()]
    .reduce((kept, sign) => (kept.length + sign.length > LONGEST_NAME ? kept : kept + sign), '')
    .trim()
}

/** A thread's name shows no markup. */
function plainName(line: string): string {
  return line.replaceAll('**', '').replaceAll(/\\([\\*_~`|[\]<#>+-])/g, '$1')
}

/**
 * Takes a quiet thread out of the archive; nothing in it can be edited before.
 * @returns false when moderators have locked it: then it takes the right to manage threads
 * @throws whatever else discord.js throws
 */
export async function unarchive(rest: REST, threadId: string): Promise<boolean> {
  try {
    await rest.patch(Routes.channel(threadId), { body: { archived: false } })
    return true
  } catch (error) {
    if (codeOf(error) !== CODES.missingPermissions || !(await isLocked(rest, threadId))) throw error
    return false
  }
}

async function isLocked(rest: REST, threadId: string): Promise<boolean> {
  const thread = threadSchema.parse(await rest.get(Routes.channel(threadId)))
  return thread.thread_metadata?.locked ?? false
}

const threadSchema = z.looseObject({
  thread_metadata: z.looseObject({ locked: z.boolean().optional() }).optional(),
})

/** Removes an own message that stands there twice; best effort. */
export async function removeMessage(
  rest: REST,
  message: { channelId: string; rootId?: string; messageId: string },
): Promise<void> {
  const { channelId, rootId, messageId } = message
  await rest.delete(Routes.channelMessage(rootId ?? channelId, messageId)).catch(() => {})
}
