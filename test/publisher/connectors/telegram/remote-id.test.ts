import { describe, expect, it } from 'vitest'
import { createTelegram } from '../../../../src/publisher/connectors/telegram/index.js'
import { json, requestOf, scriptedSteps } from '../scripted-steps.js'

const GROUP = -1234
const SUPERGROUP = -1001234

const telegram = (chatId: number) =>
  createTelegram({
    name: 'telegram',
    platform: 'telegram',
    chatId: String(chatId),
    botToken: '1:secret',
    apiUrl: 'https://api.telegram.org',
  })

async function publishTo(chat: number, ...messages: number[]) {
  const sent = messages.map((message_id) => ({ message_id, chat: { id: chat } }))
  const steps = scriptedSteps([json({ ok: true, result: sent.length > 1 ? sent : sent[0] })])
  return telegram(chat).publish(requestOf(), steps)
}

async function removed(remoteId: string) {
  const steps = scriptedSteps([json({ ok: true, result: true })])
  expect(await telegram(SUPERGROUP).remove?.(remoteId, steps)).toEqual({ kind: 'removed' })
  const [request] = steps.requests
  return { method: request?.url.split('/').at(-1), body: request?.body }
}

describe('the id of a message on Telegram', () => {
  it('says in which chat it is, because each chat counts its own', async () => {
    expect(await publishTo(GROUP, 7)).toMatchObject({ remoteId: '-1234/7' })
    expect(await publishTo(SUPERGROUP, 7)).toMatchObject({
      remoteId: '-1001234/7',
      permalink: 'https://t.me/c/1234/7',
    })
    expect(await publishTo(SUPERGROUP, 8, 9)).toMatchObject({ remoteId: '-1001234/8,9' })
  })

  it('leads to the message also when the account posts to another chat by now', async () => {
    expect(await removed('-1234/7')).toEqual({
      method: 'deleteMessage',
      body: { json: { chat_id: GROUP, message_id: 7 } },
    })
    expect(await removed('-1234/8,9')).toEqual({
      method: 'deleteMessages',
      body: { json: { chat_id: GROUP, message_ids: [8, 9] } },
    })
  })

  it('is read as before where it names no chat', async () => {
    expect(await removed('7')).toEqual({
      method: 'deleteMessage',
      body: { json: { chat_id: String(SUPERGROUP), message_id: 7 } },
    })
  })
})
