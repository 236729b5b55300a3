import { describe, expect, it } from 'vitest'
import { secretKeys } from '../../../../src/publisher/connectors/account.js'
import { accessOf, discordAccount } from '../../../../src/publisher/connectors/discord/account.js'

const parse = (more: object) =>
  discordAccount.safeParse({ name: 'discord', platform: 'discord', ...more })
const access = (more: object) =>
  accessOf(discordAccount.parse({ name: 'd', platform: 'discord', ...more }))

describe('a Discord account', () => {
  it.each([
    ['https://discord.com/api/webhooks/12/to-ken', 'https://discord.com/api/v10'],
    ['https://discord.com/api/v9/webhooks/12/to-ken', 'https://discord.com/api/v10'],
    [
      'https://canary.discord.com/api/webhooks/12/to-ken?thread_id=1',
      'https://canary.discord.com/api/v10',
    ],
  ])('is taken by the address %s, at a version that is known here', (webhookUrl, api) => {
    expect(access({ webhookUrl })).toEqual({ api, id: '12', token: 'to-ken' })
  })

  it('is taken by an address on another server exactly as it is', () => {
    const webhookUrl = 'http://127.0.0.1:3000/discord/webhooks/12/to-ken/'
    const expected = { api: 'http://127.0.0.1:3000/discord', id: '12', token: 'to-ken' }
    expect(access({ webhookUrl })).toEqual(expected)
    expect(access({ webhookUrl, apiUrl: 'http://127.0.0.1:4000' })).toEqual(expected)
  })

  it('is called where apiUrl leads, also when its address is one of Discord’s', () => {
    const webhookUrl = 'https://discord.com/api/webhooks/12/to-ken'
    expect(access({ webhookUrl, apiUrl: 'http://127.0.0.1:4000/api' })).toMatchObject({
      api: 'http://127.0.0.1:4000/api/v10',
    })
  })

  it.each([
    [undefined, 'https://discord.com/api/v10'],
    ['https://discord.com/api', 'https://discord.com/api/v10'],
    ['https://discord.com/api/v10/', 'https://discord.com/api/v10'],
    ['http://127.0.0.1:3000/discord', 'http://127.0.0.1:3000/discord/v10'],
  ])('is taken by its parts, at %s', (apiUrl, api) => {
    const parts = { webhookId: '12', webhookToken: 'to-ken', ...(apiUrl ? { apiUrl } : {}) }
    expect(access(parts)).toEqual({ api, id: '12', token: 'to-ken' })
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
