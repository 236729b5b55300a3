import { describe, expect, it } from 'vitest'
import { createBluesky } from '../../../src/publisher/connectors/bluesky/index.js'
import type { Connector } from '../../../src/publisher/connectors/connector.js'
import { createDiscord } from '../../../src/publisher/connectors/discord/index.js'
import { createFacebook } from '../../../src/publisher/connectors/facebook/index.js'
import type { Answer } from '../../../src/publisher/connectors/http.js'
import { createLinkedIn } from '../../../src/publisher/connectors/linkedin/index.js'
import { createMastodon } from '../../../src/publisher/connectors/mastodon/index.js'
import { createTelegram } from '../../../src/publisher/connectors/telegram/index.js'
import { createX } from '../../../src/publisher/connectors/x/index.js'
import { NOON } from '../../support/clock.js'
import { json, requestOf, scriptedSteps } from './scripted-steps.js'

const apiUrl = 'https://api.example'
const account = { name: 'a', accessToken: 't', apiUrl }
const TEXT = requestOf().content.text

/** A server that knows the calls that publish, answers them barely, and nothing else. */
const plain404: Answer = { kind: 'answer', status: 404, headers: {}, text: 'Not Found' }
const session = json({ did: 'did:plc:a', handle: 'a.example', accessJwt: 'a', refreshJwt: 'r' })
const record = 'at://did:plc:a/app.bsky.feed.post/3k'

const facebook = { ...account, platform: 'facebook', pageId: '1', apiVersion: 'v26.0' } as const
const linkedIn = {
  ...account,
  platform: 'linkedin',
  author: 'urn:li:organization:77',
  apiVersion: '202609',
} as const
const bluesky = {
  name: 'a',
  platform: 'bluesky',
  identifier: 'a.example',
  appPassword: 'p',
  apiUrl,
} as const
const discord = {
  name: 'a',
  platform: 'discord',
  webhookUrl: 'https://hooks.example/webhooks/1/t',
  apiUrl,
} as const
const telegram = {
  name: 'a',
  platform: 'telegram',
  chatId: '@a',
  botToken: '1:t',
  apiUrl,
} as const

describe('a post is live when its answer holds an id and little else', () => {
  it.each<[string, Connector, readonly Answer[], string]>([
    ['Facebook', createFacebook(facebook), [json({ id: 7 }), plain404], '1_7'],
    ['Mastodon', createMastodon({ ...account, platform: 'mastodon' }), [json({ id: '7' })], '7'],
    [
      'X, with an account that has no name',
      createX({ ...account, platform: 'x' }),
      [json({ data: { id: '1' } }), json({ data: { id: '7' } }, 201)],
      '7',
    ],
    [
      'Bluesky, where sessions cannot be asked for',
      createBluesky(bluesky),
      [session, plain404, json({ uri: record, cid: 'c' })],
      record,
    ],
    ['Discord', createDiscord(discord), [plain404, json({ id: '7' })], '7'],
    [
      'Telegram',
      createTelegram(telegram),
      [json({ ok: true, result: { message_id: 7, chat: { id: 1 } } })],
      '1/7',
    ],
    [
      'Telegram, without its chat',
      createTelegram(telegram),
      [json({ ok: true, result: { message_id: 7 } })],
      '7',
    ],
  ])('on %s', async (_, connector, answers, remoteId) => {
    const outcome = await connector.publish(requestOf(), scriptedSteps(answers))
    expect(outcome).toMatchObject({ kind: 'published', remoteId })
  })
})

function lookUp(connector: Connector, answers: readonly Answer[]) {
  const request = { ...requestOf(), otherRemoteIds: new Set<string>() }
  const doubt = { ...request, mutationAt: NOON, evidence: [] }
  return connector.lookUp?.(doubt, scriptedSteps(answers, NOON + 1000))
}

describe('a lost post is found', () => {
  it('on a Mastodon server that does not page, beside what cannot be read', async () => {
    const ours = { id: '7', created_at: new Date(NOON).toISOString(), content: `<p>${TEXT}</p>` }
    const list = json([{ id: '8', content: 'without a time' }, ours])
    const finding = await lookUp(createMastodon({ ...account, platform: 'mastodon' }), [
      json({ id: '1' }),
      list,
      list,
    ])
    expect(finding).toMatchObject({ kind: 'found', remoteId: '7' })
    expect(finding).not.toHaveProperty('copies')
  })

  it('on LinkedIn with short pages, as long as there is a next one', async () => {
    const post = (id: number, commentary: string, time: object) => ({
      id: `urn:li:share:${id}`,
      commentary,
      ...time,
    })
    const links = [{ rel: 'next', href: '/rest/posts?start=1' }]
    const first = json({ elements: [post(8, 'Other', { createdAt: NOON })], paging: { links } })
    const second = json({ elements: [post(7, TEXT, { publishedAt: NOON })], paging: { links: [] } })
    expect(await lookUp(createLinkedIn(linkedIn), [first, second])).toMatchObject({
      kind: 'found',
      remoteId: 'urn:li:share:7',
    })
  })
})

describe('a Mastodon server', () => {
  it('that only has the newer description of itself is known by that', async () => {
    const answers = [json({ id: '1' }), json([]), plain404, json({ version: '4.5.2' })]
    const connector = createMastodon({ ...account, platform: 'mastodon' })
    expect(await lookUp(connector, answers)).toMatchObject({ kind: 'absent' })
  })
})

describe('a session on Bluesky that ends with the write', () => {
  const ended = json({ error: 'ExpiredToken', message: 'Token has expired' }, 400)
  const connector = () => createBluesky(bluesky)
  const active = json({ did: 'did:plc:a', handle: 'a.example' })

  it('is renewed, and the next attempt goes on', async () => {
    const steps = scriptedSteps([session, active, ended, session])
    expect(await connector().publish(requestOf(), steps)).toMatchObject({ kind: 'transient' })
  })

  it('is a refused credential when nobody gets a new one', async () => {
    const refused = json({ error: 'AuthenticationRequired', message: 'Invalid password' }, 401)
    const steps = scriptedSteps([session, active, ended, ended, refused])
    expect(await connector().publish(requestOf(), steps)).toMatchObject({
      kind: 'permanent',
      reason: { class: 'auth' },
    })
  })
})
