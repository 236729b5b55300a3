import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createBench } from '../../../support/connector-bench.js'
import { IMAGE, SECOND_IMAGE, VIDEO } from '../../../support/sample-media.js'

describe('an album on Telegram', () => {
  const bench = createBench({
    platform: 'telegram',
    account: { chatId: '@acme', botToken: 'sandbox-telegram-token' },
    token: 'sandbox-telegram-token',
    contents: {},
    provesAbsence: false,
  })
  beforeAll(bench.open)
  beforeEach(bench.reset)
  afterAll(bench.close)

  it('is one post with a message for each item, and its text under the first', async () => {
    const { state } = await bench.drive({
      text: 'Three of the harbour',
      media: [IMAGE, SECOND_IMAGE, VIDEO],
    })
    const [post, ...more] = bench.live()
    expect(more).toEqual([])
    expect(post?.id).toMatch(/^-100\d+\/1,2,3$/)
    expect(post?.text).toBe('Three of the harbour')
    expect(post?.media.map(({ kind }) => kind)).toEqual(['image', 'image', 'video'])
    expect(state).toMatchObject({
      status: 'published',
      remoteId: post?.id,
      permalink: post?.permalink,
    })
  })
})
