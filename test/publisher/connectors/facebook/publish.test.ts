import { describe, expect, it } from 'vitest'
import { createFacebook } from '../../../../src/publisher/connectors/facebook/index.js'
import type { Answer } from '../../../../src/publisher/connectors/http.js'
import type { Handles } from '../../../../src/publisher/core/target.js'
import { NOON } from '../../../support/clock.js'
import { IMAGE, SECOND_IMAGE, VIDEO } from '../../../support/sample-media.js'
import { json, metaError, requestOf, scriptedSteps } from '../scripted-steps.js'

const HOUR = 3_600_000
const facebook = createFacebook({
  name: 'facebook',
  platform: 'facebook',
  pageId: '1029',
  accessToken: 'EAAB-a-page-token',
  apiUrl: 'https://graph.facebook.com',
  apiVersion: 'v26.0',
})
const two = { text: 'Two', media: [IMAGE, SECOND_IMAGE] }
const none = json({ data: [] })
const first = { media: 'image-1', id: 'p1', at: NOON - HOUR }
const second = { media: 'image-2', id: 'p2', at: NOON }
const reset: Answer = { kind: 'noAnswer', why: 'the connection was reset' }

async function attempt(content: typeof two, handles: Handles, answers: readonly Answer[]) {
  const steps = scriptedSteps(answers)
  const outcome = await facebook.publish(requestOf({ content, handles }), steps)
  return { outcome, steps }
}

describe('photos', () => {
  it('are uploaded unseen, each id saved at once, and carried by the post', async () => {
    const { outcome, steps } = await attempt(two, { photos: [first] }, [
      json({ id: 'p2' }),
      json({ id: '1029_5' }),
      json({
        id: '1029_5',
        created_time: '2026-01-05T12:00:00+0000',
        permalink_url: 'https://f.example/5',
      }),
    ])
    expect(outcome).toEqual({
      kind: 'published',
      remoteId: '1029_5',
      permalink: 'https://f.example/5',
    })
    expect(steps.saved).toEqual([
      { photos: [first, second] },
      { photos: [first, second], sentAt: NOON },
    ])
    expect(steps.requests[0]).toMatchObject({
      url: 'https://graph.facebook.com/v26.0/1029/photos',
      body: {
        multipart: [
          { name: 'published', value: 'false' },
          { name: 'alt_text_custom', value: 'Boats' },
          { name: 'source', value: { filename: 'two.jpg', contentType: 'image/jpeg' } },
        ],
      },
    })
    expect(steps.requests[1]?.body).toEqual({
      form: {
        message: 'Two',
        'attached_media[0]': '{"media_fbid":"p1"}',
        'attached_media[1]': '{"media_fbid":"p2"}',
      },
    })
  })

  it('are uploaded again when Facebook may have dropped them', async () => {
    const old = { ...first, at: NOON - 23 * HOUR }
    const { steps } = await attempt(two, { photos: [old, second] }, [json({ id: 'p9' }), reset])
    const fresh = { media: 'image-1', id: 'p9', at: NOON }
    expect(steps.saved[0]).toEqual({ photos: [old, second, fresh] })
    expect(steps.requests[1]?.body).toMatchObject({
      form: {
        'attached_media[0]': '{"media_fbid":"p9"}',
        'attached_media[1]': '{"media_fbid":"p2"}',
      },
    })
  })
})

describe('the post', () => {
  const text = { text: 'The harbour is open', media: [] }

  it('is in doubt after a reset, and after an answer without an id', async () => {
    expect((await attempt(text, {}, [reset])).outcome.kind).toBe('ambiguous')
    expect((await attempt(text, {}, [json({ success: true })])).outcome.kind).toBe('ambiguous')
  })

  it('has the public address when its link cannot be read', async () => {
    const { outcome } = await attempt(text, {}, [json({ id: '1029_5' }), reset])
    const permalink = 'https://www.facebook.com/1029_5'
    expect(outcome).toEqual({ kind: 'published', remoteId: '1029_5', permalink })
  })

  it('is not sent again before the Page was read', async () => {
    const before = { photos: [], sentAt: NOON - HOUR }
    const found = json({
      data: [{ id: '1029_4', message: text.text, created_time: '2026-01-05T11:00:00+0000' }],
    })
    const live = await attempt(text, before, [found])
    expect(live.outcome).toEqual({ kind: 'published', remoteId: '1029_4' })
    const unread = await attempt(text, before, [reset])
    expect(unread.outcome.kind).toBe('transient')
    const refused = await attempt(text, before, [metaError(190, 463)])
    expect(refused.outcome).toMatchObject({ kind: 'permanent', reason: { class: 'auth' } })
    const absent = await attempt(text, before, [none, reset])
    expect(absent.steps.saved).toEqual([before])
  })

  it('that was removed is looked for once more: it may only have been out of sight', async () => {
    const removed = { photos: [], earlierAt: NOON - HOUR }
    const found = json({
      data: [{ id: '1029_4', message: text.text, created_time: '2026-01-05T11:00:00+0000' }],
    })
    const live = await attempt(text, removed, [found])
    expect(live.outcome).toEqual({ kind: 'published', remoteId: '1029_4' })
    const refused = await attempt(text, removed, [none, metaError(506)])
    expect(refused.outcome).toHaveProperty('refusal')
  })

  it('called a duplicate is refused at first, and after an earlier send a sign of that', async () => {
    const atFirst = await attempt(text, {}, [metaError(506)])
    expect(atFirst.outcome).toHaveProperty('refusal')
    const later = await attempt(text, { sentAt: NOON - HOUR }, [none, metaError(506)])
    expect(later.outcome).toMatchObject({ kind: 'ambiguous', reason: { class: 'duplicate' } })
    expect(later.outcome).not.toHaveProperty('refusal')
  })
})

describe('a video', () => {
  const content = { text: 'Moving\nmore', media: [VIDEO] }
  const handles = { video: 'v1', sentAt: NOON }
  const status = (video_status: string, publishing?: string, more = {}) =>
    json({
      id: 'v1',
      status: {
        video_status,
        ...(publishing ? { publishing_phase: { status: publishing } } : {}),
      },
      ...more,
    })
  const poll = (answer: Answer) =>
    facebook.poll?.(requestOf({ content, handles }), scriptedSteps([answer]))

  it('is accepted under an id of its own, which is saved', async () => {
    const { outcome, steps } = await attempt(content, {}, [json({ id: 'v1' })])
    expect(outcome).toMatchObject({ kind: 'accepted', stage: 'finishing' })
    expect(steps.saved).toEqual([
      { photos: [], sentAt: NOON },
      { photos: [], sentAt: NOON, video: 'v1' },
    ])
  })

  it.each([
    ['processing', undefined, 'accepted'],
    ['ready', 'not_started', 'accepted'],
    ['ready', 'in_progress', 'accepted'],
    ['ready', 'complete', 'published'],
    ['ready', undefined, 'published'],
    ['ready', 'error', 'permanent'],
    ['error', undefined, 'permanent'],
    ['upload_failed', undefined, 'permanent'],
    ['expired', undefined, 'permanent'],
  ])('that is %s, its publishing %s, counts as %s', async (video, publishing, kind) => {
    expect(await poll(status(video, publishing))).toMatchObject({ kind })
  })

  it('takes the id of the post that carries it, and a link that works anywhere', async () => {
    const more = { post_id: '77', permalink_url: '/1029/videos/v1/' }
    expect(await poll(status('ready', 'complete', more))).toEqual({
      kind: 'published',
      remoteId: '1029_77',
      permalink: 'https://www.facebook.com/1029/videos/v1/',
    })
  })

  it('is never given up because a poll did not work', async () => {
    expect(await poll(reset)).toMatchObject({ kind: 'transient' })
    expect(await poll(metaError(100))).toMatchObject({ kind: 'accepted' })
    expect(await poll(metaError(100, 33))).toMatchObject({ kind: 'accepted' })
  })

  it('that came to nothing does not speak for the next one', async () => {
    const { steps } = await attempt(content, handles, [status('error'), none, reset])
    expect(steps.saved).toEqual([{ photos: [], sentAt: NOON }])
  })

  it('that a person did not find is sent again, unless it is live after all', async () => {
    const again = async (answers: readonly Answer[]) => {
      const steps = scriptedSteps(answers, NOON + HOUR)
      const request = requestOf({ content, handles, dueSince: NOON + HOUR })
      return { outcome: await facebook.publish(request, steps), saved: steps.saved }
    }
    const sent = await again([status('processing'), none, json({ id: 'v2' })])
    expect(sent.saved.at(-1)).toEqual({ photos: [], sentAt: NOON, video: 'v2' })
    const deleted = await again([metaError(100, 33), none, json({ id: 'v2' })])
    expect(deleted.outcome).toMatchObject({ kind: 'accepted', stage: 'finishing' })
    expect((await again([status('ready')])).outcome).toMatchObject({ kind: 'published' })
    expect((await again([reset])).outcome).toMatchObject({ kind: 'transient' })
  })

  it.each([
    ['still processed', status('processing'), 'unclear'],
    ['not shown', metaError(100, 33), 'unclear'],
    ['unreadable', metaError(100), 'error'],
  ])('that is %s may be in the list already', async (_, read, otherwise) => {
    const doubt = {
      ...requestOf({ content, handles }),
      mutationAt: NOON,
      evidence: [],
      otherRemoteIds: new Set<string>(),
    }
    const post = { id: '1029_9', message: content.text, created_time: '2026-01-05T12:00:00+0000' }
    const lookUp = (list: Answer) => facebook.lookUp?.(doubt, scriptedSteps([read, list]))
    expect(await lookUp(json({ data: [post] }))).toMatchObject({
      kind: 'found',
      remoteId: '1029_9',
    })
    expect(await lookUp(none)).toMatchObject({ kind: otherwise })
    expect(await lookUp(reset)).toMatchObject({ kind: otherwise })
  })

  it('that was accepted is not uploaded again while Facebook works on it', async () => {
    const { outcome, steps } = await attempt(content, handles, [status('processing')])
    expect(outcome.kind).toBe('accepted')
    expect(steps.requests).toHaveLength(1)
  })
})

describe('photos in a list of posts', () => {
  it('are found alone and inside albums', async () => {
    const doubt = {
      ...requestOf({
        content: { text: '', media: [IMAGE] },
        handles: { photos: [{ media: 'image-1', id: 'p1', at: NOON }], sentAt: NOON },
      }),
      mutationAt: NOON,
      evidence: [],
      otherRemoteIds: new Set<string>(),
    }
    const post = (id: string, attachments: object) => ({
      id,
      created_time: '2026-01-05T12:00:00+0000',
      attachments: { data: [attachments] },
    })
    const album = { target: { id: 'album' }, subattachments: { data: [{ target: { id: 'p1' } }] } }
    const data = [post('1029_8', { target: { id: 'p8' } }), post('1029_9', album)]
    const finding = await facebook.lookUp?.(doubt, scriptedSteps([json({ data })]))
    expect(finding).toMatchObject({ kind: 'found', remoteId: '1029_9' })
  })
})
