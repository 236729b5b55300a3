import { afterEach, describe, expect, it } from 'vitest'
import type { Answer } from '../../../../src/publisher/connectors/http.js'
import { createMastodon } from '../../../../src/publisher/connectors/mastodon/index.js'
import type { Handles, Target, TargetEvent } from '../../../../src/publisher/core/target.js'
import { createSandbox, type SandboxOptions } from '../../../../src/sandbox/platforms/index.js'
import { createSteppedClock, NOON } from '../../../support/clock.js'
import { type DriveOptions, driveTarget } from '../../../support/drive-target.js'
import { json, requestOf, scriptedSteps } from '../scripted-steps.js'

const MINUTE = 60_000
const open: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()))
})

async function start(options: SandboxOptions = {}) {
  const clock = createSteppedClock()
  const sandbox = createSandbox({ clock: clock.now, ...options })
  const { url, close } = await sandbox.listen()
  open.push(close)
  const connector = createMastodon({
    name: 'mastodon',
    platform: 'mastodon',
    accessToken: 'sandbox-mastodon-token',
    apiUrl: sandbox.apiUrl(url, 'mastodon'),
  })
  const content = { text: 'The harbour is open', media: [] }
  const policy = { recheckMs: [] }
  const drive = (more: Partial<DriveOptions>) =>
    driveTarget({ connector, content, clock, policy, ...more })
  return { sandbox, drive }
}

/** A lost answer, and a list that hides the post for longer than anybody looks. */
async function loseTheAnswer(options: SandboxOptions = {}) {
  const { sandbox, drive: run } = await start({ listLagMs: 10 * MINUTE, ...options })
  sandbox.addFault('mastodon', { kind: 'reset', on: 'mutation', when: 'after', times: 1 })
  const drive = await run({})
  const sent = sandbox.requests('mastodon').filter(({ kind }) => kind === 'mutation').length
  return { drive, sent, live: sandbox.live('mastodon') }
}

const own = json({ id: '1', acct: 'acme' })
const lost = { uploads: [], sentAt: NOON, unsure: true }

/** One attempt, two hours after one that was sent at noon; the account shows nothing. */
async function twoHoursLater(
  handles: Handles,
  dueSince: number,
  answer: Answer = json({ id: '7' }),
) {
  const connector = createMastodon({
    name: 'mastodon',
    platform: 'mastodon',
    accessToken: 't',
    apiUrl: 'https://mastodon.example',
  })
  const looked = handles.sentAt === undefined ? [] : [own, json([])]
  const steps = scriptedSteps([...looked, answer], NOON + 120 * MINUTE)
  const outcome = await connector.publish(requestOf({ handles, dueSince }), steps)
  const sends = steps.requests.filter(({ method }) => method === 'POST').length
  return { outcome, sends, saved: steps.saved }
}

describe('a key that the server has forgotten', () => {
  it('sends nothing that may be out in this round', async () => {
    expect(await twoHoursLater(lost, NOON)).toMatchObject({
      outcome: { kind: 'ambiguous', reason: { text: expect.stringContaining('too old') } },
      sends: 0,
    })
  })

  it('does not matter for what a person did not find, or the server never took', async () => {
    const denied = await twoHoursLater(lost, NOON + MINUTE)
    expect(denied).toMatchObject({ outcome: { kind: 'published' }, sends: 1 })
    const { unsure: _, ...refused } = lost
    expect(await twoHoursLater(refused, NOON)).toMatchObject({
      outcome: { kind: 'published' },
      sends: 1,
    })
  })

  it.each([
    ['is refused', json({ error: 'Too many requests' }, 429), undefined],
    ['is lost', { kind: 'noAnswer', why: 'the connection was reset' }, true],
  ] as const)('is worth what the last answer was worth: one that %s', async (_, answer, unsure) => {
    const { saved } = await twoHoursLater({ uploads: [] }, NOON, answer)
    expect(saved.at(-1)?.unsure).toBe(unsure)
  })

  it('ends as a question to a person, and their answer sends it', async () => {
    const person = ({ state }: Target, at: number): TargetEvent | undefined => {
      const who = { kind: 'person', id: 'U1', name: 'Sam' } as const
      if (state.status === 'unconfirmed')
        return { type: 'verdictGiven', at, who, verdict: 'absent' }
      return state.status === 'failed' ? { type: 'retryRequested', at, who } : undefined
    }
    const { sandbox, drive } = await start()
    sandbox.addFault('mastodon', { kind: 'reset', on: 'mutation', when: 'before', times: 1 })
    const limit = { kind: 'rate_limit', retryAfterS: 7200, when: 'before', times: 1 } as const
    sandbox.addFault('mastodon', { ...limit, on: 'mutation' })
    const asked = await drive({})
    expect(asked.state.status).toBe('unconfirmed')
    const ended = await drive({ from: asked.target, person })
    expect(ended.state.status).toBe('published')
    expect(sandbox.live('mastodon')).toHaveLength(1)
  })
})

describe('the key of a target', () => {
  it('gives the first post back when it is sent again, although no list showed it', async () => {
    const { drive, sent, live } = await loseTheAnswer()
    expect(sent).toBe(2)
    expect(live).toHaveLength(1)
    expect(drive.state).toMatchObject({ status: 'published', remoteId: live[0]?.id })
  })

  it('is not relied on where a server may not keep to it: a person is asked', async () => {
    const { drive, sent } = await loseTheAnswer({ honourIdempotencyKey: false })
    expect(sent).toBe(1)
    expect(drive.state.status).toBe('unconfirmed')
  })
})
