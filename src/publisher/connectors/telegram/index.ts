import { z } from 'zod'
import { accountName, apiRoot, secret } from '../account.js'
import type { Connector } from '../connector.js'
import { Bot } from './bot.js'
import { checkBot } from './check-bot.js'
import { publish, remove } from './publish.js'
import { checkTelegram, IMAGES } from './render.js'

/** An account of the accounts file: a channel or group, and a bot that may post there. */
export const telegramAccount = z.strictObject({
  name: accountName,
  platform: z.literal('telegram'),
  chatId: z
    .union([z.string(), z.int()], 'must be @name or a number')
    .transform(String)
    .refine((id) => /^(@\w+|-?\d+)$/.test(id), 'must be @name or a number'),
  botToken: secret(),
  apiUrl: apiRoot('https://api.telegram.org'),
})
export type TelegramAccount = z.infer<typeof telegramAccount>

/**
 * Publishes to a Telegram channel. Telegram recognises no second send, and a bot cannot read what
 * a channel shows, so after a doubt only a person can tell.
 * @see Bot API, "Available methods"
 */
export function createTelegram(account: TelegramAccount): Connector {
  const bot = new Bot(account)
  return {
    platform: 'telegram',
    retrySafety:
      'Telegram does not recognise a second send and cannot be read: look before you retry.',
    images: IMAGES,
    check: checkTelegram,
    publish: (request, steps) => publish(bot, request, steps),
    remove: (remoteId, steps) => remove(bot, remoteId, steps),
    where: () => bot.where(),
    checkCredentials: (reader) => checkBot(bot, reader),
  }
}
