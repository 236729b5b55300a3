import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { createGate, type Gate } from '../support/gate.js'
import { databaseUrl } from '../support/prepare-databases.js'
import { openDiscord } from './surfaces/discord.js'
import { type ProgramStage, startWith } from './surfaces/program.js'
import { openSlack } from './surfaces/slack.js'
import type { Surface } from './surfaces/surface.js'

const MINUTE = 60_000
const TOKEN = 'token-of-the-outage-test'
const url = process.env.TEST_DATABASE_URL

/** The embedded database cannot be away while the program is there. */
describe.skipIf(!url)(
  'the whole program while its database is away',
  { timeout: 3 * MINUTE },
  () => {
    const name = `pressroom_test_${randomUUID().slice(0, 8)}`
    const admin = postgres(url ?? '', { max: 1, onnotice: () => {} })
    let gate: Gate
    let chats: readonly Surface[]
    let stage: ProgramStage

    beforeAll(async () => {
      await admin.unsafe(`create database ${name} template ${inject('template')}`)
    })
    afterAll(async () => {
      await admin.unsafe(`drop database if exists ${name} with (force)`)
      await admin.end()
    })

    beforeEach(async () => {
      const server = new URL(databaseUrl(url ?? '', name))
      gate = await createGate({ host: server.hostname, port: Number(server.port || 5432) })
      server.hostname = '127.0.0.1'
      server.port = String(gate.port)
      chats = await Promise.all([openSlack(), openDiscord()])
      stage = await startWith(chats, {
        environment: {
          DATABASE_URL: server.href,
          PRESSROOM_SECRET_KEY: '0'.repeat(64),
          PRESSROOM_API_TOKEN: TOKEN,
        },
      })
    }, MINUTE)

    afterEach(async () => {
      await stage.close()
      for (const chat of chats) await chat.close()
      await gate.shut()
    })

    const ask = (path: string, init: RequestInit = {}) =>
      fetch(`http://127.0.0.1:${stage.port()}${path}`, init)
    const post = (text: string) =>
      ask('/api/posts', {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ text, channel: 'slack/C00000SOCIAL' }),
      })
    const readiness = async () => {
      const answer = await ask('/readyz')
      return `${answer.status} ${(await answer.text()).trim()}`
    }
    const logged = (words: string) => stage.log.filter(({ msg }) => msg.includes(words))
    const live = (text: string) => [stage.live('facebook', text), stage.live('mastodon', text)]

    it('acknowledges every command, says that nothing was queued, and does nothing by halves', async () => {
      expect(await readiness()).toBe('200 ready')
      const slow = {
        on: 'mutation',
        when: 'before',
        kind: 'slow',
        delayMs: 2_000,
        times: 2,
      } as const
      stage.sandbox.addFault('facebook', slow)
      for (const chat of chats) {
        await chat.publish('ana', `Under way in ${chat.name}`)
        await chat.waitFor(() => chat.posts(`Under way in ${chat.name}`).length === 1, MINUTE)
      }
      await gate.shut()

      const lost: string[] = []
      for (let round = 0; round < 8; round++) {
        for (const chat of chats) {
          const text = `Lost ${round} in ${chat.name}`
          lost.push(text)
          const asked = await chat.publish('ben', text)
          expect(asked.acknowledgedMs).toBeLessThan(3_000)
          const said = () => asked.said().join('\n')
          await expect.poll(said, { timeout: MINUTE }).toContain('Nothing was queued')
          expect(said()).toContain('its database does not answer')
          expect(said()).not.toContain('This takes longer than usual')
        }
        expect(await readiness()).toBe('503 the database does not answer')
      }
      expect((await ask('/healthz')).status).toBe(200)
      const refused = await post('Lost in the API')
      expect([refused.status, await refused.json()]).toMatchObject([
        503,
        { type: 'urn:pressroom:problem:store-unavailable' },
      ])
      await expect
        .poll(() => logged('the database does not answer: nothing is queued'), { timeout: MINUTE })
        .toHaveLength(1)

      await gate.open()
      await expect.poll(readiness, { timeout: MINUTE }).toBe('200 ready')
      await expect
        .poll(() => logged('the database answers again'), { timeout: MINUTE })
        .toHaveLength(1)
      for (const chat of chats) {
        const after = `After it in ${chat.name}`
        await chat.publish('ana', after)
        for (const text of [after, `Under way in ${chat.name}`]) {
          await chat.waitFor(() => chat.counts(text)?.live === 2, MINUTE)
          expect([live(text), chat.posts(text).length]).toEqual([[1, 1], 1])
        }
      }
      for (const text of [...lost, 'Lost in the API']) {
        expect([text, ...live(text)]).toEqual([text, 0, 0])
        for (const chat of chats) expect(chat.posts(text)).toEqual([])
      }
      expect(logged('the database does not answer: nothing is queued')).toHaveLength(1)
    })
  },
)
