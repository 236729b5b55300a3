/**
 * The HTTP API under load: `npm run bench:api -- [--seconds 60] [--rate 1000]`. The product runs as
 * it is started by anybody, on a database of its own where TEST_DATABASE_URL (and TEST_REDIS_URL) name
 * servers, else on the embedded one, and publishes to its own stand-ins while requests of all kinds
 * come at a steady rate: good ones, wrong and under-scoped tokens, what is malformed, and more than a
 * token may ask. Printed are the answers by status, wrong ones, latencies, the resident set over time,
 * and how long publishing took without and with the load.
 */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createOwnDatabase } from './databases.js'
import { build, residentMb, startProduct, stop } from './product.js'

const TOKEN = 'bench-token-of-the-environment'
const agent = new Agent({ keepAlive: true, maxSockets: 64 })

const { values } = parseArgs({
  options: { seconds: { type: 'string' }, rate: { type: 'string' } },
})
const seconds = Number(values.seconds ?? 60)
const rate = Number(values.rate ?? 1000)

interface Answer {
  readonly status: number
  readonly body: string
}

function ask(
  port: number,
  method: string,
  path: string,
  token: string | null,
  json?: string,
): Promise<Answer> {
  return new Promise((done, fail) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        agent,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(json === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) }),
        },
      },
      (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk) => {
          body += chunk
        })
        response.on('end', () => done({ status: response.statusCode ?? 0, body }))
        response.on('error', fail)
      },
    )
    sent.on('error', fail)
    sent.end(json)
  })
}

/** Publishes one post after the other. @returns how long each took to be settled, in milliseconds */
async function publish(port: number, posts: number, label: string): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < posts; i++) {
    const began = performance.now()
    const json = JSON.stringify({ text: `${label} ${i} ${began}`, to: ['facebook', 'mastodon'] })
    const made = await ask(port, 'POST', '/api/posts', TOKEN, json)
    if (made.status !== 202)
      throw new Error(`a post was answered with ${made.status}: ${made.body}`)
    const { id } = JSON.parse(made.body)
    for (;;) {
      const { status, body } = await ask(port, 'GET', `/api/posts/${id}`, TOKEN)
      if (status === 200 && JSON.parse(body).settled) {
        if (!JSON.parse(body).allLive) throw new Error(`${id} is not live: ${body}`)
        break
      }
      await sleep(100)
    }
    times.push(performance.now() - began)
  }
  return times
}

interface Kind {
  readonly name: string
  readonly expected: readonly number[]
  readonly weight: number
  ask(): Promise<Answer>
  isRight?(answer: Answer): boolean
}

/** Requests by what they should be answered with; the readers together stay inside their rates. */
function kindsOf(
  port: number,
  postId: string,
  { reader, slow, poster }: Record<'reader' | 'slow' | 'poster', string>,
): Kind[] {
  const get = (path: string, token: string | null) => () => ask(port, 'GET', path, token)
  const post = (json: string, token: string) => () => ask(port, 'POST', '/api/posts', token, json)
  const names = (answer: Answer) => JSON.parse(answer.body).id === postId
  return [
    {
      name: 'one post',
      expected: [200],
      weight: 40,
      ask: get(`/api/posts/${postId}`, reader),
      isRight: names,
    },
    {
      name: 'older shape',
      expected: [200],
      weight: 10,
      ask: get(`/api/posts/${postId}/insights`, reader),
      isRight: names,
    },
    { name: 'nothing there', expected: [404], weight: 5, ask: get('/api/posts/pnone', reader) },
    { name: 'wrong token', expected: [401, 429], weight: 10, ask: get('/api/posts', 'wrong') },
    { name: 'no token', expected: [401, 429], weight: 5, ask: get('/api/posts', null) },
    {
      name: 'too narrow a token',
      expected: [403],
      weight: 10,
      ask: post('{"text":"Hello"}', reader),
    },
    { name: 'no JSON', expected: [400], weight: 5, ask: post('{"text": ', poster) },
    {
      name: 'unknown account',
      expected: [422],
      weight: 5,
      ask: post('{"text":"Hi","to":"none"}', poster),
    },
    { name: 'above its rate', expected: [200, 429], weight: 10, ask: get('/api/accounts', slow) },
  ]
}

async function load(child: ChildProcess, kinds: readonly Kind[]) {
  const wheel = kinds.flatMap((kind) => Array.from({ length: kind.weight }, () => kind))
  const counts = new Map<string, number>()
  const wrong: string[] = []
  const latencies: number[] = []
  const memory: number[] = []
  const pending = new Set<Promise<void>>()
  const began = performance.now()
  let sent = 0
  while (performance.now() - began < seconds * 1000) {
    const due = Math.floor(((performance.now() - began) / 1000) * rate)
    while (sent < due) {
      const kind = wheel[(sent * 37) % wheel.length] as Kind
      sent += 1
      const at = performance.now()
      const asked = kind
        .ask()
        .then((answer) => {
          latencies.push(performance.now() - at)
          const key = `${kind.name} ${answer.status}`
          counts.set(key, (counts.get(key) ?? 0) + 1)
          const isRight =
            kind.expected.includes(answer.status) &&
            (answer.status !== 200 || (kind.isRight?.(answer) ?? true))
          if (!isRight) wrong.push(`${key}: ${answer.body.slice(0, 200)}`)
        })
        .catch((error: Error) => void wrong.push(`${kind.name}: ${error.message}`))
        .finally(() => pending.delete(asked))
      pending.add(asked)
    }
    const second = Math.floor((performance.now() - began) / 1000)
    if (memory.length <= second) memory.push(residentMb(child))
    await sleep(5)
  }
  await Promise.all(pending)
  return { sent, tookMs: performance.now() - began, counts, wrong, latencies, memory }
}

function quantile(list: readonly number[], part: number): string {
  const sorted = [...list].sort((a, b) => a - b)
  return `${Math.round(sorted[Math.floor((sorted.length - 1) * part)] ?? 0)} ms`
}

/** Posts published without any load, to compare with. */
const ALONE = 5
const POST_EVERY_MS = 1_000

async function main(): Promise<void> {
  build()
  const folder = mkdtempSync(join(tmpdir(), 'pressroom-bench-'))
  const { TEST_DATABASE_URL: url, TEST_REDIS_URL: redisUrl } = process.env
  const own = url ? await createOwnDatabase(url) : undefined
  const { child, port } = await startProduct(folder, {
    ...(own ? { DATABASE_URL: own.url } : {}),
    ...(own && redisUrl ? { REDIS_URL: redisUrl } : {}),
    PRESSROOM_API_TOKEN: TOKEN,
  })
  try {
    const token = async (perSecond: number, ...scopes: string[]) => {
      const json = JSON.stringify({ name: `bench-${perSecond}`, scopes, perSecond })
      return JSON.parse((await ask(port, 'POST', '/api/tokens', TOKEN, json)).body).token as string
    }
    const reader = await token(10_000, 'read')
    const slow = await token(10, 'read')
    // One of its own, so that its rate is not used up for the posts that are published meanwhile.
    const poster = await token(9_999, 'publish')
    const alone = await publish(port, ALONE, 'alone')
    const { body } = await ask(port, 'GET', '/api/posts?limit=1', TOKEN)
    const kinds = kindsOf(port, JSON.parse(body).posts[0].id, { reader, slow, poster })
    let isLoading = true
    const under: number[] = []
    const publishing = (async () => {
      while (isLoading) {
        under.push(...(await publish(port, 1, 'under load')))
        await sleep(POST_EVERY_MS) // more would be held back by what the platforms allow
      }
    })()
    const [result] = await Promise.all([
      load(child, kinds).finally(() => {
        isLoading = false
      }),
      publishing,
    ])
    report(result, alone, under)
    if (result.wrong.length > 0) process.exitCode = 1
  } finally {
    await stop(child)
    await own?.drop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function report(
  { sent, tookMs, counts, wrong, latencies, memory }: Awaited<ReturnType<typeof load>>,
  alone: readonly number[],
  under: readonly number[],
): void {
  const perSecond = Math.round(sent / (tookMs / 1000))
  console.log(
    `${sent} requests in ${(tookMs / 1000).toFixed(1)} s, ${perSecond} a second (${rate} wanted)`,
  )
  for (const [key, count] of [...counts].sort())
    console.log(`  ${key.padEnd(28)}${String(count).padStart(8)}`)
  console.log(`wrong answers: ${wrong.length}`)
  for (const one of wrong.slice(0, 5)) console.log(`  ${one}`)
  console.log(`latency: median ${quantile(latencies, 0.5)}, 99 % ${quantile(latencies, 0.99)}`)
  const at = (part: number) =>
    `${Math.round(memory[Math.floor((memory.length - 1) * part)] ?? 0)} MB`
  console.log(
    `memory: ${at(0)} at first, ${at(0.25)}, ${at(0.5)}, ${at(0.75)}, ${at(1)} at the end`,
  )
  console.log(
    `publish until live: ${quantile(alone, 0.5)} alone, ${quantile(under, 0.5)} under load (${under.length} posts, slowest ${quantile(under, 1)})`,
  )
}

await main()
