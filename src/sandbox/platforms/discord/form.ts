import { z } from 'zod'
import type { Reply } from '../frame/exchange.js'

export const CONTENT_MAX = 2000
const EMBED_TOTAL_MAX = 6000

const text = (max: number) => z.exactOptional(z.string().max(max))
const picture = z.exactOptional(z.looseObject({ url: z.string() }))
const embedSchema = z.strictObject({
  title: text(256),
  type: text(20),
  description: text(4096),
  url: text(2048),
  timestamp: text(40),
  color: z.exactOptional(z.int()),
  footer: z.exactOptional(z.looseObject({ text: z.string().max(2048) })),
  image: picture,
  thumbnail: picture,
  author: z.exactOptional(z.looseObject({ name: z.string().max(256) })),
  fields: z.exactOptional(
    z
      .array(
        z.strictObject({
          name: z.string().max(256),
          value: z.string().max(1024),
          inline: z.exactOptional(z.boolean()),
        }),
      )
      .max(25),
  ),
})

/** Body of executing and editing a webhook message. @see discord-api-docs resources/webhook.mdx */
export const messageSchema = z.strictObject({
  content: z.exactOptional(z.nullable(z.string())),
  embeds: z.exactOptional(z.array(embedSchema).max(10)),
  username: text(80),
  avatar_url: text(2048),
  tts: z.exactOptional(z.boolean()),
  flags: z.exactOptional(z.int()),
  allowed_mentions: z.exactOptional(z.looseObject({})),
  attachments: z.exactOptional(
    z.array(
      z.looseObject({
        id: z.union([z.string(), z.int()]),
        filename: z.exactOptional(z.string()),
        description: text(1024),
      }),
    ),
  ),
})

export type MessageForm = z.infer<typeof messageSchema>

/** The checks that the schema cannot say: lengths in characters and over all embeds. */
export function formIssues(form: MessageForm): { path: string; message: string }[] {
  const issues: { path: string; message: string }[] = []
  if ([...(form.content ?? '')].length > CONTENT_MAX) {
    issues.push({ path: 'content', message: `Must be ${CONTENT_MAX} or fewer in length.` })
  }
  const pieces = (form.embeds ?? []).flatMap((embed) => [
    embed.title,
    embed.description,
    embed.footer?.text,
    embed.author?.name,
    ...(embed.fields ?? []).flatMap(({ name, value }) => [name, value]),
  ])
  const total = pieces.reduce((sum, piece) => sum + (piece?.length ?? 0), 0)
  if (total > EMBED_TOTAL_MAX) {
    issues.push({
      path: 'embeds',
      message: `Embed size exceeds maximum size of ${EMBED_TOTAL_MAX}`,
    })
  }
  return issues
}

/** Code 50035 with the reason at each field. */
export function invalidForm(issues: { path: string; message: string }[]): Reply {
  const errors: Record<string, unknown> = {}
  for (const { path, message } of issues) {
    errors[path] = { _errors: [{ code: 'BASE_TYPE_BAD_LENGTH', message }] }
  }
  return { status: 400, body: { message: 'Invalid Form Body', code: 50035, errors } }
}
