import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readAccountsFile } from '../src/accounts-file.js'

const environment = { FB_TOKEN: 'secret-token', EMPTY: '' }
const facebook = `{ name: facebook, platform: facebook, pageId: "1029", accessToken: "\${FB_TOKEN}" }`

function fileWith(text: string, name = 'accounts.yaml'): string {
  const path = join(mkdtempSync(join(tmpdir(), 'accounts-file-')), name)
  writeFileSync(path, text)
  return path
}

function read(text: string, name?: string) {
  return readAccountsFile(fileWith(text, name), environment)
}

function problemIn(text: string, name?: string): string {
  const path = fileWith(text, name)
  try {
    readAccountsFile(path, environment)
  } catch (error) {
    return (error as Error).message.replaceAll(path, 'FILE')
  }
  throw new Error('the file was accepted')
}

describe('the accounts file', () => {
  it('takes values from the environment', () => {
    expect(read(`accounts:\n  - ${facebook}`).accounts).toEqual([
      expect.objectContaining({ name: 'facebook', pageId: '1029', accessToken: 'secret-token' }),
    ])
  })

  it('takes ids of channels, workspaces and roles from the environment as well', () => {
    const places = `channels:
  - { chat: slack, channel: "\${FB_TOKEN}", targets: [facebook], roles: { publish: ["group:\${FB_TOKEN}"] } }
workspaces:
  - { chat: slack, team: "\${FB_TOKEN}" }`
    expect(read(`accounts:\n  - ${facebook}\n${places}`)).toMatchObject({
      channels: [{ channel: 'secret-token', roles: { publish: ['group:secret-token'] } }],
      workspaces: [{ team: 'secret-token' }],
    })
    const problem = problemIn(
      `accounts:\n  - ${facebook}\n${places.replaceAll('FB_TOKEN', 'EMPTY')}`,
    )
    for (const key of ['channels.0.channel', 'channels.0.roles.publish.0', 'workspaces.0.team']) {
      expect(problem).toContain(
        `FILE: ${key} takes its value from \${EMPTY}, which is not set in the environment.`,
      )
    }
  })

  it('may be JSON', () => {
    const account = { name: 'news', platform: 'manual', instructions: 'Paste it' }
    expect(read(JSON.stringify({ accounts: [account] }), 'accounts.json').accounts).toEqual([
      expect.objectContaining(account),
    ])
  })

  it.each(['1029', '178414000000000000123', '0042'])(
    'keeps the digits of the id %s without quotes',
    (id) => {
      const [account] = read(`accounts:\n  - ${facebook.replace('"1029"', id)}`).accounts
      expect(account).toMatchObject({ pageId: id })
    },
  )

  it.each([
    ['nothing at all', '', 'FILE: accounts: is not a list of accounts.'],
    ['no list', 'accounts: facebook', 'FILE: accounts: is not a list of accounts.'],
    ['an unknown key', `accounts:\n  - ${facebook}\nchanels: []`, 'chanels'],
    [
      'a misspelled key of an account',
      `accounts:\n  - ${facebook.replace('pageId', 'pageID')}`,
      'account "facebook": pageId:',
    ],
    [
      'a variable that is not set',
      `accounts:\n  - ${facebook.replace('FB_TOKEN', 'EMPTY')}`,
      `account "facebook": accessToken takes its value from \${EMPTY}`,
    ],
    [
      'an unknown platform',
      'accounts:\n  - { name: space, platform: myspace }',
      'platform "myspace" is unknown',
    ],
    [
      'one name twice',
      `accounts:\n  - ${facebook}\n  - ${facebook}`,
      'two accounts are called "facebook"',
    ],
    [
      'a channel with an unknown account',
      `accounts:\n  - ${facebook}\nchannels:\n  - { chat: slack, channel: C1, targets: [facebok] }`,
      'channel C1 names "facebok"',
    ],
    ['broken YAML', 'accounts:\n  - { name: [facebook\n', 'FILE cannot be read: '],
  ])('refuses %s, and says where', (_, text, words) => {
    const problem = problemIn(text)
    expect(problem).toContain(words)
    expect(problem).not.toContain('secret-token')
  })
})
