import { describe, expect, it } from 'vitest'
import type { Reader } from '../../../../src/publisher/connectors/connector.js'
import { createTelegram } from '../../../../src/publisher/connectors/telegram/index.js'

const connector = createTelegram({
  name: 'telegram',
  platform: 'telegram',
  chatId: '@acme',
  botToken: '1:secret',
  apiUrl: 'https://api.telegram.org',
})

/** A Bot API that knows the bot and gives this answer about its rights. */
function withRights(member: object, status = 200): Reader {
  const me = { ok: true, result: { id: 7, username: 'acme_bot' } }
  return {
    now: () => 0,
    read: async ({ url }) => {
      const body = url.endsWith('/getMe') ? me : member
      const code = url.endsWith('/getMe') ? 200 : status
      return { kind: 'answer', status: code, headers: {}, text: JSON.stringify(body) }
    },
  }
}
const right = (result: object) => withRights({ ok: true, result })

describe('the credential of a bot', () => {
  it.each([
    ['an administrator who may post', { status: 'administrator', can_post_messages: true }],
    ['the creator', { status: 'creator' }],
    ['a member of a group', { status: 'member' }],
  ])('is good for %s', async (_, result) => {
    expect(await connector.checkCredentials(right(result))).toEqual({
      kind: 'ok',
      identity: '@acme_bot in @acme',
    })
  })

  it.each([
    ['who left', { status: 'left' }],
    ['who was kicked', { status: 'kicked' }],
    ['who may not post', { status: 'administrator', can_post_messages: false }],
    ['who is restricted', { status: 'restricted', can_send_messages: false }],
  ])('is refused for one %s', async (_, result) => {
    expect(await connector.checkCredentials(right(result))).toMatchObject({
      kind: 'refused',
      reason: { class: 'permission' },
    })
  })

  it('is good when the bot is known and its rights cannot be asked for', async () => {
    const unknown = { ok: false, error_code: 404, description: 'Not Found' }
    expect(await connector.checkCredentials(withRights(unknown, 404))).toMatchObject({ kind: 'ok' })
  })

  it('is refused for a chat that the bot does not know', async () => {
    const unknown = { ok: false, error_code: 400, description: 'Bad Request: chat not found' }
    expect(await connector.checkCredentials(withRights(unknown, 400))).toMatchObject({
      kind: 'refused',
      reason: { class: 'permission' },
    })
  })
})
