import { describe, expect, it } from 'vitest'
import {
  accountSchema,
  connectors,
  createConnector,
  isSameConnection,
  secretsOf,
} from '../../../src/publisher/connectors/index.js'

const page = { name: 'facebook', platform: 'facebook', pageId: '1029', accessToken: 'token-1' }
const issuesOf = (entry: unknown) =>
  accountSchema.safeParse(entry).error?.issues.map(({ path, message }) => `${path}: ${message}`)

describe('an account of the accounts file', () => {
  it('gets the defaults of its platform', () => {
    expect(accountSchema.parse(page)).toEqual({
      ...page,
      apiUrl: 'https://graph.facebook.com',
      apiVersion: 'v26.0',
    })
    const threads = { name: 't', platform: 'threads', userId: '9921', accessToken: 'token-2' }
    expect(accountSchema.parse(threads)).toMatchObject({ apiVersion: 'v1.0' })
  })

  it('may point at another server, whose address needs no care about slashes', () => {
    const elsewhere = { ...page, apiUrl: 'http://127.0.0.1:4000/facebook//' }
    expect(accountSchema.parse(elsewhere)).toMatchObject({
      apiUrl: 'http://127.0.0.1:4000/facebook',
    })
  })

  it.each([
    ['a name with a space', { ...page, name: 'my page' }, 'name'],
    ['a name of 41 letters', { ...page, name: 'a'.repeat(41) }, 'name'],
    ['an empty token', { ...page, accessToken: '' }, 'accessToken'],
    ['a key too many', { ...page, token: 'x' }, ''],
    ['an address that is none', { ...page, apiUrl: 'graph.facebook.com' }, 'apiUrl'],
    ['an address with a query', { ...page, apiUrl: 'https://x.example/?a=1' }, 'apiUrl'],
    ['a version without v', { ...page, apiVersion: '26' }, 'apiVersion'],
    ['a Page by its title', { ...page, pageId: 'Acme Coffee' }, 'pageId'],
    ['an unknown platform', { ...page, platform: 'myspace' }, 'platform'],
  ])('is refused with %s', (_, entry, key) => {
    const issues = issuesOf(entry)
    expect(issues).toHaveLength(1)
    expect(issues?.[0]).toMatch(new RegExp(`^${key}:`))
    expect(issues?.join()).not.toContain('token-1')
  })
})

describe('the registry', () => {
  it('makes the connector of an account', () => {
    expect(createConnector(accountSchema.parse(page)).platform).toBe('facebook')
  })

  it('knows the secrets of an account, and no others', () => {
    expect(secretsOf(accountSchema.parse(page))).toEqual(['token-1'])
    const manual = { name: 'letter', platform: 'manual', instructions: 'Paste it' }
    expect(secretsOf(accountSchema.parse(manual))).toEqual([])
  })

  it.each(Object.entries(connectors))('keeps %s under its own name', (name, { schema }) => {
    expect(schema.shape.platform.value).toBe(name)
  })
})

describe('two entries of an account', () => {
  const x = { name: 'x', platform: 'x', accessToken: 'a', refreshToken: 'r', clientId: 'c' }
  const same = (change: object, before: object = accountSchema.parse(x)) =>
    isSameConnection(before, accountSchema.parse({ ...x, ...change }))

  it('connect it alike when nothing changed but the version, or a default that is new', () => {
    expect(same({})).toBe(true)
    const { apiUrl: _later, ...older } = accountSchema.parse(x)
    expect(same({}, older)).toBe(true)
    const before = accountSchema.parse(page)
    expect(isSameConnection(before, accountSchema.parse({ ...page, apiVersion: 'v27.0' }))).toBe(
      true,
    )
  })

  it.each([
    ['another token', { accessToken: 'b' }],
    ['another refresh token', { refreshToken: 's' }],
    ['another client', { clientId: 'd' }],
    ['another server', { apiUrl: 'http://127.0.0.1:1' }],
  ])('do not with %s', (_what, change) => {
    expect(same(change)).toBe(false)
  })

  it('do not with a secret that one of them lacks, nor on another platform', () => {
    const { refreshToken: _none, clientId: _neither, ...without } = x
    expect(same({}, accountSchema.parse(without))).toBe(false)
    expect(same({}, accountSchema.parse(page))).toBe(false)
  })
})
