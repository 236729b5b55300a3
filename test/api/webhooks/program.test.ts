import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ProgramStage, startWith } from '../../bot/surfaces/program.js'
import { openSlack } from '../../bot/surfaces/slack.js'
import type { Surface } from '../../bot/surfaces/surface.js'

const MINUTE = 60_000
const TEXTS = ['Before it died', 'While it is dead', 'Once more while it is dead']

interface Heard {
  readonly id: string
  readonly type: string
  readonly post: { readonly id: string; readonly allLive: boolean }
  readonly target?: { readonly account: string; readonly from: string | null; readonly to: string }
}

describe('the whole program with a dead receiver of a webhook', { timeout: 3 * MINUTE }, () => {
  let chat: Surface
  let stage: ProgramStage
  let receiver: Server
  let heard: Heard[]
  let port: number

  beforeEach(async () => {
    heard = []
    receiver = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      heard.push(JSON.parse(Buffer.concat(chunks).toString()))
      response.writeHead(204).end()
    })
    await listen(0)
    port = (receiver.address() as AddressInfo).port
    const url = `http://127.0.0.1:${port}/hook`
    chat = await openSlack()
    stage = await startWith([chat], {
      environment: { PRESSROOM_ALLOW_PRIVATE_MEDIA: '1' },
      file: {
        channels: [{ chat: 'slack', channel: 'C00000SOCIAL', targets: ['facebook', 'mastodon'] }],
        webhooks: [{ name: 'ops', url, secret: 'a secret of the receiver' }],
      },
    })
  }, MINUTE)

  afterEach(async () => {
    await stage.close()
    await chat.close()
    receiver.closeAllConnections()
    receiver.close()
  })

  const listen = (at: number) =>
    new Promise<void>((resolve) => receiver.listen(at, '127.0.0.1', resolve))
  const die = () =>
    new Promise<void>((resolve) => {
      receiver.close(() => resolve())
      receiver.closeAllConnections()
    })
  const said = (words: string) => chat.inChannel().filter(({ text }) => text.includes(words))
  const publish = async (text: string) => {
    const asked = await chat.publish('ana', text)
    expect(asked.acknowledgedMs).toBeLessThan(3_000)
    await chat.waitFor(() => chat.counts(text)?.live === 2, MINUTE)
  }
  const settled = () => heard.filter(({ type }) => type === 'post.settled')

  it('says once in the channel that it is paused, publishes on, and tells everything in order later', async () => {
    const [before = '', ...meanwhile] = TEXTS
    await publish(before)
    await expect.poll(() => settled().length, { timeout: MINUTE }).toBe(1)
    await die()
    for (const text of meanwhile) await publish(text)

    await chat.waitFor(() => said('The webhook ops is paused').length > 0, MINUTE)
    const [notice] = said('The webhook ops is paused')
    expect(notice?.text).toContain(`its receiver at 127.0.0.1:${port} has taken nothing`)
    expect(notice?.text).toMatch(/it refuses the connection|\d+ events wait/)
    // It is tried again every few seconds meanwhile, and that is nothing to talk about.
    const tries = () => stage.log.filter(({ msg }) => msg === 'a webhook is not taken').length
    const triesThen = tries()
    await expect.poll(tries, { timeout: MINUTE }).toBeGreaterThanOrEqual(triesThen + 2)
    expect(said('The webhook ops')).toHaveLength(1)

    await listen(port)
    await expect.poll(() => settled().length, { timeout: MINUTE }).toBe(TEXTS.length)
    await chat.waitFor(() => said('The webhook ops answers again').length > 0, MINUTE)
    expect(said('The webhook ops')).toHaveLength(2)

    const posts = new Set(heard.map(({ post }) => post.id))
    expect(posts.size).toBe(TEXTS.length)
    for (const id of posts) expectInOrder(heard.filter(({ post }) => post.id === id))
  })
})

/** Every change of a post follows from the one before it, none is missing, and the end comes last. */
function expectInOrder(messages: readonly Heard[]): void {
  const ids = messages.map(({ id }) => Number.parseInt(id.slice(1), 10))
  expect(ids).toEqual([...ids].sort((a, b) => a - b))
  expect(messages.at(-1)).toMatchObject({ type: 'post.settled', post: { allLive: true } })
  const stateOf = new Map<string, string>()
  for (const { target } of messages) {
    if (!target) continue
    expect(target.from).toBe(stateOf.get(target.account) ?? target.from)
    stateOf.set(target.account, target.to)
  }
  expect([...stateOf.values()]).toEqual(['published', 'published'])
}
