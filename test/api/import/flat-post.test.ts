import { describe, expect, it } from 'vitest'
import { readForeign } from '../../../src/api/import/flat-post.js'

function resultsOf(record: object) {
  const read = readForeign({ id: 'old-1', text: 'Hello', ...record })
  return read.kind === 'post'
    ? read.post.results.map(({ attempts: _one, ...result }) => result)
    : read.message
}

describe('reading the older flat shape', () => {
  it('takes results by platform, the newer one in place of the older', () => {
    const publish_results = [
      { platform: 'facebook', success: true, postId: '1_2', permalink: 'https://f.example/2' },
      { platform: 'instagram', success: false, error: 'Too small' },
      { platform: 'instagram', success: true, postId: 17 },
    ]
    const insights = { publish_results }
    const fromText = resultsOf({ status: 'posted', insights: JSON.stringify(insights) })
    expect(fromText).toEqual(resultsOf({ status: 'posted', insights }))
    expect(fromText).toEqual([
      { platform: 'facebook', outcome: 'live', remoteId: '1_2', permalink: 'https://f.example/2' },
      { platform: 'instagram', outcome: 'live', remoteId: '17' },
    ])
  })

  const facebook = { platform: 'facebook', outcome: 'live', remoteId: '1_2' }
  it.each<[string, object, unknown]>([
    [
      'ids and the error message',
      { status: 'failed', facebook_post_id: '1_2', error_message: 'instagram: Too small' },
      [facebook, { platform: 'instagram', outcome: 'failed', error: 'Too small' }],
    ],
    [
      'several errors in one message',
      { status: 'failed', error_message: 'x: Too long: 300; instagram: Error: none; really' },
      [
        { platform: 'x', outcome: 'failed', error: 'Too long: 300' },
        { platform: 'instagram', outcome: 'failed', error: 'Error: none; really' },
      ],
    ],
    [
      "Instagram's own names, and the post's link",
      {
        status: 'posted',
        instagram_media_id: '17',
        instagram_permalink: 'https://i.example/17',
        post_url: 'https://i.example/17',
      },
      [
        {
          platform: 'instagram',
          outcome: 'live',
          remoteId: '17',
          permalink: 'https://i.example/17',
        },
      ],
    ],
    [
      'results by platform',
      { insights: null, results: { facebook: { success: true, postId: '1_2' } } },
      [facebook],
    ],
    [
      'a status that covers all platforms',
      { status: 'posted', platforms: ['facebook', 'twitter'], facebook_post_id: '1_2' },
      [facebook, { platform: 'x', outcome: 'live' }],
    ],
    [
      'a reason without a platform, where it can be about one only',
      { status: 'failed', platforms: 'facebook,x', facebook_post_id: '1_2', error_message: 'Down' },
      [facebook, { platform: 'x', outcome: 'failed', error: 'Down' }],
    ],
  ])('without publish_results it takes %s', (_what, record, expected) => {
    expect(resultsOf(record)).toEqual(expected)
    expect(resultsOf({ ...record, insights: { publish_results: [] } })).toEqual(expected)
  })

  it('does not guess: what nothing is known of is unknown', () => {
    expect(resultsOf({ status: 'failed', platforms: ['facebook', 'x'] })).toEqual([
      { platform: 'facebook', outcome: 'unknown' },
      { platform: 'x', outcome: 'unknown' },
    ])
  })

  it.each<[unknown, RegExp]>([
    [{ id: 'a', text: 'Hello', status: 'failed' }, /names no platform/],
    [{ id: 'a', published_at: 'soon', facebook_post_id: '1' }, /published_at/],
    ['nonsense', /./],
    [null, /./],
    [[], /./],
  ])('explains what it cannot read: %j', (record, words) => {
    const read = readForeign(record)
    expect(read.kind).toBe('problem')
    expect(read.kind === 'problem' && read.message).toMatch(words)
  })

  it('counts the attempts that were made', () => {
    const read = readForeign({
      id: 'a',
      error_message: 'instagram: Too small',
      facebook_post_id: '1',
      retry_info: { is_retry: true, previous_attempts: 2, retried_platform: 'instagram' },
    })
    expect(read.kind === 'post' && read.post.results.map(({ attempts }) => attempts)).toEqual([
      1, 3,
    ])
  })
})
