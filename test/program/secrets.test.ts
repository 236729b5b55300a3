import { expect, it } from 'vitest'
import { parseAccounts } from '../../src/accounts-file.js'
import { secretsInFile } from '../../src/program/secrets.js'

it('the secrets of the accounts file are those of its accounts and of its webhooks', () => {
  const account = { name: 'facebook', platform: 'facebook', pageId: '1029', accessToken: 'token-1' }
  const url = 'https://hooks.example/T1/secret-path'
  const ops = {
    name: 'ops',
    url,
    secret: 'signs-every-message',
    previousSecret: 'signed-it-before',
  }
  const crm = { name: 'crm', url: 'https://crm.example/in', secret: 'another-signing-secret' }
  const file = parseAccounts({ accounts: [account], webhooks: [ops, crm] }, 'accounts.yaml', {})
  expect(secretsInFile(file)).toEqual([
    'token-1',
    url,
    'signs-every-message',
    'signed-it-before',
    'https://crm.example/in',
    'another-signing-secret',
  ])
  expect(secretsInFile({ accounts: [], channels: [] })).toEqual([])
})
