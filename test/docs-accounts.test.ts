import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { PlatformName } from '../src/publisher/connectors/connector.js'
import { accountSchema, connectors, createConnector } from '../src/publisher/connectors/index.js'

const page = readFileSync(new URL('../docs/accounts.md', import.meta.url), 'utf8')
const rows = new Map(
  [...page.matchAll(/^\| (`.*) \|$/gm)].map(([, row = '']) => {
    const cells = row.split(' | ')
    return [cells[0]?.replaceAll('`', ''), cells] as const
  }),
)
/** Told once above the table. */
const OF_EVERY_ACCOUNT = ['name', 'platform', 'apiUrl', 'apiVersion']
const accessToken = 'a-token'
const app = { clientId: 'c', clientSecret: 's', refreshToken: 'r' }

describe('docs/accounts.md', () => {
  it.each(Object.entries(connectors))('has every key of %s', (platform, { schema }) => {
    const own = [...rows].filter(([name]) => name?.split(',')[0] === platform)
    const keys = Object.keys(schema.shape).filter((key) => !OF_EVERY_ACCOUNT.includes(key))
    const words = own.map(([, cells]) => cells.join()).join()
    expect(keys.filter((key) => !words.includes(`\`${key}\``))).toEqual([])
    for (const key of OF_EVERY_ACCOUNT) expect(page).toContain(`\`${key}\``)
  })

  it.each([
    ['facebook/index.ts', /NEEDS = (.*)/],
    ['instagram/index.ts', /NEEDS = (.*)/],
    ['threads/index.ts', /NEEDS = (.*)/],
    ['x/scopes.ts', /TO_PUBLISH = (.*)/],
    ['linkedin/index.ts', /([\s\S]*)/],
  ])('names the permissions that %s asks for', (path, list) => {
    const source = readFileSync(
      new URL(`../src/publisher/connectors/${path}`, import.meta.url),
      'utf8',
    )
    const scopes = list.exec(source)?.[1]?.match(/'[a-z]+[_.][a-z_]+'/g) ?? []
    expect(scopes.length).toBeGreaterThan(1)
    for (const scope of scopes) expect(page).toContain(`\`${scope.slice(1, -1)}\``)
  })

  it.each<[string, PlatformName, object]>([
    ['facebook', 'facebook', { pageId: '1', accessToken }],
    ['instagram, Instagram Login', 'instagram', { userId: '1', accessToken }],
    [
      'instagram, Facebook Login',
      'instagram',
      { userId: '1', accessToken, apiUrl: 'https://graph.facebook.com' },
    ],
    ['threads', 'threads', { userId: '1', accessToken }],
    ['bluesky', 'bluesky', { identifier: 'acme.example', appPassword: 'p' }],
    ['mastodon', 'mastodon', { accessToken, apiUrl: 'https://mastodon.example' }],
    ['x', 'x', { accessToken, ...app }],
    [
      'linkedin, an organisation',
      'linkedin',
      { author: 'urn:li:organization:77', accessToken, ...app },
    ],
    ['linkedin, a member', 'linkedin', { author: 'urn:li:person:7', accessToken, ...app }],
    ['telegram', 'telegram', { chatId: '@acme', botToken: 't' }],
    ['discord', 'discord', { webhookId: '1', webhookToken: 't' }],
    ['manual', 'manual', { instructions: 'Paste it' }],
  ])('says of %s whether it is renewed, and read after a doubt', (name, platform, keys) => {
    const connector = createConnector(accountSchema.parse({ name: 'one', platform, ...keys }))
    const [, , , renewed, read] = rows.get(name) ?? []
    expect(renewed).toMatch(connector.renewal ? /^yes/ : /^no/)
    expect(read).toMatch(connector.lookUp ? /^yes/ : /^no/)
  })
})
