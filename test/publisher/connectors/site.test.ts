import { describe, expect, it } from 'vitest'
import { accountSchema, createConnector } from '../../../src/publisher/connectors/index.js'
import { json, requestOf, scriptedSteps } from './scripted-steps.js'

const ORGANIZATION = 'urn:li:organization:77'
const ACCOUNTS = {
  x: { accessToken: 't' },
  linkedin: { accessToken: 't', author: ORGANIZATION },
  discord: { webhookId: '1', webhookToken: 't' },
}
const ANSWERS = {
  x: [json({ data: { id: '1', username: 'acme' } }), json({ data: { id: '7' } }, 201)],
  linkedin: [json({}, 201, { 'x-restli-id': 'urn:li:share:7' })],
  discord: [json({ guild_id: '5', channel_id: '6' }), json({ id: '7', channel_id: '6' })],
}

/** The links of one post through an API at this address. */
async function linksOf(platform: keyof typeof ACCOUNTS, apiUrl: string) {
  const entry = { name: 'a', platform, apiUrl, ...ACCOUNTS[platform] }
  const connector = createConnector(accountSchema.parse(entry))
  const outcome = await connector.publish(requestOf(), scriptedSteps(ANSWERS[platform]))
  const permalink = outcome.kind === 'published' ? outcome.permalink : undefined
  return { permalink, where: connector.where(requestOf()) }
}

describe('the links of a post', () => {
  it.each([
    ['x', 'https://x.com', '/acme/status/7', '/acme'],
    ['linkedin', 'https://www.linkedin.com', '/feed/update/urn:li:share:7/', '/company/77/posts/'],
    ['discord', 'https://discord.com', '/channels/5/6/7', '/channels/5/6'],
  ] as const)(
    'on %s lead to its own site, or to a stand-in',
    async (platform, site, post, list) => {
      const proxied = await linksOf(platform, `https://egress.example/${platform}/api`)
      expect(proxied).toEqual({ permalink: site + post, where: site + list })
      const standIn = `http://127.0.0.1:4010/${platform}`
      const local = await linksOf(platform, `${standIn}${platform === 'discord' ? '/api' : ''}`)
      expect(local).toEqual({ permalink: standIn + post, where: standIn + list })
    },
  )
})
