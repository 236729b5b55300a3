import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eq } from 'drizzle-orm'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBluesky } from '../../../src/publisher/connectors/bluesky/index.js'
import type { Content } from '../../../src/publisher/connectors/connector.js'
import { loadMedia } from '../../../src/store/media.js'
import { targets } from '../../../src/store/schema.js'
import { testDatabases } from '../../support/database.js'
import { createTestBot, type TestBot } from '../handle/bot.js'

const bluesky = createBluesky({
  name: 'x',
  platform: 'bluesky',
  identifier: 'acme.example',
  appPassword: 'secret',
  apiUrl: 'https://bsky.example',
})
const PAGE = `<title>News</title><meta name="description" content="From the quay">`

const closers: (() => Promise<unknown>)[] = []
afterEach(() => Promise.all(closers.splice(0).map((close) => close())))

/** @returns the server's root, and the paths it was asked for */
async function serve(listener: RequestListener) {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(request.url ?? '')
    listener(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closers.push(
    () =>
      new Promise((done) => {
        server.close(done)
        server.closeAllConnections()
      }),
  )
  return { root: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

describe.each(testDatabases().slice(0, 1))('cards of links, on the $engine database', ({ use }) => {
  const database = use()
  let bot: TestBot

  const createBot = (allowPrivate = true) =>
    createTestBot(database(), {
      media: { allowPrivate, servesMedia: true },
      platforms: {
        images: () => bluesky.images,
        check: (_account, content) => bluesky.check(content),
        linkCard: (account, content) => (account === 'x' ? bluesky.linkCard?.(content) : undefined),
        retrySafety: () => '',
        canRemove: () => true,
        capabilities: () => ({ canLookUp: true, canVerify: true }),
      },
    })

  beforeEach(async () => {
    bot = await createBot()
  })

  async function contents(text: string): Promise<Record<string, Content>> {
    bot.clock.advance(90_000_000)
    await bot.publish(text)
    const { targets: list } = await bot.newest()
    return Object.fromEntries(list.map(({ account, content }) => [account, content as Content]))
  }

  it('are frozen with the content of the accounts whose platform does not read pages', async () => {
    const picture = await sharp({
      create: { width: 1200, height: 1200, channels: 3, background: 'teal', noise: NOISE },
    })
      .png()
      .toBuffer()
    const { root, seen } = await serve((request, response) => {
      if (request.url === '/quay.png') return response.end(picture)
      response.setHeader('content-type', 'text/html')
      response.end(`${PAGE}<meta property="og:image" content="/quay.png">`)
    })
    const found = await contents(`Read ${root}/news.`)
    expect(found.facebook).toEqual({ text: `Read ${root}/news.`, media: [] })
    expect(found.x?.card).toMatchObject({
      url: `${root}/news`,
      title: 'News',
      description: 'From the quay',
      thumb: { kind: 'image', mime: 'image/jpeg', filename: 'card.jpg' },
    })
    expect(seen).toEqual(['/news', '/quay.png'])
    const { thumb } = found.x?.card ?? {}
    const kept = await loadMedia(database().orm, thumb?.id ?? '')
    expect(kept?.bytes.byteLength).toBe(thumb?.bytes)
    expect(thumb?.bytes).toBeLessThanOrEqual(1_000_000)
    expect(bluesky.check({ text: '', media: thumb ? [thumb] : [] })).toEqual([])
  })

  it.each([
    ['a page that is gone', (_request, response) => response.writeHead(404).end(PAGE)],
    ['no page', (_request, response) => response.setHeader('content-type', 'image/png').end(PAGE)],
    [
      'a page that does not stop redirecting',
      (request, response) => response.writeHead(302, { location: request.url ?? '' }).end(),
    ],
    ['a page without a title', (_request, response) => html(response).end('<p>Hello')],
    ['a server that breaks off', (request) => request.socket.destroy()],
  ] as [string, RequestListener][])(
    'are left out for %s, and the post goes out',
    async (_, answer) => {
      const { root } = await serve(answer)
      const text = `Read ${root}/news`
      expect((await contents(text)).x).toEqual({ text, media: [] })
    },
  )

  it('have no picture where that cannot be read', async () => {
    const { root } = await serve((request, response) => {
      if (request.url !== '/news') return response.writeHead(500).end()
      html(response).end(`${PAGE}<meta property="og:image" content="/quay.png">`)
    })
    expect((await contents(`Read ${root}/news`)).x?.card).toEqual({
      url: `${root}/news`,
      title: 'News',
      description: 'From the quay',
    })
  })

  it('are never read from a private address, nor is their picture', async () => {
    bot = await createBot(false)
    const { root, seen } = await serve((_request, response) => html(response).end(PAGE))
    expect((await contents(`Read ${root}/news`)).x).not.toHaveProperty('card')
    expect(seen).toEqual([])
  })

  it('say what the beginning of an endless page said', async () => {
    const { root } = await serve((_request, response) => {
      html(response).write(PAGE)
      const more = () => {
        while (response.write('<p>more</p>'.repeat(1000)));
        response.once('drain', more)
      }
      more()
    })
    expect((await contents(`Read ${root}/news`)).x?.card?.title).toBe('News')
  })

  it('stay when the text is edited around the link, and go with it', async () => {
    const { root, seen } = await serve((_request, response) => html(response).end(PAGE))
    await contents(`Read ${root}/news`)
    const { post } = await bot.newest()
    const failed = {
      status: 'failed',
      reason: { class: 'validation', text: 'No.' },
      failedAt: bot.clock.now(),
    } as const
    const { targets: list } = await bot.set(post.id, { x: failed })
    const id = list.find(({ account }) => account === 'x')?.id ?? ''
    await bot.ask({ kind: 'editSubmitted', id, text: `Do read ${root}/news` })
    const read = async () =>
      (await database().orm.select().from(targets).where(eq(targets.id, id)))[0]?.content as Content
    expect(await read()).toMatchObject({ text: `Do read ${root}/news`, card: { title: 'News' } })
    expect(seen).toEqual(['/news'])
    await bot.set(post.id, { x: failed })
    await bot.ask({ kind: 'editSubmitted', id, text: 'Nothing to read' })
    expect(await read()).toEqual({ text: 'Nothing to read', media: [] })
  })
})

const NOISE = { type: 'gaussian', mean: 128, sigma: 12 } as const

function html<T extends { setHeader(name: string, value: string): T }>(response: T): T {
  return response.setHeader('content-type', 'text/html')
}
