import { z } from 'zod'
import { channelShape, conversationFor } from '../conversation.js'
import { importPosts } from '../import/import-posts.js'
import { operation } from '../operation.js'
import { shapes } from '../shapes.js'

const bodyShape = z
  .strictObject({
    posts: z.array(z.unknown()).min(1).max(1_000).describe('Posts in the older flat shape'),
    channel: channelShape.nullish(),
    accounts: z
      .record(z.string(), z.string())
      .nullish()
      .describe('Which account is meant, by platform, where a platform has more than one'),
    withoutMedia: z
      .boolean()
      .nullish()
      .describe('Imports posts whose media cannot be fetched any more, without them'),
  })
  .register(shapes, { id: 'Import' })

export const importedShape = z
  .object({
    results: z.array(
      z.object({
        kind: z
          .enum(['imported', 'known', 'problem'])
          .describe('known: imported before and left as it is'),
        id: z.string().nullable().describe('Its id in the record'),
        postId: z.string().optional(),
        note: z.string().optional(),
        message: z.string().optional(),
      }),
    ),
  })
  .register(shapes, { id: 'ImportResults' })

const MAX_IMPORT_BYTES = 20_000_000

export const importOlderPosts = operation({
  id: 'importPosts',
  method: 'POST',
  path: '/api/import',
  scope: 'import',
  summary: 'Brings in posts in the older flat shape; nothing is sent by it',
  body: bodyShape,
  maxBytes: MAX_IMPORT_BYTES,
  answers: {
    200: { description: 'What became of each record, in their order', schema: importedShape },
  },
  problems: ['chat-unavailable'],
  async run({ body: { posts, channel, accounts, withoutMedia } }, deps) {
    const conversation = await conversationFor(channel, deps)
    const options = { conversation, accounts: accounts ?? {}, withoutMedia: withoutMedia ?? false }
    return { status: 200, body: { results: await importPosts(posts, options, deps) } }
  },
})
