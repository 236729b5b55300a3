import { z } from 'zod'

const id = z.string().regex(/^\d{1,19}$/)
/** Unknown properties are refused. @see X API openapi 2.167, CreatePostsRequest */
export const createSchema = z.strictObject({
  text: z.exactOptional(z.string()),
  media: z.exactOptional(z.strictObject({ media_ids: z.array(id).min(1).max(4) })),
  reply: z.exactOptional(z.strictObject({ in_reply_to_tweet_id: id })),
  reply_settings: z.exactOptional(
    z.enum(['following', 'mentionedUsers', 'subscribers', 'verified']),
  ),
  made_with_ai: z.exactOptional(z.boolean()),
  paid_partnership: z.exactOptional(z.boolean()),
})
