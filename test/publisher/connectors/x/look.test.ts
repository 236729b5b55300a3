import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../../src/publisher/connectors/http.js'
import { createX } from '../../../../src/publisher/connectors/x/index.js'
import { NOON } from '../../../support/clock.js'
import { json, requestOf, scriptedSteps } from '../scripted-steps.js'

const HOUR = 3_600_000
const TEXT = 'The harbour is open'
const me = json({ data: { id: '1', username: 'acme' } })
const created_at = new Date(NOON).toISOString()
/** The id that X gives to a post of that time. */
const idAt = (at: number) => String(BigInt(at - 1_288_834_974_657) << 22n)
const timeline = (...data: object[]) => json({ data, meta: { result_count: data.length } })
const x = () =>
  createX({ name: 'x', platform: 'x', accessToken: 't', apiUrl: 'https://api.x.example' })

/** An attempt after one that was sent at noon. */
async function again(answers: readonly Answer[], text = TEXT) {
  const steps = scriptedSteps([me, ...answers], NOON + HOUR)
  const content = { text, media: [] }
  const outcome = await x().publish(requestOf({ content, handles: { sentAt: NOON } }), steps)
  const sends = steps.requests.filter(({ method }) => method === 'POST').length
  return { outcome, sends, requests: steps.requests }
}

describe('a timeline', () => {
  it('shows when a post was made also by its id', async () => {
    const ours = { id: idAt(NOON + 1000), text: TEXT }
    const { outcome, sends } = await again([timeline(ours)])
    expect({ outcome, sends }).toMatchObject({
      outcome: { kind: 'published', remoteId: ours.id },
      sends: 0,
    })
    const older = { id: idAt(NOON - HOUR), text: TEXT }
    const sent = await again([timeline(older), json({ data: { id: '9' } }, 201)])
    expect(sent).toMatchObject({ outcome: { kind: 'published', remoteId: '9' }, sends: 1 })
  })

  it('is not read when a post in it cannot be, unless ours is beside it', async () => {
    const unknown = { id: '5', words: 'Another' }
    const unread = await again([timeline(unknown)])
    expect(unread).toMatchObject({ outcome: { kind: 'transient' }, sends: 0 })
    const undated = await again([timeline({ id: '5', text: TEXT })])
    expect(undated).toMatchObject({ outcome: { kind: 'transient' }, sends: 0 })
    const found = await again([timeline(unknown, { id: '6', text: TEXT, created_at })])
    expect(found).toMatchObject({ outcome: { kind: 'published', remoteId: '6' }, sends: 0 })
  })

  it.each([
    [TEXT, 'retweets,replies'],
    ['\n@harbour is open', 'retweets'],
  ])('of %j leaves out %s', async (text, exclude) => {
    const { requests } = await again([timeline(), json({ data: { id: '9' } }, 201)], text)
    const asked = requests.map(({ url }) => new URL(url).searchParams.get('exclude'))
    expect(asked.filter((one) => one !== null)).toEqual([exclude])
  })

  it('expands the links it can, when there is one that it cannot', async () => {
    const urls = [
      { url: 'https://t.co/a', expanded_url: null },
      { url: 'https://t.co/b', expanded_url: 'https://acme.example/open' },
    ]
    const ours = { id: '6', text: `${TEXT} https://t.co/b`, created_at, entities: { urls } }
    const { outcome } = await again([timeline(ours)], `${TEXT} https://acme.example/open`)
    expect(outcome).toMatchObject({ kind: 'published', remoteId: '6' })
  })
})
