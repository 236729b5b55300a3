import { describe, expect, it } from 'vitest'
import { secretKeys } from '../../../../src/publisher/connectors/account.js'
import { accessOf, discordAccount } from '../../../../src/publisher/connectors/discord/account.js'

const parse = (more: object) =>
  discordAccount.safeParse({ name: 'discord', platform: 'discord', ...more })
const access = (more: object) =>
  accessOf(discordAccount.parse({ name: 'd', platform: 'discord', ...more }))

describe('a Discord account', () => {
  it.each([
    ['https://discord.com/api/webhooks/12/to-ken', 'https://discord.com'],
    ['https://discord.com/api/v10/webhooks/12/to-ken', 'https://discord.com'],
    ['https://canary.discord.com/api/webhooks/12/to-ken?thread_id=1', 'https://canary.discord.com'],
    [
      'http://127.0.0.1:3000/platforms/discord/webhooks/12/to-ken/',
      'http://127.0.0.1:3000/platforms/discord',
    ],
  ])('is taken by the address %s', (webhookUrl, root) => {
    expect(access({ webhookUrl })).toEqual({ root, id: '12', token: 'to-ken' })
  })

  it.each([
    [undefined, 'https://discord.com'],
    ['https://discord.com/api', 'https://discord.com'],
    ['https://discord.com/api/v10/', 'https://discord.com'],
    ['http://127.0.0.1:3000/discord', 'http://127.0.0.1:3000/discord'],
  ])('is taken by its parts, at %s', (apiUrl, root) => {
    const parts = { webhookId: '12', webhookToken: 'to-ken', ...(apiUrl ? { apiUrl } : {}) }
    expect(access(parts)).toEqual({ root, id: '12', token: 'to-ken' })
  })

  it.each([
    [{}],
    [{ webhookId: '12' }],
    [{ webhookUrl: 'https://discord.com/channels/1/2' }],
    [{ webhookUrl: 'https://discord.com/api/webhooks/12/t', webhookId: '12' }],
    [{ webhookId: 'twelve', webhookToken: 't' }],
  ])('is refused as %j', (more) => {
    expect(parse(more).success).toBe(false)
  })

  it('keeps its address and its token secret', () => {
    expect(secretKeys(discordAccount)).toEqual(['webhookUrl', 'webhookToken'])
  })
})
