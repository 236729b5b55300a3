import { describe, expect, it } from 'vitest'
import { createInstagram } from '../../../../src/publisher/connectors/instagram/index.js'
import { createThreads } from '../../../../src/publisher/connectors/threads/index.js'
import type { Handles } from '../../../../src/publisher/core/target.js'
import { NOON } from '../../../support/clock.js'
import { IMAGE, SECOND_IMAGE } from '../../../support/sample-media.js'
import { json, metaError, requestOf, scriptedSteps } from '../scripted-steps.js'

const HOUR = 3_600_000
const base = { accessToken: 'IGAA-a-token', userId: '1784', name: 'sample' }
const instagram = createInstagram({
  ...base,
  platform: 'instagram',
  apiUrl: 'https://graph.instagram.com',
  apiVersion: 'v26.0',
})
const threads = createThreads({
  ...base,
  platform: 'threads',
  apiUrl: 'https://graph.threads.net',
  apiVersion: 'v1.0',
})
const state = (status_code: string, status?: string) => json({ id: 'c1', status_code, status })
const FINISHED = state('FINISHED')
const image = { text: 'The harbour is open', media: [IMAGE] }
const attempt = async (handles: Handles, answers: Parameters<typeof scriptedSteps>[0]) => {
  const steps = scriptedSteps(answers)
  const outcome = await instagram.publish(requestOf({ content: image, handles }), steps)
  const asked = steps.requests.map(({ method, url }) => `${method} ${new URL(url).pathname}`)
  return { outcome, asked, saved: steps.saved }
}
const kept = { parts: [], container: 'c1', createdAt: NOON }

describe('a new container', () => {
  it('is saved, looked at once, and published in the same attempt when it is ready', async () => {
    const media = {
      id: 'm1',
      timestamp: '2026-01-05T12:00:00+0000',
      permalink: 'https://i.example/p/1',
    }
    const { outcome, asked, saved } = await attempt({}, [
      json({ id: 'c1' }),
      FINISHED,
      json({ id: 'm1' }),
      json(media),
    ])
    expect(outcome).toEqual({
      kind: 'published',
      remoteId: 'm1',
      permalink: 'https://i.example/p/1',
    })
    expect(asked).toEqual([
      'POST /v26.0/1784/media',
      'GET /v26.0/c1',
      'POST /v26.0/1784/media_publish',
      'GET /v26.0/m1',
    ])
    expect(saved).toEqual([kept, { ...kept, sentAt: NOON }])
  })

  it('that is not ready is asked after later', async () => {
    const { outcome } = await attempt({}, [json({ id: 'c1' }), state('IN_PROGRESS')])
    expect(outcome).toMatchObject({ kind: 'accepted', stage: 'preparing' })
  })

  it('of a carousel goes on with the part where the last attempt broke off', async () => {
    const content = { text: 'Two', media: [IMAGE, SECOND_IMAGE] }
    const handles = { parts: ['p1'], createdAt: NOON }
    const steps = scriptedSteps([json({ id: 'p2' }), metaError(2, undefined, 503)])
    const outcome = await instagram.publish(requestOf({ content, handles }), steps)
    expect(outcome.kind).toBe('transient')
    expect(steps.saved).toEqual([{ parts: ['p1', 'p2'], createdAt: NOON }])
    expect(steps.requests.map(({ body }) => body)).toMatchObject([
      { form: { is_carousel_item: 'true' } },
      { form: { media_type: 'CAROUSEL', children: 'p1,p2' } },
    ])
  })

  it('is not built on parts that are about to expire', async () => {
    const content = { text: 'Two', media: [IMAGE, SECOND_IMAGE] }
    const handles = { parts: ['p1'], createdAt: NOON - 23 * HOUR - 1 }
    const steps = scriptedSteps([json({ id: 'q1' }), metaError(2, undefined, 503)])
    await instagram.publish(requestOf({ content, handles }), steps)
    expect(steps.saved).toEqual([{ parts: ['q1'], createdAt: NOON }])
  })
})

describe('after a removal', () => {
  const removed = { parts: [], earlierAt: NOON - HOUR }
  const listed = json({
    data: [{ id: 'm1', caption: image.text, timestamp: '2026-01-05T11:00:01+0000' }],
  })

  it('a new container is made, when the account still does not show the post', async () => {
    const { outcome, asked, saved } = await attempt(removed, [
      json({ data: [] }),
      json({ id: 'c2' }),
      FINISHED,
      json({ id: 'm2' }),
      metaError(2, undefined, 500),
    ])
    expect(outcome).toEqual({ kind: 'published', remoteId: 'm2' })
    expect(asked[1]).toBe('POST /v26.0/1784/media')
    expect(saved.at(-1)).toEqual({ ...removed, container: 'c2', createdAt: NOON, sentAt: NOON })
  })

  it('nothing is sent when the post is there after all, or the account cannot be read', async () => {
    const live = await attempt(removed, [listed])
    expect(live.outcome).toEqual({ kind: 'published', remoteId: 'm1' })
    expect((await attempt(removed, [metaError(2, undefined, 500)])).outcome.kind).toBe('transient')
    const edited = json({
      data: [{ id: 'm1', caption: 'Edited', timestamp: '2026-01-05T11:00:01+0000' }],
    })
    const itself = await attempt({ ...removed, earlierId: 'm1' }, [edited])
    expect(itself.outcome).toEqual({ kind: 'published', remoteId: 'm1' })
  })
})

describe('a kept container', () => {
  it('that is published already is live, and nothing is sent', async () => {
    const { outcome, asked } = await attempt(kept, [state('PUBLISHED'), json({ data: [] })])
    expect(outcome).toEqual({ kind: 'published' })
    expect(asked).toEqual(['GET /v26.0/c1', 'GET /v26.0/1784/media'])
  })

  it('is published itself, never a new one; the first send is remembered', async () => {
    const before = { ...kept, sentAt: NOON - HOUR }
    const { outcome, asked, saved } = await attempt(before, [
      FINISHED,
      json({ id: 'm1' }),
      metaError(2, undefined, 500),
    ])
    expect(outcome).toEqual({ kind: 'published', remoteId: 'm1' })
    expect(asked[1]).toBe('POST /v26.0/1784/media_publish')
    expect(saved).toEqual([before])
  })

  it('that is not ready after all is kept; if it is published meanwhile, it is live', async () => {
    const notReady = metaError(9007, 2207027)
    const early = await attempt(kept, [FINISHED, notReady, state('IN_PROGRESS')])
    expect(early.outcome).toMatchObject({ kind: 'accepted', stage: 'preparing' })
    const answers = [FINISHED, notReady, state('PUBLISHED'), json({ data: [] })]
    expect((await attempt(kept, answers)).outcome).toEqual({ kind: 'published' })
  })

  it.each([
    ['a 5xx', metaError(9007, 2207027, 500)],
    ['an error that calls itself transient', metaError(9007, 2207027, 400, { is_transient: true })],
  ])('that is called not ready by %s is in doubt, unless it says so itself', async (_, refusal) => {
    for (const shown of [FINISHED, metaError(2, undefined, 500), metaError(100, 33)]) {
      const { outcome, saved } = await attempt(kept, [FINISHED, refusal, shown])
      expect(outcome.kind).toBe('ambiguous')
      expect(saved).toEqual([{ ...kept, sentAt: NOON }])
    }
    const working = await attempt(kept, [FINISHED, refusal, state('IN_PROGRESS')])
    expect(working.outcome).toMatchObject({ kind: 'accepted', stage: 'preparing' })
    const live = await attempt(kept, [FINISHED, refusal, state('PUBLISHED'), json({ data: [] })])
    expect(live.outcome).toEqual({ kind: 'published' })
  })

  it.each([
    ['EXPIRED', undefined, 'transient'],
    ['ERROR', 'Error: 2207077', 'transient'],
    ['ERROR', 'Error: something new', 'transient'],
    ['ERROR', 'Error: Media upload has failed with error code 2207026', 'permanent'],
  ])('that ended as %s (%s) is given up: %s', async (code, status, kind) => {
    const { outcome } = await attempt(kept, [state(code, status)])
    expect(outcome).toMatchObject({ kind, discardHandles: true })
  })

  it.each(['EXPIRED', 'ERROR'])('that was sent and reads %s is looked for first', async (code) => {
    const sent = { ...kept, sentAt: NOON - HOUR }
    const listed = { id: 'm1', caption: image.text, timestamp: '2026-01-05T11:00:01+0000' }
    const live = await attempt(sent, [state(code), json({ data: [listed] })])
    expect(live.outcome).toEqual({ kind: 'published', remoteId: 'm1' })
    const gone = await attempt(sent, [state(code), json({ data: [] })])
    expect(gone.outcome).toMatchObject({ discardHandles: true })
  })

  it('whose state cannot be read is asked again, but is not waited out once it was sent', async () => {
    const down = metaError(2, undefined, 500)
    expect((await attempt(kept, [down])).outcome).toMatchObject({ kind: 'accepted' })
    const sent = { ...kept, sentAt: NOON }
    expect((await attempt(sent, [down])).outcome).toMatchObject({ kind: 'transient' })
    expect((await attempt(sent, [metaError(100)])).outcome).toMatchObject({ kind: 'transient' })
    expect((await attempt(kept, [metaError(190, 463)])).outcome.kind).toBe('permanent')
  })
})

describe('a container that is not shown', () => {
  const missing = metaError(100, 33)
  const none = json({ data: [] })
  const down = metaError(2, undefined, 500)
  const sent = { ...kept, sentAt: NOON - 2 * HOUR }
  const later = NOON + 11 * 60_000
  const round = async (
    handles: Handles,
    answers: Parameters<typeof scriptedSteps>[0],
    { connector = instagram, dueSince = NOON, now = NOON } = {},
  ) => {
    const steps = scriptedSteps(answers, now)
    const outcome = await connector.publish(requestOf({ content: image, handles, dueSince }), steps)
    const sends = steps.requests.filter(({ url }) => url.endsWith('publish')).length
    return { outcome, sends, saved: steps.saved }
  }

  it('and that a person did not find is published itself, once the list shows no post', async () => {
    const again = await round(sent, [missing, none, json({ id: 'm1' }), down])
    expect(again).toEqual({
      outcome: { kind: 'published', remoteId: 'm1' },
      sends: 1,
      saved: [sent],
    })
  })

  it('is not published while the list shows the post, or cannot be read', async () => {
    const post = { id: 'm1', caption: image.text, timestamp: '2026-01-05T10:00:01+0000' }
    const live = await round(sent, [missing, json({ data: [post] })])
    expect(live).toMatchObject({ outcome: { kind: 'published', remoteId: 'm1' }, sends: 0 })
    const unread = await round(sent, [missing, down])
    expect(unread).toMatchObject({ outcome: { kind: 'transient' }, sends: 0 })
  })

  it('is not published a second time in the round that sent it', async () => {
    const same = await round(sent, [missing], { dueSince: NOON - 3 * HOUR })
    expect(same).toMatchObject({ outcome: { kind: 'transient' }, sends: 0 })
  })

  it.each([
    ['Instagram', instagram, metaError(24, 2207008)],
    ['Instagram, as a missing object', instagram, missing],
    ['Threads', threads, metaError(24, 4279009)],
  ])('is made anew when publishing it is refused as unknown: %s', async (_, connector, refusal) => {
    const { outcome, saved } = await round(sent, [missing, none, refusal], { connector })
    expect(outcome.kind).toBe('transient')
    expect(saved.at(-1)).toMatchObject({ parts: [], earlierAt: sent.sentAt })
    expect(saved.at(-1)).not.toHaveProperty('container')
  })

  it('is in doubt when publishing it breaks off, or is refused for now', async () => {
    const transient = metaError(24, 2207008, 400, { is_transient: true })
    for (const refusal of [metaError(100, 33, 500), transient]) {
      const { outcome, saved } = await round(sent, [missing, none, refusal])
      expect(outcome.kind).toBe('ambiguous')
      expect(saved.at(-1)).toEqual(sent)
    }
  })

  it('and was never sent is published once its media have had their time', async () => {
    const early = await round(kept, [missing])
    expect(early).toMatchObject({ outcome: { kind: 'accepted', stage: 'preparing' }, sends: 0 })
    const due = await round(kept, [missing, json({ id: 'm1' }), down], { now: later })
    expect(due.outcome).toEqual({ kind: 'published', remoteId: 'm1' })
    const notYet = [missing, metaError(24, 4279009), missing]
    const waiting = await round(kept, notYet, { connector: threads, now: later })
    expect(waiting.outcome).toMatchObject({ kind: 'accepted', stage: 'preparing' })
  })
})

describe('a look-up', () => {
  const doubt = {
    ...requestOf({ content: image, handles: { ...kept, sentAt: NOON } }),
    mutationAt: NOON,
    evidence: [],
    otherRemoteIds: new Set<string>(),
  }
  const lookUp = (answers: Parameters<typeof scriptedSteps>[0], more = {}) =>
    instagram.lookUp?.({ ...doubt, ...more }, scriptedSteps(answers))
  const none = json({ data: [] })
  const listed = json({
    data: [{ id: 'm1', caption: image.text, timestamp: '2026-01-05T12:00:01+0000' }],
  })

  it.each([
    ['PUBLISHED', none, { kind: 'found' }],
    ['PUBLISHED', listed, { kind: 'found', remoteId: 'm1' }],
    ['PUBLISHED', metaError(2, undefined, 500), { kind: 'found' }],
    ['FINISHED', listed, { kind: 'found', remoteId: 'm1' }],
    ['FINISHED', none, { kind: 'absent', proof: 'settled' }],
    ['FINISHED', metaError(2, undefined, 500), { kind: 'error' }],
    ['IN_PROGRESS', none, { kind: 'unclear' }],
    ['EXPIRED', none, { kind: 'absent', proof: 'settled', discardHandles: true }],
    ['ERROR', none, { kind: 'absent', proof: 'settled', discardHandles: true }],
  ])('of a container that is %s finds what the list adds', async (code, list, finding) => {
    expect(await lookUp([state(code), list])).toMatchObject(finding)
  })

  it.each([
    ['is not shown', metaError(100, 33)],
    ['cannot be asked for its state', metaError(100)],
    ['cannot be read', metaError(2, undefined, 500)],
  ])('of a container that %s is left to the list, which proves no absence', async (_, unread) => {
    expect(await lookUp([unread, listed])).toMatchObject({ kind: 'found', remoteId: 'm1' })
    expect(await lookUp([unread, none])).toMatchObject({ kind: 'error' })
  })

  it('keeps the container for the next attempt while it is FINISHED', async () => {
    expect(await lookUp([FINISHED, none])).not.toHaveProperty('discardHandles')
  })

  it('begins with the post that a late answer named', async () => {
    const evidence = [{ at: NOON, text: 'A late answer.', remoteId: 'm7' }]
    const post = json({ id: 'm7', timestamp: '2026-01-05T12:00:01+0000' })
    expect(await lookUp([post], { evidence })).toMatchObject({ kind: 'found', remoteId: 'm7' })
  })
})

describe('Threads', () => {
  it('reads the state from its own field, and takes "not found" for "not yet"', async () => {
    const steps = scriptedSteps([
      json({ id: 'c1', status: 'FINISHED' }),
      metaError(24, 4279009),
      json({ id: 'c1', status: 'IN_PROGRESS' }),
    ])
    const outcome = await threads.publish(requestOf({ handles: kept }), steps)
    expect(outcome).toMatchObject({ kind: 'accepted', stage: 'preparing' })
    expect(steps.requests[1]?.url).toBe('https://graph.threads.net/v1.0/1784/threads_publish')
  })

  it.each([
    ['INVALID_DURATION', 'permanent'],
    ['INVALID_ASPEC_RATIO', 'permanent'],
    ['FAILED_DOWNLOADING_VIDEO', 'transient'],
    ['UNKNOWN', 'transient'],
  ])('gives a container up that ended with %s: %s', async (error_message, kind) => {
    const steps = scriptedSteps([json({ id: 'c1', status: 'ERROR', error_message })])
    const outcome = await threads.publish(requestOf({ handles: kept }), steps)
    expect(outcome).toMatchObject({ kind, discardHandles: true, reason: { class: 'media' } })
  })
})
