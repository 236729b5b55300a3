import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CommandModule } from '../../src/command-line/command.js'
import * as publish from '../../src/command-line/publish.js'
import * as retry from '../../src/command-line/retry.js'
import * as status from '../../src/command-line/status.js'
import type { Environment } from '../../src/config.js'
import { typeCommand } from './type-command.js'

interface Asked {
  readonly method: string
  readonly path: string
  readonly token: string
  readonly key: string | undefined
  readonly body: unknown
}

const asked: Asked[] = []
/** In place of a status: the connection breaks off. */
const NO_ANSWER = 0
/** Answers to come, the last one for all that follow. */
let answers: { status: number; body: unknown }[] = []

const server = createServer((request, response) => {
  let text = ''
  request.on('data', (part) => {
    text += part
  })
  request.on('end', () => {
    asked.push({
      method: request.method ?? '',
      path: request.url ?? '',
      token: request.headers.authorization ?? '',
      key: request.headers['idempotency-key'] as string | undefined,
      body: text === '' ? undefined : JSON.parse(text),
    })
    const { status, body } = (answers.length > 1 ? answers.shift() : answers[0]) ?? {
      status: 500,
      body: {},
    }
    if (status === NO_ANSWER) return void response.destroy()
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
})

let port: number
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => server.close())
beforeEach(() => {
  asked.length = 0
})

const none = { live: 0, failed: 0, processing: 0, needsRetry: 0, needsPerson: 0 }
const post = (counts: Partial<typeof none>, changes: object = {}) => ({
  id: 'p1',
  settled: true,
  allLive: false,
  counts: { ...none, ...counts },
  targets: [{ account: 'masto', state: 'queued', words: 'Queued' }],
  ...changes,
})
const live = post(
  { live: 1 },
  {
    allLive: true,
    targets: [{ account: 'masto', state: 'published', words: 'Live', permalink: 'https://m/1' }],
  },
)
const problem = (name: string, detail: string) => ({
  type: `urn:pressroom:problem:${name}`,
  title: 'No',
  detail,
})
const halfFailed = post({ live: 1, failed: 1 })

const type = (module: CommandModule, args: string[], environment: Environment = {}) =>
  typeCommand(module, args, { PORT: String(port), PRESSROOM_API_TOKEN: 'token-1', ...environment })

describe('pressroom publish', () => {
  it('asks the running Pressroom, with each description next to its medium', async () => {
    answers = [{ status: 202, body: post({ processing: 1 }) }]
    const words = ['Hello', 'world', '--to', 'a,b', '--at', 'tomorrow 9:00', '--copy']
    const media = ['--media', 'https://x/1.jpg', '--media', 'https://x/2.jpg', '--alt', 'A boat']
    const { code, out } = await type(publish, [...words, ...media, '--key', 'k1'])
    expect({ code, out }).toEqual({ code: 0, out: 'p1: 1 processing\n  masto  Queued\n' })
    expect(asked).toEqual([
      {
        method: 'POST',
        path: '/api/posts',
        token: 'Bearer token-1',
        key: 'k1',
        body: {
          text: 'Hello world',
          targets: 'a,b',
          media: [{ url: 'https://x/1.jpg' }, { url: 'https://x/2.jpg', alt: 'A boat' }],
          publishAt: 'tomorrow 9:00',
          allowDuplicate: true,
        },
      },
    ])
  })

  it('waits until nothing moves, and ends by how it stands then', async () => {
    answers = [
      { status: 202, body: post({ processing: 1 }) },
      { status: 200, body: post({ needsRetry: 1 }) },
      { status: 200, body: live },
    ]
    const { code, out, err } = await type(publish, ['Hello', '--wait'])
    expect({ code, out, err }).toEqual({
      code: 0,
      out: 'p1: 1 live\n  masto  Live  https://m/1\n',
      err: 'queued p1\n',
    })
  })

  it.each([
    [[], 'There is nothing to publish.'],
    [['Hi', '--alt', 'A boat'], '--alt "A boat" stands after no --media of its own.'],
    [['Hi', '--wait=soon'], '--wait=soon is not a number of minutes.'],
    [['Hi', '--loud'], "Unknown option '--loud'."],
  ])('refuses %j and asks nobody', async (args, message) => {
    const { code, err } = await type(publish, args)
    expect(code).toBe(2)
    expect(err.split('\n')[0]).toBe(message)
    expect(asked).toEqual([])
  })

  it('says what Pressroom refused', async () => {
    answers = [{ status: 422, body: problem('invalid-request', 'text: It is too long.') }]
    expect(await type(publish, ['Hi'])).toEqual({
      code: 1,
      out: '',
      err: 'text: It is too long.\n',
    })
  })

  it('says that nobody answers, and how to try again without a second post', async () => {
    const { code, err } = await type(publish, ['Hi', '--key', 'k2'], { PORT: '1' })
    expect(code).toBe(1)
    expect(err).toMatch(/--key k2 makes sure/)
    expect(err).toMatch(/No Pressroom answers on http:\/\/127\.0\.0\.1:1 \(/)
  })

  it.each([
    ['the database', 503, problem('store-unavailable', 'It is not certain.'), 'It is not certain.'],
    ['a bug', 500, problem('internal-error', 'Look at the log.'), 'Look at the log.'],
    ['the end of the program', 503, problem('stopping', 'Ask again.'), 'Ask again.'],
    ['a proxy', 502, '<html>', /http:\S+ answered 502, and not as Pressroom does\./],
    [
      'what cannot be read',
      202,
      { ok: true },
      /http:\S+ answered 202, and not as Pressroom does\./,
    ],
  ])('says how to try again without a second post after %s', async (_what, status, body, why) => {
    answers = [{ status, body }]
    const { code, err } = await type(publish, ['Hi'])
    expect(code).toBe(1)
    expect(err).toContain(`--key ${asked[0]?.key} makes sure that trying again makes no second`)
    expect(err).toMatch(why)
  })

  it('goes on waiting when a look is not answered', async () => {
    answers = [
      { status: 202, body: post({ processing: 1 }) },
      { status: 503, body: problem('stopping', 'Ask again.') },
      { status: NO_ANSWER, body: {} },
      { status: 200, body: live },
    ]
    const { code, out, err } = await type(publish, ['Hello', '--wait'])
    expect({ code, err }).toEqual({ code: 0, err: 'queued p1\n' })
    expect(out).toContain('p1: 1 live')
  })

  it.each([
    ['nobody answers any more', NO_ANSWER, {}, '--wait=0.02', 'No Pressroom answers on'],
    [
      'the token is refused now',
      401,
      problem('token-refused', 'It has ended.'),
      '--wait',
      'It has',
    ],
  ])('says that it is still under way when %s', async (_what, status, body, wait, why) => {
    answers = [
      { status: 202, body: post({ processing: 1 }) },
      { status, body },
    ]
    const { code, out, err } = await type(publish, ['Hello', wait])
    expect({ code, out }).toEqual({ code: 4, out: 'p1: 1 processing\n  masto  Queued\n' })
    expect(err).toContain(`queued p1\n${why}`)
    expect(err).toContain('What was seen last stands below.')
  })

  it('asks for the token first', async () => {
    const { code, err } = await type(publish, ['Hi'], { PRESSROOM_API_TOKEN: '' })
    expect(code).toBe(2)
    expect(err).toMatch(/^PRESSROOM_API_TOKEN is not set/)
  })
})

describe('pressroom status', () => {
  it.each([
    ['all live', live, 0],
    ['some failed', halfFailed, 3],
    ['a person is needed', post({ live: 1, needsPerson: 1 }), 3],
    ['still processing', post({ live: 1, processing: 1 }), 4],
    ['waiting for a retry', post({ failed: 1, needsRetry: 1 }), 4],
  ])('ends by how it stands: %s', async (_what, body, code) => {
    answers = [{ status: 200, body }]
    expect((await type(status, ['p1'])).code).toBe(code)
    expect(asked[0]).toMatchObject({ method: 'GET', path: '/api/posts/p1' })
  })

  it('prints the whole post as data', async () => {
    answers = [{ status: 200, body: { ...halfFailed, history: ['kept'] } }]
    const { out } = await type(status, ['p1', '--json'])
    expect(JSON.parse(out)).toEqual({ ...halfFailed, history: ['kept'] })
  })
})

describe('pressroom retry', () => {
  it('sends again what was named, and says what that is', async () => {
    answers = [{ status: 200, body: { post: post({ processing: 1 }), done: ['masto'] } }]
    const { code, out } = await type(retry, ['p1', 'masto'])
    expect(code).toBe(0)
    expect(out).toBe('sending again: masto\np1: 1 processing\n  masto  Queued\n')
    expect(asked[0]).toMatchObject({ path: '/api/posts/p1/retry', body: { targets: ['masto'] } })
  })
})
