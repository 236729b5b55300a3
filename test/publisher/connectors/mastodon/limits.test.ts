import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../../src/publisher/connectors/http.js'
import { createMastodon } from '../../../../src/publisher/connectors/mastodon/index.js'
import { json, scriptedSteps } from '../scripted-steps.js'

const on = (apiUrl = 'https://long.example') =>
  createMastodon({ name: 'mastodon', platform: 'mastodon', accessToken: 't', apiUrl })
const long = { text: 'a'.repeat(900), media: [] }
const own = json({ id: '1', acct: 'acme' })
const instance = json({
  version: '4.5.2',
  configuration: { statuses: { max_characters: 5000 } },
})
const app = json({ scopes: ['read', 'write'] })
const down: Answer = { kind: 'noAnswer', why: 'the connection was reset' }

/** What is kept of a check, as it comes back from the store. */
async function stored(connector = on(), answers = [own, instance, app]) {
  const check = await connector.checkCredentials(scriptedSteps(answers))
  return JSON.parse(JSON.stringify(check))
}

describe('the limits of a server', () => {
  it('are the usual ones until it was asked', () => {
    expect(on().check(long)).toHaveLength(1)
  })

  it('are those of the newest check, also in a process that made none', async () => {
    const fresh = on()
    fresh.learn?.((await stored()).learned)
    expect(fresh.check(long)).toEqual([])
    expect(fresh.check({ ...long, text: 'a'.repeat(5001) })).toHaveLength(1)
  })

  it('are kept through a check that does not work', async () => {
    const restarted = on()
    restarted.learn?.((await stored()).learned)
    expect(await stored(restarted, [down])).toMatchObject({
      kind: 'unknown',
      learned: { limits: { characters: 5000 } },
    })
  })

  it('are not those of another server, nor of anything that cannot be read', async () => {
    const moved = on('https://short.example')
    moved.learn?.((await stored()).learned)
    for (const nothing of [undefined, null, {}, { host: 'short.example' }]) moved.learn?.(nothing)
    expect(moved.check(long)).toHaveLength(1)
  })
})
