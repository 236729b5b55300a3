import type { Connector, CredentialCheck, Reader } from '../connector.js'
import { failedCheck } from '../read.js'
import { accessOf, type DiscordAccount } from './account.js'
import { remove, verify } from './look.js'
import { publish } from './publish.js'
import { checkDiscord, IMAGES } from './render.js'
import { Webhook } from './webhook.js'

export { type DiscordAccount, discordAccount } from './account.js'

/**
 * Publishes to a Discord channel through a webhook. A webhook has no nonce and can list nothing, so
 * after a doubt only a person can tell; a message whose id is known can be read and deleted.
 * @see discord-api-docs resources/webhook.mdx
 */
export function createDiscord(account: DiscordAccount): Connector {
  const webhook = new Webhook(accessOf(account))
  return {
    platform: 'discord',
    retrySafety:
      'A Discord webhook does not recognise a second send and can list nothing: look before you retry.',
    images: IMAGES,
    check: checkDiscord,
    publish: (request, steps) => publish(webhook, request, steps),
    verify: (post, reader) => verify(webhook, post, reader),
    remove: (remoteId, steps) => remove(webhook, remoteId, steps),
    where: () => webhook.where(),
    checkCredentials: (reader) => checkWebhook(webhook, reader),
  }
}

async function checkWebhook(webhook: Webhook, reader: Reader): Promise<CredentialCheck> {
  const info = await webhook.readInfo(reader)
  if (info.kind === 'read') return { kind: 'ok', identity: info.value.name ?? 'Webhook' }
  return failedCheck(info.outcome)
}
