import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../src/publisher/connectors/http.js'
import { accountSchema, createConnector } from '../../../src/publisher/connectors/index.js'
import { json, metaError, scriptedSteps } from './scripted-steps.js'

const token = { accessToken: 't' }
const ACCOUNTS = {
  facebook: { ...token, pageId: '1' },
  instagram: { ...token, userId: '1' },
  threads: { ...token, userId: '1' },
  bluesky: { identifier: 'a.example', appPassword: 'p' },
  mastodon: token,
  x: token,
  linkedin: { ...token, author: 'urn:li:organization:77' },
  telegram: { chatId: '@a', botToken: '1:t' },
  discord: { webhookId: '1', webhookToken: 't' },
}
type Platform = keyof typeof ACCOUNTS

function check(platform: Platform, ...answers: Answer[]) {
  const apiUrl = 'https://api.example'
  const entry = { name: 'a', platform, apiUrl, ...ACCOUNTS[platform] }
  return createConnector(accountSchema.parse(entry)).checkCredentials(scriptedSteps(answers))
}

const bot = json({ ok: true, result: { id: 7, username: 'acme_bot' } })
const linkedIn = (status: number, message: string) => json({ status, message }, status)
const telegram = (error_code: number, description: string) =>
  json({ ok: false, error_code, description }, error_code)

describe('a check that does not work', () => {
  it.each<[Platform, string, ...Answer[]]>([
    ['facebook', 'unknown path', metaError(2500)],
    ['instagram', 'unknown path', metaError(2500)],
    ['threads', 'unsupported request', metaError(100)],
    ['bluesky', 'unknown method', json({ error: 'NotFound' }, 404)],
    ['bluesky', 'malformed', json({ error: 'InvalidRequest' }, 400)],
    ['mastodon', 'unknown path', json({ error: 'Record not found' }, 404)],
    ['x', 'unknown path', json({ title: 'Not Found', detail: 'Nothing here.' }, 404)],
    ['x', 'malformed', json({ title: 'Invalid Request', detail: 'Bad query.' }, 400)],
    ['linkedin', 'unknown path', linkedIn(404, 'No virtual resource found')],
    ['linkedin', 'malformed', linkedIn(400, 'Invalid query parameters')],
    ['linkedin', 'version', linkedIn(426, 'Requested version is not active')],
    ['telegram', 'malformed', bot, telegram(400, 'Bad Request: user_id is invalid')],
    ['discord', 'general error', json({ code: 0, message: '404: Not Found' }, 404)],
  ])('says nothing about the credential: %s, %s', async (platform, _, ...answers) => {
    expect(await check(platform, ...answers)).toMatchObject({ kind: 'unknown' })
  })

  it.each<[Platform, string, ...Answer[]]>([
    ['facebook', 'expired token', metaError(190, 463)],
    ['bluesky', 'wrong password', json({ error: 'AuthenticationRequired' }, 401)],
    ['mastodon', 'revoked token', json({ error: 'The access token was revoked' }, 401)],
    [
      'mastodon',
      'token of an app',
      json({ error: 'This method requires an authenticated user' }, 422),
    ],
    ['x', 'refused token', json({ title: 'Unauthorized', detail: 'Unauthorized' }, 401)],
    ['linkedin', 'revoked token', linkedIn(401, 'The token has been revoked')],
    ['telegram', 'unknown token', telegram(404, 'Not Found')],
    ['telegram', 'unknown chat', bot, telegram(400, 'Bad Request: chat not found')],
    ['telegram', 'removed bot', bot, telegram(403, 'Forbidden: bot was kicked from the channel')],
    ['discord', 'removed webhook', json({ code: 10015, message: 'Unknown Webhook' }, 404)],
  ])('refuses it: %s, %s', async (platform, _, ...answers) => {
    expect(await check(platform, ...answers)).toMatchObject({ kind: 'refused' })
  })
})
