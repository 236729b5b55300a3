import { expect } from 'vitest'
import type { Connector, Content } from '../../src/publisher/connectors/connector.js'
import { send } from '../../src/publisher/connectors/http.js'
import { accountSchema, createConnector } from '../../src/publisher/connectors/index.js'
import type { Outcome } from '../../src/publisher/core/outcome.js'
import type { Effect, Target, TargetEvent } from '../../src/publisher/core/target.js'
import {
  createSandbox,
  type Fault,
  type LivePost,
  type PlatformName,
  type Sandbox,
  type SandboxOptions,
} from '../../src/sandbox/platforms/index.js'
import { createSteppedClock, type SteppedClock } from './clock.js'
import { type Drive, type DriveOptions, driveTarget } from './drive-target.js'
import { sampleMedia } from './sample-media.js'
import { waitFor } from './wait-for.js'

/** What a connector promises, beyond what every connector promises. */
export interface ContractSetup {
  readonly platform: PlatformName
  /** Its entry in the accounts file, without `name`, `platform` and `apiUrl`. */
  readonly account: Readonly<Record<string, unknown>>
  readonly token: string
  /** What it can publish, by name. */
  readonly contents: Readonly<Record<string, Content>>
  /** The content whose publishing takes preparing calls, where there are any. */
  readonly prepared?: string
  /** Sending again is safe after a doubt: by a native key, or because absence can be proven. */
  readonly provesAbsence: boolean
  /** A second copy in the account's list is noticed; false where the key makes one impossible. */
  readonly seesCopies?: boolean
  /** Refuses a text that it had before, also when that post is gone. */
  readonly remembersTexts?: boolean
  readonly sandbox?: SandboxOptions
  /** The platform's own errors, on the call that makes the post public. */
  readonly errors?: readonly ErrorRow[]
}

/**
 * What an answer to the mutation says: `doubt` nothing; `limit` wait; `credential` mend the account;
 * `refusal` it is not accepted.
 */
export interface ErrorRow {
  readonly name: string
  readonly says: 'doubt' | 'limit' | 'credential' | 'refusal'
  readonly fault: Pick<Fault, 'kind'> & Partial<Fault>
}

const POLICY = { maxAttempts: 3, processingDeadlineMs: 30_000, recheckMs: [300_000] }
/** A request's time in milliseconds: short only where a platform is told to take longer. */
const PATIENT_MS = 10_000
const IMPATIENT_MS = 200

/** One sandbox and one connector for a whole contract. */
export function createBench(setup: ContractSetup) {
  const { platform } = setup
  let clock: SteppedClock
  let sandbox: Sandbox
  let server: { url: string; close(): Promise<void> }
  let connector: Connector
  let stalls = false

  const live = (): readonly LivePost[] => sandbox.live(platform)
  const reads = () => connector.lookUp !== undefined
  const sent = () => sandbox.requests(platform).filter(({ kind }) => kind === 'mutation').length
  const drive = (content: Content, options: Partial<DriveOptions> = {}): Promise<Drive> =>
    driveTarget({
      connector,
      content,
      clock,
      policy: POLICY,
      media: sampleMedia,
      requestTimeoutMs: stalls ? IMPATIENT_MS : PATIENT_MS,
      ...options,
    })

  /** Looks, answers truthfully, and sends again what is not there. */
  const looks = ({ state }: Target, at: number): TargetEvent | undefined => {
    const who = { kind: 'person', id: 'U1', name: 'Sam' } as const
    if (state.status === 'unconfirmed') {
      return { type: 'verdictGiven', at, who, verdict: live().length > 0 ? 'live' : 'absent' }
    }
    const denied = state.status === 'failed' && state.reason.class === 'denied'
    return denied ? { type: 'retryRequested', at, who } : undefined
  }

  /** Wants to have what was removed sent again. */
  const sendsAgain = ({ state }: Target, at: number): TargetEvent | undefined => {
    const who = { kind: 'person', id: 'U1', name: 'Sam' } as const
    const removed = state.status === 'failed' && state.reason.class === 'removed'
    return removed ? { type: 'retryRequested', at, who } : undefined
  }

  /** Mends the account; everything else stays as it is. */
  const reconnects = ({ state }: Target, at: number): TargetEvent | undefined => {
    if (state.status !== 'held') return undefined
    sandbox.clearFaults()
    return { type: 'accountRestored', at }
  }

  /** What must hold however it ended: at most one copy, and no state that says otherwise. */
  function expectTruth({ state, trace, points }: Drive): void {
    const copies = live().length
    const where = `${state.status} with ${copies} live after ${points} points`
    expect(copies, where).toBeLessThanOrEqual(1)
    expect(['published', 'unconfirmed', 'failed', 'held'], where).toContain(state.status)
    if (state.status === 'published') expect(copies, where).toBe(1)
    if (state.status === 'failed') expect(copies, where).toBe(0)
    expect(JSON.stringify(trace)).not.toContain(setup.token)
  }

  function expectEnd(
    drive: Drive,
    says: 'doubt' | 'limit' | 'refusal',
    when: 'before' | 'after',
    times: 1 | 'always',
  ): void {
    const { status } = drive.state
    const copies = live().length
    if (says === 'limit') expect(drive.effects.map(({ kind }) => kind)).toContain('pauseAccount')
    const sendsAgain =
      times === 1 && (says === 'limit' || (says === 'doubt' && setup.provesAbsence))
    const asks = says === 'doubt' && !setup.provesAbsence
    expect({ status, copies }).toEqual(
      when === 'after'
        ? { status: reads() ? 'published' : 'unconfirmed', copies: 1 }
        : sendsAgain
          ? { status: 'published', copies: 1 }
          : { status: asks ? 'unconfirmed' : 'failed', copies: 0 },
    )
  }

  /** Once somebody has looked at what could not be known, it is out, and only once. */
  async function expectOne(drive: Drive, content: Content): Promise<void> {
    const ended =
      drive.state.status === 'unconfirmed'
        ? await bench.drive(content, { from: drive.target, person: looks })
        : drive
    expect(ended.state.status).toBe('published')
    expect(live()).toHaveLength(1)
  }

  /** Nothing more is sent until the account is mended; then it goes out, if it had not. */
  async function expectHeld(drive: Drive, content: Content, when: 'before' | 'after') {
    expect(drive.state).toMatchObject({ status: 'held', hold: 'account' })
    expect(drive.effects).toMatchObject([{ kind: 'holdAccount' }])
    expect(sent()).toBe(1)
    const mended = await bench.drive(content, { from: drive.target, person: reconnects })
    expect(mended.state.status).toBe('published')
    expect(live()).toHaveLength(1)
    if (when === 'after' && reads()) expect(sent()).toBe(1)
  }

  async function atEveryPoint(
    content: Content,
    lost: boolean,
    at: (point: number) => Partial<DriveOptions>,
  ): Promise<void> {
    const run = async (options: Partial<DriveOptions>) => {
      bench.reset()
      if (lost) bench.fault({ kind: 'reset', on: 'mutation', when: 'after', times: 1 })
      return drive(content, options)
    }
    const { points } = await run({})
    for (let point = 1; point <= points; point++) {
      const left = await run(at(point))
      expectTruth(left)
      const ended = await drive(content, { from: left.target, person: looks })
      expectTruth(ended)
      expect(ended.state.status, `point ${point}`).toBe('published')
    }
  }

  const bench = {
    open: async () => {
      clock = createSteppedClock()
      sandbox = createSandbox({ clock: clock.now, fetchMedia: false, ...setup.sandbox })
      server = await sandbox.listen()
      const apiUrl = sandbox.apiUrl(server.url, platform)
      const account = accountSchema.parse({ ...setup.account, name: platform, platform, apiUrl })
      connector = createConnector(account)
    },
    reset: () => {
      sandbox.reset()
      stalls = false
    },
    close: () => server.close(),
    content: (name: string): Content => {
      const content = setup.contents[name]
      if (!content) throw new Error(`no content is called ${name}`)
      return content
    },
    connector: () => connector,
    sandbox: () => sandbox,
    reader: () => ({
      now: clock.now,
      read: (request: Parameters<typeof send>[0]) => send(request, { timeoutMs: 2000 }),
    }),
    accountId: () => live()[0]?.account ?? String(Object.values(setup.account)[0]),
    fault: (fault: Fault) => {
      sandbox.addFault(platform, fault)
      stalls ||= fault.kind === 'stall' || fault.kind === 'slow'
    },
    untilLive: () => waitFor('the late post', live, (posts) => posts.length > 0),
    live,
    reads,
    drive,
    looks,
    sendsAgain,
    reconnects,
    expectTruth,
    expectEnd,
    expectOne,
    expectHeld,
    atEveryPoint,
  }
  return bench
}

/** A success also releases the account, which says nothing. */
export function alarms({ effects }: Drive): readonly Effect[] {
  return effects.filter(({ kind }) => kind !== 'releaseAccount')
}

/** What the attempts that did not work led to, in their order. */
export function failures({ trace }: Drive): readonly Outcome[] {
  const outcomes = trace.flatMap(({ event }) => (event.type === 'attempted' ? event.outcome : []))
  return outcomes.filter(({ kind }) => kind !== 'published' && kind !== 'accepted')
}

/** Does something the first time only. */
export function once<T>(act: (given: T) => void): (given: T) => void {
  let done = false
  return (given) => {
    if (!done) act(given)
    done = true
  }
}

export function statuses({ trace }: Drive): readonly string[] {
  return trace.map(({ to }) => to)
}
