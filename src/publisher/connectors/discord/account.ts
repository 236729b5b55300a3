import { z } from 'zod'
import { accountName, apiRoot } from '../account.js'
import type { Access } from './webhook.js'

const ADDRESS = /^(https?:\/\/[^?#]+?)\/webhooks\/(\d+)\/([\w-]+)\/?(?:\?.*)?$/
const OFFICIAL = /^https:\/\/(?:\w+\.)?discord(?:app)?\.com\//
const API = 'https://discord.com/api'
const VERSION = 'v10'

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
    apiUrl: apiRoot(API),
  })
  .refine(
    ({ webhookUrl, webhookId, webhookToken }) =>
      webhookUrl === undefined
        ? webhookId !== undefined && webhookToken !== undefined
        : webhookId === undefined && webhookToken === undefined,
    { error: 'needs webhookUrl, or webhookId and webhookToken', path: ['webhookUrl'] },
  )
export type DiscordAccount = z.infer<typeof discordAccount>

/**
 * Where the webhook is called: an address of Discord's own at the version this is written for, or
 * below `apiUrl` where that leads elsewhere; any other address exactly as it was given.
 * @throws TypeError for an account that its schema would refuse
 */
export function accessOf({ webhookUrl, webhookId, webhookToken, apiUrl }: DiscordAccount): Access {
  const versioned = `${apiUrl.replace(/\/v\d+$/, '')}/${VERSION}`
  const [, given, id, token] = ADDRESS.exec(webhookUrl ?? '') ?? []
  if (webhookUrl && given && id && token) {
    if (!OFFICIAL.test(webhookUrl)) return { api: given, id, token }
    const api = apiUrl === API ? `${new URL(webhookUrl).origin}/api/${VERSION}` : versioned
    return { api, id, token }
  }
  if (webhookId === undefined || webhookToken === undefined) {
    throw new TypeError('a Discord account needs a webhook')
  }
  return { api: versioned, id: webhookId, token: webhookToken }
}
