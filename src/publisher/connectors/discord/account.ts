import { z } from 'zod'
import { accountName, apiRoot } from '../account.js'
import type { Access } from './webhook.js'

const ADDRESS = /^(https?:\/\/[^?#]+?)(?:\/api)?(?:\/v\d+)?\/webhooks\/(\d+)\/([\w-]+)\/?(?:\?.*)?$/

/** An account of the accounts file: a webhook, by its address as Discord gives it, or by its parts. */
export const discordAccount = z
  .strictObject({
    name: accountName,
    platform: z.literal('discord'),
    webhookUrl: z
      .string()
      .regex(ADDRESS, 'must look like https://discord.com/api/webhooks/<id>/<token>')
      .optional()
      .meta({ secret: true }),
    webhookId: z.string().regex(/^\d+$/, 'must be the number of the webhook').optional(),
    webhookToken: z
      .string()
      .regex(/^[\w-]+$/, 'must be the part of the address after the number')
      .optional()
      .meta({ secret: true }),
    apiUrl: apiRoot('https://discord.com/api'),
  })
  .refine(
    ({ webhookUrl, webhookId, webhookToken }) =>
      webhookUrl === undefined
        ? webhookId !== undefined && webhookToken !== undefined
        : webhookId === undefined && webhookToken === undefined,
    { error: 'needs webhookUrl, or webhookId and webhookToken', path: ['webhookUrl'] },
  )
export type DiscordAccount = z.infer<typeof discordAccount>

/** @throws TypeError for an account that its schema would refuse */
export function accessOf({ webhookUrl, webhookId, webhookToken, apiUrl }: DiscordAccount): Access {
  const [, root, id, token] = ADDRESS.exec(webhookUrl ?? '') ?? []
  if (root && id && token) return { root, id, token }
  if (webhookId === undefined || webhookToken === undefined) {
    throw new TypeError('a Discord account needs a webhook')
  }
  return { root: apiUrl.replace(/\/api(\/v\d+)?$/, ''), id: webhookId, token: webhookToken }
}
