import type { AccountsFile } from '../accounts-file.js'
import type { Settings } from '../config.js'
import { secretsOf } from '../publisher/connectors/index.js'

/** Every secret that the settings hold, in each form in which it could show up in a log. */
export function secretsIn(settings: Settings): string[] {
  const { slack, discord, databaseUrl, redisUrl, apiToken } = settings
  const keys = [settings.secretKey, settings.earlierSecretKey].flatMap((key) => key ?? [])
  const passwords = [databaseUrl, redisUrl].flatMap((url) => {
    const password = url && URL.canParse(url) ? new URL(url).password : ''
    return password ? [password, decodeURIComponent(password)] : []
  })
  return [
    ...(slack
      ? [slack.botToken, slack.transport === 'socket' ? slack.appToken : slack.signingSecret]
      : []),
    ...(discord ? [discord.token] : []),
    ...passwords,
    ...(apiToken ? [apiToken] : []),
    ...keys.flatMap((key) => [
      Buffer.from(key).toString('hex'),
      Buffer.from(key).toString('base64'),
    ]),
  ]
}

/** Every secret of the accounts file. The address of a webhook often is one itself. */
export function secretsInFile({ accounts, webhooks = [] }: AccountsFile): string[] {
  return [
    ...accounts.flatMap(secretsOf),
    ...webhooks.flatMap(({ url, secret, previousSecret }) =>
      [url, secret, previousSecret ?? []].flat(),
    ),
  ]
}
