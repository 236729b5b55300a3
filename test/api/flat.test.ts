import { describe, expect, it } from 'vitest'
import { showFlat } from '../../src/api/flat.js'
import type { TargetState } from '../../src/publisher/core/target.js'
import type { StoredPost } from '../../src/store/posts.js'
import type { StoredTarget } from '../../src/store/stored-target.js'
import { NOON } from '../support/clock.js'
import { target } from '../support/targets.js'

const post = { id: 'p1' } as StoredPost

function stored(platform: string, state: TargetState, account = platform): StoredTarget {
  return { account, platform, target: { ...target('queued'), state } } as StoredTarget
}

const live = (remoteId: string, permalink: string, publishedAt = NOON): TargetState => ({
  status: 'published',
  publishedAt,
  how: 'answer',
  remoteId,
  permalink,
  rechecks: 0,
  missing: 0,
})
const failed: TargetState = {
  status: 'failed',
  failedAt: NOON,
  reason: { class: 'media', text: 'The picture is too small.', next: 'Use a larger one.' },
}
const facebook = live('1029_7', 'https://facebook.example/7')

describe('the older flat shape', () => {
  it('of a first attempt with one failure, field by field', () => {
    const targets = [stored('facebook', facebook), stored('instagram', failed)]
    expect(showFlat({ post, targets }, [])).toEqual({
      id: 'p1',
      status: 'failed',
      error_message: 'instagram: The picture is too small.',
      insights: {
        publish_results: [
          {
            platform: 'facebook',
            success: true,
            postId: '1029_7',
            permalink: 'https://facebook.example/7',
          },
          { platform: 'instagram', success: false, error: 'The picture is too small.' },
        ],
      },
      published_at: '2026-01-05T12:00:00.000Z',
      last_retry_at: null,
      facebook_post_id: '1029_7',
      post_url: 'https://facebook.example/7',
      results: {
        facebook: { success: true, postId: '1029_7', permalink: 'https://facebook.example/7' },
        instagram: { success: false, error: 'The picture is too small.' },
      },
    })
  })

  it('names a message on Telegram by its own number, as ever', () => {
    const telegram = live('-1001234/7', 'https://t.me/acme/7')
    const flat = showFlat({ post, targets: [stored('telegram', telegram)] }, [])
    expect(flat).toMatchObject({ telegram_post_id: '7', results: { telegram: { postId: '7' } } })
  })

  it('of a successful retry, field by field: the newer result in place of the older', () => {
    const instagram = live('178', 'https://instagram.example/178', NOON + 120_000)
    const targets = [stored('facebook', facebook), stored('instagram', instagram)]
    const retried = {
      type: 'retryRequested',
      at: new Date(NOON + 60_000),
      fromStatus: 'failed',
      attempt: 1,
      platform: 'instagram',
    }
    expect(showFlat({ post, targets }, [retried])).toEqual({
      id: 'p1',
      status: 'posted',
      error_message: null,
      insights: {
        publish_results: [
          {
            platform: 'facebook',
            success: true,
            postId: '1029_7',
            permalink: 'https://facebook.example/7',
          },
          {
            platform: 'instagram',
            success: true,
            postId: '178',
            permalink: 'https://instagram.example/178',
          },
        ],
      },
      published_at: '2026-01-05T12:00:00.000Z',
      last_retry_at: '2026-01-05T12:01:00.000Z',
      facebook_post_id: '1029_7',
      instagram_post_id: '178',
      instagram_media_id: '178',
      instagram_permalink: 'https://instagram.example/178',
      post_url: 'https://facebook.example/7',
      results: {
        facebook: { success: true, postId: '1029_7', permalink: 'https://facebook.example/7' },
        instagram: { success: true, postId: '178', permalink: 'https://instagram.example/178' },
      },
      retry_info: { is_retry: true, previous_attempts: 1, retried_platform: 'instagram' },
    })
  })

  it.each<[TargetState, string]>([
    [{ status: 'queued', dueAt: NOON }, 'queued'],
    [target('unconfirmed').state, 'may be live or not; a person has to look'],
    [target('waiting').state, 'The platform is down.'],
    [target('cancelled').state, 'cancelled by Alice 2026-01-05T12:00:00.000Z'],
  ])('calls what is not live failed, and says how it stands: %j', (state, words) => {
    const shown = showFlat(
      { post, targets: [stored('facebook', facebook), stored('x', state)] },
      [],
    )
    expect(shown).toMatchObject({ status: 'failed', error_message: `x: ${words}` })
  })

  it('has one result per platform: with several accounts, what is not live outweighs', () => {
    const targets = [
      stored('mastodon', live('1', 'https://m.example/1'), 'news'),
      stored('mastodon', failed, 'fun'),
    ]
    const { insights, status } = showFlat({ post, targets }, [])
    expect(status).toBe('failed')
    expect(insights.publish_results).toEqual([
      {
        platform: 'mastodon',
        success: false,
        postId: '1',
        permalink: 'https://m.example/1',
        error: 'fun: The picture is too small.',
      },
    ])
  })

  it('says posted of nothing at all never', () => {
    expect(showFlat({ post, targets: [] }, []).status).toBe('failed')
  })
})
