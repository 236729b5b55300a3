import { repeat } from '../repeat.js'
import { heldWithoutCause, loadTarget, takeDue } from '../store/load-targets.js'
import { recordTransition, StaleVersionError } from '../store/record-transition.js'
import { isAway } from '../store/server-connections.js'
import { createAttendants } from './attendants.js'
import { decide } from './core/decide.js'
import type { TargetEvent } from './core/target.js'
import type { PublisherDeps } from './deps.js'
import type { Bell, Doorbell } from './queue/queue.js'
import { messageOf } from './record.js'

/**
 * Bells further away than this are left to the sweep, so that a queue stays small. It is well below
 * a lease: else every claim would leave a bell for its end, which nearly never means anything.
 */
const HORIZON_MS = 10_000
const SWEEP_EVERY_MS = 2_000
const SWEEP_LIMIT = 1_000
/** Attended to at the same time while the queue is away. */
const AT_A_TIME = 20
/** A queue that hangs is as good as one that refuses. */
const RING_WITHIN_MS = 10_000

/**
 * Rings the queue for what the store says is due: at once when the store notifies, and by a sweep
 * that finds what was missed. When the queue cannot be rung, the sweep attends to the longest
 * overdue targets itself, so that an outage of the queue delays posts but misses none.
 */
export async function startRelay(
  deps: PublisherDeps,
  doorbell: Doorbell,
  attendTo: (targetId: string) => Promise<void>,
  options: { sweepEveryMs?: number; ringWithinMs?: number } = {},
): Promise<{ sweep(): Promise<void>; stop(): Promise<void> }> {
  const { database, log } = deps
  const everyMs = options.sweepEveryMs ?? SWEEP_EVERY_MS
  const ring = (bells: readonly Bell[]) =>
    within(options.ringWithinMs ?? RING_WITHIN_MS, doorbell.ring(bells, deps.now()))
  const attendants = createAttendants(attendTo, AT_A_TIME, (error, targetId) =>
    log.warn({ targetId, error: messageOf(error) }, 'an overdue target could not be attended to'),
  )
  let heard: Bell[] = []
  let stopped = false

  const flush = async () => {
    const bells = heard
    heard = []
    try {
      await ring(bells)
    } catch (error) {
      log.debug({ error: (error as Error).message }, 'the queue could not be rung; the sweep will')
    }
  }
  const unlisten = await database.listen('pressroom_due', (payload) => {
    const bell = parseBell(payload)
    if (!bell || stopped || bell.dueAt > deps.now() + HORIZON_MS) return
    // Everything that became due in one tick is one call to the queue.
    if (heard.push(bell) === 1) setImmediate(() => void flush())
  })

  const sweep = async (stopping?: AbortSignal) => {
    const due = await takeDue(database.orm, deps.now() + 2 * everyMs, SWEEP_LIMIT)
    const bells = due.map(({ id, ...rest }) => ({ targetId: id, ...rest }))
    try {
      await ring(bells)
    } catch (error) {
      log.warn(
        { error: (error as Error).message },
        'the queue does not answer; publishing goes on without it',
      )
      const overdue = bells.filter(({ dueAt }) => dueAt <= deps.now())
      attendants.begin(overdue.map(({ targetId }) => targetId))
    }
    await releaseHeld(deps, stopping)
  }
  const timer = repeat(sweep, everyMs, (error) =>
    log.warn({ error: (error as Error).message }, 'the sweep did not work; it is tried again'),
  )
  return {
    sweep,
    async stop() {
      stopped = true
      await Promise.all([timer.stop(), unlisten()])
      await attendants.ended()
    },
  }
}

/** Targets that their account held, and whose account works again, go on by themselves. */
async function releaseHeld(deps: PublisherDeps, stopping?: AbortSignal): Promise<void> {
  for (const id of await heldWithoutCause(deps.database.orm, SWEEP_LIMIT)) {
    if (stopping?.aborted) return
    try {
      await release(id, deps)
    } catch (error) {
      if (isAway(error)) throw error
      const why = messageOf(error)
      deps.log.error({ targetId: id, error: why }, 'a held target could not be released')
    }
  }
}

async function release(id: string, deps: PublisherDeps): Promise<void> {
  const { orm } = deps.database
  const loaded = await loadTarget(orm, id)
  if (!loaded || !deps.connector(loaded.stored.account)) return
  const event: TargetEvent = { type: 'accountRestored', at: deps.now() }
  const can = { canLookUp: false, canVerify: false }
  const decision = decide(loaded.stored.target, event, { policy: deps.policy, can })
  if (decision.kind === 'refused') return
  await recordTransition(orm, loaded.stored, event, decision).catch((error) => {
    if (!(error instanceof StaleVersionError)) throw error
  })
}

function parseBell(payload: string): Bell | undefined {
  const [targetId, version, dueAt] = payload.split(' ')
  if (!targetId || !version || !dueAt) return undefined
  return { targetId, version: Number(version), dueAt: Number(dueAt) }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
