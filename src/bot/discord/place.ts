import { type REST, Routes } from 'discord.js'
import { z } from 'zod'
import { within } from '../../wait.js'

/** Announcement threads, public and private threads. */
export const THREADS: ReadonlySet<number> = new Set([10, 11, 12])

const channelSchema = z.looseObject({
  type: z.number().optional(),
  parent_id: z.string().nullish(),
})

/** A form has to be open within three seconds, and opening it needs most of them. */
const ASK_WITHIN_MS = 800
const MOST_KEPT = 1_000

/** The channel a place belongs to: that of a thread, or the channel itself. */
export type ChannelOf = (placeId: string) => Promise<string>

/**
 * Asks Discord which channel a thread belongs to, where neither an interaction nor the gateway has
 * told; a thread never moves, so it is asked once.
 */
export function createChannelOf(rest: REST): ChannelOf {
  const known = new Map<string, string>()
  return async (placeId) => {
    const kept = known.get(placeId)
    if (kept !== undefined) return kept
    const asked = rest.get(Routes.channel(placeId)).catch(() => undefined)
    const { data } = channelSchema.safeParse(await within(ASK_WITHIN_MS, asked))
    if (!data) return placeId
    const channelId = (THREADS.has(data.type ?? 0) ? data.parent_id : undefined) ?? placeId
    known.set(placeId, channelId)
    const [oldest] = known.keys()
    if (known.size > MOST_KEPT && oldest !== undefined) known.delete(oldest)
    return channelId
  }
}
