import { afterEach } from 'vitest'
import { createBluesky } from '../../../../src/publisher/connectors/bluesky/index.js'
import type { Steps } from '../../../../src/publisher/connectors/connector.js'
import { type HttpRequest, send } from '../../../../src/publisher/connectors/http.js'
import { createSandbox, type SandboxOptions } from '../../../../src/sandbox/platforms/index.js'
import { createSteppedClock } from '../../../support/clock.js'
import { sampleMedia } from '../../../support/sample-media.js'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()))
})

/** Bluesky's stand-in on a clock of its own, closed after the test, and the connector to it. */
export async function openStandIn(options: SandboxOptions = {}) {
  const clock = createSteppedClock()
  const sandbox = createSandbox({ clock: clock.now, ...options })
  const { url, close } = await sandbox.listen()
  open.push(close)
  const connector = createBluesky({
    name: 'bluesky',
    platform: 'bluesky',
    identifier: 'acme.example',
    appPassword: 'sandbox-bluesky-token',
    apiUrl: sandbox.apiUrl(url, 'bluesky'),
  })
  const call = (request: HttpRequest) => send(request, { timeoutMs: 2000 })
  /** Every call goes out as it is, and nothing is kept. */
  const steps: Steps = {
    ...sampleMedia,
    now: clock.now,
    read: call,
    prepare: call,
    mutate: call,
    save: async () => {},
    progress: async () => {},
  }
  return { clock, sandbox, connector, steps }
}
