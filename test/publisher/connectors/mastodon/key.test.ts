import { afterEach, describe, expect, it } from 'vitest'
import { createMastodon } from '../../../../src/publisher/connectors/mastodon/index.js'
import { createSandbox, type SandboxOptions } from '../../../../src/sandbox/platforms/index.js'
import { createSteppedClock } from '../../../support/clock.js'
import { driveTarget } from '../../../support/drive-target.js'

const MINUTE = 60_000
const open: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()))
})

/** A lost answer, and a list that hides the post for longer than anybody looks. */
async function loseTheAnswer(options: SandboxOptions = {}) {
  const clock = createSteppedClock()
  const sandbox = createSandbox({ clock: clock.now, listLagMs: 10 * MINUTE, ...options })
  const { url, close } = await sandbox.listen()
  open.push(close)
  const connector = createMastodon({
    name: 'mastodon',
    platform: 'mastodon',
    accessToken: 'sandbox-mastodon-token',
    apiUrl: sandbox.apiUrl(url, 'mastodon'),
  })
  sandbox.addFault('mastodon', { kind: 'reset', on: 'mutation', when: 'after', times: 1 })
  const content = { text: 'The harbour is open', media: [] }
  const policy = { recheckMs: [] }
  const drive = await driveTarget({ connector, content, clock, policy })
  const sent = sandbox.requests('mastodon').filter(({ kind }) => kind === 'mutation').length
  return { drive, sent, live: sandbox.live('mastodon') }
}

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
