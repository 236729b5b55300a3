import { describe, expect, it } from 'vitest'
import { MP4, PNG, start } from './support.js'

const tweets = '/2/tweets'
const upload = async (call: Awaited<ReturnType<typeof start>>['call']) => {
  const form = new FormData()
  form.set('media', new Blob([new Uint8Array(PNG)]), 'a.png')
  form.set('media_category', 'tweet_image')
  return (await call('POST', '/2/media/upload', { body: form })).json.data.id
}

describe('x sandbox', () => {
  it('publishes and gives the text back with shortened links', async () => {
    const { call, sandbox, url } = await start('x')
    const text = 'R&D at https://a.example/page.'
    const made = await call('POST', tweets, { body: { text } })
    expect(made).toMatchObject({
      status: 201,
      json: { data: { id: expect.stringMatching(/^\d+$/) } },
    })
    expect(sandbox.live('x')).toMatchObject([{ id: made.json.data.id, text }])

    const me = (await call('GET', '/2/users/me')).json.data
    const query = 'max_results=5&exclude=retweets,replies&tweet.fields=created_at,text,entities'
    const { data } = (await call('GET', `/2/users/${me.id}/tweets?${query}`)).json
    expect(data[0].text).toMatch(/^R&amp;D at https:\/\/t\.co\/\w{10}\.$/)
    const [link] = data[0].entities.urls
    expect(link.expanded_url).toBe('https://a.example/page')
    expect(data[0].text.slice(link.start, link.end)).toBe(link.url)

    const page = await fetch(`${url}/${me.username}/status/${made.json.data.id}`)
    expect(await page.text()).toContain('R&amp;D')
    expect((await call('DELETE', `${tweets}/${made.json.data.id}`)).json.data.deleted).toBe(true)
    expect(sandbox.live('x')).toEqual([])
    expect((await call('GET', `${tweets}/${made.json.data.id}`)).json.errors).toHaveLength(1)
  })

  it('refuses a repeated text with a 403 that names no post, also after a deletion', async () => {
    const { call } = await start('x')
    const first = await call('POST', tweets, { body: { text: 'Same' } })
    const again = await call('POST', tweets, { body: { text: 'Same' } })
    expect(again).toMatchObject({ status: 403, json: { title: 'Forbidden', status: 403 } })
    expect(again.text).not.toContain(first.json.data.id)
    await call('DELETE', `${tweets}/${first.json.data.id}`)
    expect((await call('POST', tweets, { body: { text: 'Same' } })).status).toBe(403)
  })

  it('attaches an uploaded picture with its alt text', async () => {
    const { call, sandbox } = await start('x')
    const id = await upload(call)
    const metadata = { id, metadata: { alt_text: { text: 'Dot' } } }
    expect((await call('POST', '/2/media/metadata', { body: metadata })).status).toBe(200)
    const made = await call('POST', tweets, { body: { text: 'Look', media: { media_ids: [id] } } })
    expect(made.json.data.text).toMatch(/^Look https:\/\/t\.co\//)
    expect(sandbox.live('x')[0]?.media).toMatchObject([{ kind: 'image', alt: 'Dot' }])
  })

  it('takes a video in segments and processes it', async () => {
    const { call } = await start('x')
    const body = { media_type: 'video/mp4', total_bytes: MP4.length, media_category: 'tweet_video' }
    const { id } = (await call('POST', '/2/media/upload/initialize', { body })).json.data
    for (const [index, part] of [MP4.subarray(0, 10), MP4.subarray(10)].entries()) {
      const form = new FormData()
      form.set('media', new Blob([new Uint8Array(part)]), 'part')
      form.set('segment_index', String(index))
      expect((await call('POST', `/2/media/upload/${id}/append`, { body: form })).status).toBe(200)
    }
    const done = await call('POST', `/2/media/upload/${id}/finalize`)
    expect(done.json.data.processing_info.state).toBe('pending')
    const post = () => call('POST', tweets, { body: { text: 'Video', media: { media_ids: [id] } } })
    expect((await post()).status).toBe(400)
    const status = () => call('GET', `/2/media/upload?command=STATUS&media_id=${id}`)
    await status()
    expect((await status()).json.data.processing_info.state).toBe('succeeded')
    expect((await post()).status).toBe(201)
  })

  it('weighs text: links 23, wide letters and emoji 2', async () => {
    const { call } = await start('x')
    const say = async (text: string) => (await call('POST', tweets, { body: { text } })).status
    expect(await say('x'.repeat(280))).toBe(201)
    expect(await say('x'.repeat(281))).toBe(400)
    expect(await say('字'.repeat(140))).toBe(201)
    expect(await say('字'.repeat(141))).toBe(400)
    expect(await say('👩‍👩‍👧‍👦'.repeat(140))).toBe(201)
    expect(await say(`${'x'.repeat(256)} https://a.example/${'y'.repeat(300)}`)).toBe(201)
    expect(await say(`${'x'.repeat(257)} https://a.example/${'y'.repeat(300)}`)).toBe(400)
  })

  it.each([
    ['a wrong token', { token: 'wrong', body: { text: 'x' } }, 401],
    ['an unknown property', { body: { text: 'x', txt: 'y' } }, 400],
    ['an empty post', { body: { text: '' } }, 400],
    ['unknown media', { body: { text: 'x', media: { media_ids: ['1'] } } }, 400],
  ])('refuses %s', async (_name, options, status) => {
    const { call, sandbox } = await start('x')
    const answer = await call('POST', tweets, options)
    expect(answer).toMatchObject({ status, json: { title: expect.any(String), status } })
    expect(sandbox.live('x')).toEqual([])
  })

  it('refuses the 101st post in 15 minutes and publishes nothing of it', async () => {
    const { call, sandbox } = await start('x')
    for (let n = 1; n <= 100; n += 1) await call('POST', tweets, { body: { text: `Post ${n}` } })
    const refused = await call('POST', tweets, { body: { text: 'Post 101' } })
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('x-rate-limit-reset'))).toBeGreaterThan(Date.now() / 1000)
    expect(sandbox.live('x')).toHaveLength(100)
  })

  it('can publish and answer 200 with garbage', async () => {
    const { call, sandbox } = await start('x')
    sandbox.addFault('x', { on: 'mutation', when: 'after', kind: 'garbage', times: 1 })
    const spoiled = await call('POST', tweets, { body: { text: 'Hello' } })
    expect(spoiled.json).toBeUndefined()
    expect(sandbox.live('x')).toHaveLength(1)
  })
})
