import { z } from 'zod'
import { complain, integer, link, list, text } from './form.js'

const pictureUrl = link(2048, ['http', 'https', 'attachment'])
const picture = z.object({ url: pictureUrl, description: text(4096).nullish() })

/** @see https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
export const embed = z.object({
  title: text(256).nullish(),
  description: text(4096).nullish(),
  url: link(2048).nullish(),
  timestamp: z.iso.datetime({ offset: true }).nullish(),
  color: integer(0, 0xffffff).nullish(),
  footer: z.object({ text: text(2048, 1), icon_url: pictureUrl.nullish() }).nullish(),
  image: picture.nullish(),
  thumbnail: picture.nullish(),
  author: z
    .object({ name: text(256, 1), url: link(2048).nullish(), icon_url: pictureUrl.nullish() })
    .nullish(),
  fields: list(
    z.object({ name: text(256, 1), value: text(1024, 1), inline: z.boolean().nullish() }),
    25,
  ).nullish(),
})

export type Embed = z.infer<typeof embed>

const EMBED_TOTAL = 6000

function lengthOf({ title, description, footer, author, fields }: Embed): number {
  const texts = [title, description, footer?.text, author?.name]
  for (const { name, value } of fields ?? []) texts.push(name, value)
  return texts.reduce((sum, one) => sum + (one?.length ?? 0), 0)
}

/** Up to ten embeds, 6000 characters in all of them together. */
export const embeds = list(embed, 10).superRefine((all, ctx) => {
  for (const [index, one] of all.entries()) {
    if (lengthOf(one) > 0 || one.image || one.thumbnail) continue
    complain(ctx, 'BASE_TYPE_REQUIRED', 'This field is required', [index, 'description'])
  }
  if (all.reduce((sum, one) => sum + lengthOf(one), 0) > EMBED_TOTAL) {
    complain(ctx, 'MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of ${EMBED_TOTAL}`)
  }
})
