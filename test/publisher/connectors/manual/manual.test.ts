import { expect, it } from 'vitest'
import { createManual } from '../../../../src/publisher/connectors/manual/index.js'
import { createSteppedClock } from '../../../support/clock.js'
import { driveTarget } from '../../../support/drive-target.js'

const instructions = 'Paste it into the Friday newsletter'
const connector = createManual({ name: 'newsletter', platform: 'manual', instructions })
const content = { text: 'The harbour is open', media: [] }
const who = { kind: 'person', id: 'U1', name: 'Sam' } as const

it('asks a person at the due time, and says where to post', async () => {
  const { state, attempts } = await driveTarget({ connector, content, clock: createSteppedClock() })
  expect(state).toMatchObject({ status: 'unconfirmed', where: instructions })
  expect(attempts).toBe(1)
})

it('is live when the person says so, and failed when they say it was not posted', async () => {
  for (const verdict of ['live', 'absent'] as const) {
    const { state } = await driveTarget({
      connector,
      content,
      clock: createSteppedClock(),
      person: ({ state }, at) =>
        state.status === 'unconfirmed' ? { type: 'verdictGiven', at, verdict, who } : undefined,
    })
    expect(state.status).toBe(verdict === 'live' ? 'published' : 'failed')
  }
})

it('asks also when the worker dies in the middle', async () => {
  const clock = createSteppedClock()
  const { state } = await driveTarget({ connector, content, clock, dieAt: 1 })
  expect(state.status).toBe('unconfirmed')
})
