import { describe, expect, it } from 'vitest'
import { createBluesky } from '../../../src/publisher/connectors/bluesky/index.js'
import { createLinkedIn } from '../../../src/publisher/connectors/linkedin/index.js'
import { IMAGE } from '../../support/sample-media.js'
import { json, requestOf, scriptedSteps } from './scripted-steps.js'

const URL = 'https://acme.example/news'
const request = requestOf({
  content: {
    text: `Read ${URL}`,
    media: [],
    card: { url: URL, title: 'News', description: 'From the quay', thumb: IMAGE },
  },
})

describe("a card whose picture the platform won't have", () => {
  it('is published without it on LinkedIn, at every attempt', async () => {
    const linkedIn = createLinkedIn({
      name: 'linkedin',
      platform: 'linkedin',
      author: 'urn:li:person:1',
      accessToken: 'secret',
      apiUrl: 'https://api.linkedin.com',
      apiVersion: '202609',
    })
    const refused = json({ status: 400, message: 'not an image' }, 400)
    const unheard = { kind: 'noAnswer', why: 'reset' } as const
    const first = scriptedSteps([refused, unheard])
    expect(await linkedIn.publish(request, first)).toMatchObject({ kind: 'ambiguous' })
    const live = json('', 201, { 'x-restli-id': 'urn:li:share:1' })
    const second = scriptedSteps([live])
    const again = { ...request, handles: first.saved.at(-1) ?? {}, attempt: 2 }
    expect(await linkedIn.publish(again, second)).toMatchObject({ kind: 'published' })
    expect(second.requests.at(-1)?.body).toEqual(first.requests.at(-1)?.body)
    expect(second.requests.at(-1)?.body).toMatchObject({
      json: { content: { article: { source: URL, title: 'News', description: 'From the quay' } } },
    })
  })

  const did = 'did:plc:acme'
  const bluesky = () =>
    createBluesky({
      name: 'bluesky',
      platform: 'bluesky',
      identifier: 'acme.example',
      appPassword: 'secret',
      apiUrl: 'https://bsky.example',
    })

  it('is published without it on Bluesky', async () => {
    const steps = scriptedSteps([
      json({ did, handle: 'acme.example', accessJwt: 'a', refreshJwt: 'b' }),
      json({ did }),
      json({ error: 'BlobTooLarge', message: 'too large' }, 400),
      json({ uri: `at://${did}/app.bsky.feed.post/3`, cid: 'c' }),
    ])
    expect(await bluesky().publish(request, steps)).toMatchObject({ kind: 'published' })
    expect(steps.requests.at(-1)?.body).toHaveProperty('json.record.embed.external', {
      uri: URL,
      title: 'News',
      description: 'From the quay',
    })
  })

  it('waits with it while the platform does not answer', async () => {
    const steps = scriptedSteps([
      json({ did, handle: 'acme.example', accessJwt: 'a', refreshJwt: 'b' }),
      json({ did }),
      json({}, 503),
    ])
    expect(await bluesky().publish(request, steps)).toMatchObject({ kind: 'transient' })
  })
})
