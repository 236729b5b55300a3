import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MediaSource } from '../../../src/bot/command.js'
import { createDesk } from '../../../src/desk.js'
import { accountSchema } from '../../../src/publisher/connectors/index.js'
import { syncAccounts } from '../../../src/store/accounts.js'
import { createSecretBox } from '../../../src/store/secret-box.js'
import { testDatabases } from '../../support/database.js'
import { jpegOf, movingGif, pngOf } from '../media/pictures.js'
import { mp4 } from '../media/samples.js'
import { createTestBot, type TestBot, textOf } from './bot.js'

const ACCOUNTS = [
  { platform: 'facebook', pageId: '1029', accessToken: 't' },
  { platform: 'instagram', userId: '1784', accessToken: 't' },
  { platform: 'threads', userId: '9921', accessToken: 't' },
  { platform: 'bluesky', identifier: 'acme.example', appPassword: 't' },
  { platform: 'mastodon', accessToken: 't', apiUrl: 'https://mastodon.example' },
  { platform: 'x', accessToken: 't' },
  { platform: 'linkedin', author: 'urn:li:organization:77', accessToken: 't' },
  { platform: 'telegram', chatId: '@acme', botToken: 't' },
  { platform: 'discord', webhookUrl: 'https://discord.com/api/webhooks/1/t' },
].map((entry) => accountSchema.parse({ name: entry.platform, ...entry }))

const video = (durationMs: number) => mp4({ width: 1080, height: 1920, durationMs })
const FILES: Readonly<Record<string, () => Promise<Buffer> | Buffer>> = {
  'photo.jpg': () => jpegOf(800, 600),
  'logo.png': () => pngOf(400, 300),
  'large.jpg': () => jpegOf(1800, 1350),
  'banner.jpg': () => jpegOf(2000, 400),
  'party.gif': movingGif,
  '141s.mp4': () => video(141_000),
  '6min.mp4': () => video(361_000),
  '16min.mp4': () => video(961_000),
  '31min.mp4': () => video(1_861_000),
}

let server: Server
let root: string
const kept = new Map<string, Buffer>()

beforeAll(async () => {
  for (const [name, make] of Object.entries(FILES)) kept.set(name, await make())
  server = createServer((request, response) => {
    response.end(kept.get((request.url ?? '').slice(1)))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}, 60_000)
afterAll(() => new Promise((done) => server.close(done)))

const files = (names: readonly string[], alt?: string): MediaSource[] =>
  names.map((name) => ({ from: 'url', url: `${root}/${name}`, ...(alt ? { alt } : {}) }))
const times = (count: number, name: string) => Array.from({ length: count }, () => name)

/** `é` as two code points, and a family as seven: one character each for people. */
const accented = (count: number) => 'e\u0301'.repeat(count)
const FAMILY = '👨‍👩‍👧'
const LINK = 'https://acme.example/a-long-way-to-the-harbour-and-back'

interface Row {
  readonly to: string
  readonly what: string
  readonly text?: string
  readonly media?: readonly string[]
  readonly alt?: string
  /** What is told; absent: it is queued. */
  readonly says?: string
}

const ROWS: readonly Row[] = [
  { to: 'bluesky', what: '300 characters with marks and emoji', text: accented(299) + FAMILY },
  {
    to: 'bluesky',
    what: '301 characters with marks and emoji',
    text: accented(300) + FAMILY,
    says: 'text | bluesky | The text has 301 characters; Bluesky takes 300.',
  },
  { to: 'x', what: 'a link at the limit', text: `${'a'.repeat(256)} ${LINK}` },
  {
    to: 'x',
    what: 'a link beyond the limit',
    text: `${'a'.repeat(257)} ${LINK}`,
    says: 'The text counts as 281 characters on X, which takes 280.',
  },
  {
    to: 'x',
    what: 'emoji that count twice',
    text: FAMILY.repeat(141),
    says: 'The text counts as 282',
  },
  { to: 'mastodon', what: 'a link at the limit', text: `${'a'.repeat(476)} ${LINK}` },
  {
    to: 'mastodon',
    what: 'a link beyond the limit',
    text: `${'a'.repeat(477)} ${LINK}`,
    says: 'The text has 501 characters; this server takes 500.',
  },
  { to: 'threads', what: 'an emoji at the limit', text: `${'a'.repeat(496)}😀` },
  {
    to: 'threads',
    what: 'an emoji beyond the limit',
    text: `${'a'.repeat(497)}😀`,
    says: 'The text counts as 501 characters; Threads takes 500.',
  },
  {
    to: 'threads',
    what: 'six links',
    text: [1, 2, 3, 4, 5, 6].map((n) => `https://a.example/${n}`).join(' '),
    says: 'The text has 6 links; Threads takes 5.',
  },
  {
    to: 'linkedin',
    what: 'brackets that are escaped',
    text: '('.repeat(1501),
    says: 'The text counts as 3002 characters on LinkedIn, which takes 3000.',
  },
  {
    to: 'telegram',
    what: '4097 characters',
    text: 'a'.repeat(4097),
    says: 'The text has 4097 characters; Telegram takes 4096.',
  },
  {
    to: 'telegram',
    what: '1025 characters under a picture',
    text: 'a'.repeat(1025),
    media: ['photo.jpg'],
    says: 'Telegram takes 1024 beside pictures or videos.',
  },
  {
    to: 'discord',
    what: '2001 characters',
    text: 'a'.repeat(2001),
    says: 'The text has 2001 characters; Discord takes 2000.',
  },
  {
    to: 'facebook',
    what: '63207 characters',
    text: 'a'.repeat(63_207),
    says: 'Facebook takes 63206.',
  },
  {
    to: 'instagram',
    what: '2201 characters',
    text: 'a'.repeat(2201),
    media: ['photo.jpg'],
    says: 'The caption has 2201 characters; Instagram takes 2200.',
  },
  {
    to: 'instagram',
    what: '31 hashtags',
    text: '#harbour '.repeat(31),
    media: ['photo.jpg'],
    says: 'The caption has 31 hashtags; Instagram takes 30.',
  },
  { to: 'instagram', what: 'no picture', text: 'Hello', says: 'no posts without an image' },
  ...['bluesky', 'mastodon', 'x'].map((to) => ({
    to,
    what: '5 pictures where 4 fit',
    media: times(5, 'photo.jpg'),
    says: 'There are 5 pictures',
  })),
  ...['facebook', 'instagram', 'telegram', 'discord'].map((to) => ({
    to,
    what: '11 pictures where 10 fit',
    media: times(11, 'photo.jpg'),
    says: 'There are 11 ',
  })),
  {
    to: 'x',
    what: 'a picture beside a video',
    media: ['photo.jpg', '141s.mp4'],
    says: 'or one video in one post',
  },
  { to: 'x', what: 'a video too long', media: ['141s.mp4'], says: 'X takes 0.5 to 140 s.' },
  {
    to: 'threads',
    what: 'a video too long',
    media: ['6min.mp4'],
    says: 'Threads takes 5 minutes.',
  },
  {
    to: 'instagram',
    what: 'a video too long',
    media: ['16min.mp4'],
    says: 'Instagram takes 3 s to 15 minutes.',
  },
  {
    to: 'linkedin',
    what: 'a video too long',
    media: ['31min.mp4'],
    says: 'LinkedIn takes 3 s to 30 min.',
  },
  {
    to: 'instagram',
    what: 'a shape that would have to be cropped',
    media: ['banner.jpg'],
    says: 'banner.jpg is 2000 by 400; Instagram takes shapes from 4:5 to 1.91:1.',
  },
  ...['Facebook', 'Instagram', 'Threads', 'Bluesky', 'Telegram'].map((name) => ({
    to: name.toLowerCase(),
    what: 'a picture that moves',
    media: ['party.gif'],
    says: `party.gif is animated; ${name} shows only pictures that stand still.`,
  })),
  ...['mastodon', 'x', 'linkedin', 'discord'].map((to) => ({
    to,
    what: 'a picture that moves',
    media: ['party.gif'],
  })),
  ...Object.entries({ x: 1000, instagram: 1000, threads: 1000, mastodon: 1500, discord: 1024 }).map(
    ([to, limit]) => ({
      to,
      what: 'a description too long',
      media: ['photo.jpg'],
      alt: 'a'.repeat(limit + 1),
      says: `alt | ${to} | The alt text of photo.jpg has ${limit + 1} characters`,
    }),
  ),
]

const [engine] = testDatabases()
describe('what a platform would refuse', () => {
  const database = engine?.use()
  let bot: TestBot

  beforeEach(async () => {
    if (!database) throw new Error('no engine')
    bot = await createTestBot(database(), {
      platforms: createDesk(ACCOUNTS, { servesMedia: true }),
    })
    await syncAccounts(database().orm, ACCOUNTS, createSecretBox(Buffer.alloc(32, 7)), 0)
  })

  it.each(ROWS)('$to, $what', async ({ to, text = 'Ahoy', media = [], alt, says }) => {
    const asked = { targets: [to], media: files(media, alt) }
    const reply = await bot.publish(text, asked)
    if (says === undefined) expect(textOf(reply)).toBe('')
    else expect(textOf(reply)).toContain(says)
    expect(await bot.all()).toHaveLength(says === undefined ? 1 : 0)
  })

  it('is told for every chosen account at once, next to its field', async () => {
    const reply = await bot.publish('a'.repeat(2500), {
      targets: ACCOUNTS.map(({ name }) => name),
      media: files(times(11, 'photo.jpg')),
    })
    const about = textOf(reply).split('\n')
    expect(about.filter((line) => line.startsWith('text | ')).length).toBeGreaterThanOrEqual(6)
    expect(about.filter((line) => line.startsWith('media_url | ')).length).toBeGreaterThanOrEqual(6)
    expect(await bot.all().then((all) => all.some(({ text }) => text.length === 2500))).toBe(false)
  })

  it('is made to fit where nobody would miss anything, once for all that need the same', async () => {
    const reply = await bot.publish('The harbour', {
      targets: ['facebook', 'instagram', 'bluesky', 'mastodon'],
      media: files(['logo.png', 'large.jpg'], 'Boats'),
    })
    expect(textOf(reply)).toMatch(
      /^logo\.png was made to fit: instagram gets a JPEG\.\nlarge\.jpg was made to fit: bluesky gets a JPEG( of \d+ by \d+)?\.$/,
    )
    const { targets } = await bot.newest()
    const got = new Map(targets.map(({ account, content }) => [account, content.media]))
    expect(got.get('instagram')?.[0]).toMatchObject({ mime: 'image/jpeg', filename: 'logo.jpg' })
    expect(got.get('instagram')?.[0]).not.toHaveProperty('sourceUrl')
    expect(got.get('bluesky')?.[1]?.bytes).toBeLessThanOrEqual(1_000_000)
    expect(got.get('facebook')?.map(({ filename }) => filename)).toEqual(['logo.png', 'large.jpg'])
    for (const media of got.values())
      expect(media.map(({ alt }) => alt)).toEqual(['Boats', 'Boats'])
  })

  it('is known for the same again, although its bytes were changed', async () => {
    const asked = { targets: ['instagram'], media: files(['logo.png']) }
    await bot.publish('Once', asked)
    const { targets } = await bot.newest()
    expect((await bot.publish('Once', asked)).kind).toBe('question')
    const kept = targets[0]
    await bot.publish('Once', { ...asked, targets: ['facebook'] })
    expect((await bot.newest()).targets[0]?.contentHash).toBe(kept?.contentHash)
  })
})
