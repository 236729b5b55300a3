import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Connector, Content, Media } from '../../src/publisher/connectors/connector.js'
import { send } from '../../src/publisher/connectors/http.js'
import { accountSchema, createConnector } from '../../src/publisher/connectors/index.js'
import { loadTarget } from '../../src/store/load-targets.js'
import { openEmbedded } from '../../src/store/open-embedded.js'
import { createSteppedClock } from '../support/clock.js'
import { type DriveOptions, driveTarget } from '../support/drive-target.js'
import { waitFor } from '../support/wait-for.js'
import { type Peer, startPeer } from './peer.js'

const WRITE = 'com.atproto.repo.putRecord'
const READ = 'com.atproto.repo.getRecord'
const OUTDOORS = new URL('../../src/sandbox/sample.jpg', import.meta.url)

let peer: Peer
let connector: Connector
let picture: Uint8Array
const clock = createSteppedClock(Date.now())

/** The account as the accounts file would have it. */
const account = () => ({
  name: 'bluesky',
  platform: 'bluesky',
  identifier: peer.handle,
  appPassword: peer.appPassword,
  apiUrl: peer.proxy.url,
})
const reader = () => ({
  now: clock.now,
  read: (request: Parameters<typeof send>[0]) => send(request, { timeoutMs: 10_000 }),
})
const publish = (content: Content, options: Partial<DriveOptions> = {}) =>
  driveTarget({
    connector,
    content,
    clock,
    // Every post here has a key of its own, as every target has.
    targetId: content.text,
    policy: { maxAttempts: 3, recheckMs: [300_000] },
    media: { bytes: async () => picture, publicUrl: () => '' },
    requestTimeoutMs: 10_000,
    ...options,
  })
const words = (text: string): Content => ({ text, media: [] })
const photo = (id: string, alt: string): Media => ({
  id,
  kind: 'image',
  mime: 'image/jpeg',
  bytes: picture.byteLength,
  width: 800,
  height: 600,
  filename: `${id}.jpg`,
  alt,
})

beforeAll(async () => {
  picture = await readFile(OUTDOORS)
  peer = await startPeer()
  connector = createConnector(accountSchema.parse(account()))
}, 120_000)
beforeEach(() => peer.proxy.reset())
afterAll(() => peer?.close())

describe("on Bluesky's own server", () => {
  it('a text goes out with links, mentions and tags where people see them', async () => {
    const text =
      '⚓️ Ahoy @harbour.test 👩‍🚀: see https://acme.example/hafen?ö=1, #Häfen and @nobody.test'
    const { state, attempts } = await publish(words(text))
    expect({ status: state.status, attempts }).toEqual({ status: 'published', attempts: 1 })
    const [post, ...more] = await peer.posts(text)
    expect(more).toEqual([])
    const bytes = Buffer.from(text)
    const shown = post?.value.facets?.map(({ index, features: [feature] }) => {
      const { $type: _type, ...rest } = feature ?? {}
      return [bytes.subarray(index.byteStart, index.byteEnd).toString(), rest]
    })
    expect(shown).toEqual([
      ['@harbour.test', { did: await peer.didOf('harbour.test') }],
      ['https://acme.example/hafen?ö=1', { uri: 'https://acme.example/hafen?ö=1' }],
      ['#Häfen', { tag: 'Häfen' }],
    ])
    expect(state).toMatchObject({ remoteId: post?.uri })
  })

  it('pictures go out with their descriptions and shapes, as they were', async () => {
    const text = 'Two of the harbour'
    const media = [photo('one', 'Boats'), photo('two', 'A crane')]
    expect((await publish({ text, media })).state.status).toBe('published')
    const [post] = await peer.posts(text)
    const images = post?.value.embed?.images ?? []
    expect(images.map(({ alt, aspectRatio, image }) => [alt, aspectRatio, image.mimeType])).toEqual(
      [
        ['Boats', { width: 800, height: 600 }, 'image/jpeg'],
        ['A crane', { width: 800, height: 600 }, 'image/jpeg'],
      ],
    )
    const [first] = images
    expect(await peer.blob(first?.image.ref.$link ?? '')).toEqual(new Uint8Array(picture))
  })

  it('a link without pictures becomes a card', async () => {
    const text = 'News from the quay: https://acme.example/news'
    expect((await publish(words(text))).state.status).toBe('published')
    const [post] = await peer.posts(text)
    expect(post?.value.embed).toMatchObject({
      $type: 'app.bsky.embed.external',
      external: { uri: 'https://acme.example/news', title: 'acme.example' },
    })
  })

  it('a card says what the page said, with its picture', async () => {
    const url = 'https://acme.example/harbour'
    const text = `Open again: ${url}`
    const thumb = photo('card', '')
    const card = { url, title: 'The harbour', description: 'Open again', thumb }
    expect((await publish({ text, media: [], card })).state.status).toBe('published')
    const [post] = await peer.posts(text)
    const { external } = post?.value.embed ?? {}
    expect(external).toMatchObject({ uri: url, title: 'The harbour', description: 'Open again' })
    expect(await peer.blob(external?.thumb?.ref.$link ?? '')).toEqual(new Uint8Array(picture))
  })

  it('the limit of 300 characters is the one that is checked beforehand', async () => {
    const most = 'ñ́'.repeat(299)
    expect(connector.check(words(`${most}😀`))).toEqual([])
    expect((await publish(words(`${most}😀`))).state.status).toBe('published')
    const tooLong = words(`${most}👩‍👩‍👧e`)
    expect(connector.check(tooLong)).toMatchObject([{ field: 'text' }])
    const { state } = await publish(tooLong)
    expect(state).toMatchObject({ status: 'failed', reason: { class: 'validation' } })
    expect(await peer.posts(tooLong.text)).toEqual([])
  })

  it.each([
    { when: 'before', times: 1, ends: 'published', copies: 1 },
    { when: 'after', times: 1, ends: 'published', copies: 1 },
    { when: 'before', times: 99, ends: 'failed', copies: 0 },
    { when: 'after', times: 99, ends: 'published', copies: 1 },
  ] as const)(
    'an answer lost $when the record was written, $times times: $ends, $copies live',
    async ({ when, times, ends, copies }) => {
      const text = `Lost ${when}, ${times} times`
      peer.proxy.lose({ method: WRITE, when, times })
      const { state } = await publish(words(text))
      expect(state.status).toBe(ends)
      expect(await peer.posts(text)).toHaveLength(copies)
    },
  )

  it('a worker that dies at any point, its answer lost as well, leaves one post', async () => {
    const content = (point: number) => ({
      text: `Dies at ${point}`,
      media: [photo('one', 'Boats')],
    })
    const { points } = await publish(content(0))
    for (let point = 1; point <= points; point++) {
      peer.proxy.lose({ method: WRITE, when: 'after', times: 1 })
      const dead = await publish(content(point), { dieAt: point })
      const { state } = await publish(content(point), { from: dead.target })
      expect(state.status, `point ${point}`).toBe('published')
      expect(await peer.posts(content(point).text), `point ${point}`).toHaveLength(1)
    }
  })

  it('twenty twins of one attempt write one post', async () => {
    const text = 'Twins'
    const ends = await Promise.all(Array.from({ length: 20 }, () => publish(words(text))))
    expect(new Set(ends.map(({ state }) => state.status))).toEqual(new Set(['published']))
    expect(await peer.posts(text)).toHaveLength(1)
  })

  it('a session that has ended is renewed, not opened anew', async () => {
    const later = createSteppedClock(Date.now())
    const options: Partial<DriveOptions> = {
      clock: later,
      connector: createConnector(accountSchema.parse(account())),
      until: ({ state }) => state.status === 'published',
    }
    await publish(words('At once'), options)
    later.advance(101 * 60_000)
    expect((await publish(words('Two hours later'), options)).state.status).toBe('published')
    expect(peer.proxy.calls('com.atproto.server.refreshSession')).toBe(1)
    expect(peer.proxy.calls('com.atproto.server.createSession')).toBe(1)
  })

  it('a post that is deleted is missed, and deleting it again does not hurt', async () => {
    const text = 'Only for now'
    const { target } = await publish(words(text), {
      until: ({ state }) => state.status === 'published',
    })
    const [post] = await peer.posts(text)
    const steps = { prepare: reader().read, now: clock.now }
    expect(await connector.remove?.(post?.uri ?? '', steps)).toEqual({ kind: 'removed' })
    expect(await peer.posts(text)).toEqual([])
    expect(await connector.remove?.(post?.uri ?? '', steps)).toEqual({ kind: 'removed' })
    const { state } = await publish(words(text), { from: target })
    expect(state).toMatchObject({ status: 'failed', reason: { class: 'removed' } })
  })
})

describe('the whole program', () => {
  it('killed when the record is written and nobody knows, finds it and writes no second', async () => {
    const text = 'Killed in the middle'
    const folder = await mkdtemp(join(tmpdir(), 'killed-program-'))
    try {
      const first = program('publish', folder, text)
      peer.proxy.onceAnswered(WRITE, () => first.kill('SIGKILL'))
      await once(first, 'exit')
      expect(await peer.posts(text)).toHaveLength(1)
      const readBefore = peer.proxy.calls(READ)
      const second = program('go on', folder, text)
      await waitFor(
        'a look-up',
        () => peer.proxy.calls(READ),
        (reads) => reads > readBefore,
        120_000,
      )
      second.kill('SIGTERM')
      await once(second, 'exit')
      const database = await openEmbedded(folder)
      const loaded = await loadTarget(database.orm, 't1')
      await database.close()
      expect(loaded?.stored.target.state).toMatchObject({ status: 'published', how: 'found' })
      expect(await peer.posts(text)).toHaveLength(1)
      expect(peer.proxy.calls(WRITE)).toBe(1)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }, 300_000)

  function program(what: string, folder: string, text: string): ChildProcess {
    const script = fileURLToPath(new URL('publishing-process.ts', import.meta.url))
    return spawn(process.execPath, ['--import', 'tsx', script, what], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env.PATH,
        ACCOUNT: JSON.stringify(account()),
        TEXT: text,
        PRESSROOM_DATA_DIR: folder,
        PRESSROOM_SETTLE_MS: '200',
      },
    })
  }
})

describe('its app password', () => {
  it('is refused once it was taken away, and the post waits for a new one', async () => {
    const reads = reader()
    expect(await connector.checkCredentials(reads)).toEqual({
      kind: 'ok',
      identity: '@acme-news.test',
    })
    await peer.revoke()
    expect(await connector.checkCredentials(reads)).toMatchObject({
      kind: 'refused',
      reason: { class: 'auth', code: 'AuthenticationRequired' },
    })
    const fresh = createConnector(accountSchema.parse(account()))
    const { state } = await publish(words('Without a password'), { connector: fresh })
    expect(state).toMatchObject({ status: 'held', hold: 'account' })
    expect(await peer.posts('Without a password')).toEqual([])
  })
})
