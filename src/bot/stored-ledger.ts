import { claimToken } from '../store/ids.js'
import {
  forgetRequests,
  type NewRequest,
  renewRequests,
  seizeRequest,
  takeRequests,
  writeRequests,
} from '../store/requests.js'
import type { SecretBox } from '../store/secret-box.js'
import { within } from '../wait.js'
import type { BotDeps } from './deps.js'
import type { Entry, Ledger, Left, Resume } from './ledger.js'
import { together } from './together.js'

/** An acknowledgement is not held up any longer by a slow database. */
const WRITTEN_WITHIN_MS = 300
const SETTLED_WITHIN_MS = 500
/** Whoever gives no sign for so long is gone. Another one takes up what he left, which does no harm if he is not. */
const LEASE_MS = 6_000
/** After that it is not done any more: people have seen that nothing came, and asked again or went on. */
const WANTED_FOR_MS = 5 * 60_000
/** Whom nobody can tell anything after so many tries, the log is told of. */
const MOST_TAKEN = 10
const TAKEN_AT_ONCE = 20

/** In memory: how far a request of this process has come. */
interface Held {
  /** Ends when it is known whether it was written down. */
  writing: Promise<unknown>
  isBeingWritten: boolean
  isWritten: boolean
  isAnswered: boolean
}

/** The ledger in the store. What is in it is sealed: it holds what answers are addressed by. */
export function createLedger(
  deps: Pick<BotDeps, 'database' | 'now' | 'random' | 'log'> & { readonly box: SecretBox },
): Ledger & {
  /** Takes up what was left by processes that are gone. Made to be called again and again. */
  takeUp(chats: ReadonlyMap<string, Resume>): Promise<void>
  close(): void
} {
  const { now, box } = deps
  const { orm, prompt } = deps.database
  const log = deps.log.child({ part: 'ledger' })
  const holder = claimToken(now(), deps.random)
  const held = new Map<string, Held>()
  let timer: NodeJS.Timeout | undefined

  function hold(key: string, isWritten: boolean): Held {
    const state = { isBeingWritten: false, isWritten, isAnswered: false }
    const one = { writing: Promise.resolve(), ...state }
    held.set(key, one)
    timer ??= setInterval(() => void renew().catch(() => {}), LEASE_MS / 3)
    return one
  }

  function letGo(key: string, one: Held): void {
    if (held.get(key) === one) held.delete(key) // and not the same one that was delivered again
    if (held.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  const writeDown = together(async (all: readonly NewRequest[]) => {
    const ours = await writeRequests(prompt, all)
    return all.map(({ key }) => ours.has(key))
  })

  /** Crosses off all that is answered. */
  const forget = together(async (all: readonly undefined[]) => {
    const answered = [...held].filter(([, one]) => one.isAnswered && !one.isBeingWritten)
    const keys = answered.map(([key]) => key)
    if (keys.length > 0) await forgetRequests(orm, keys, holder)
    for (const [key, one] of answered) letGo(key, one)
    return all
  })

  async function renew(): Promise<void> {
    await forget(undefined)
    const open = [...held].flatMap(([key, one]) => (one.isAnswered ? [] : [key]))
    if (open.length > 0) await renewRequests(orm, open, holder, now() + LEASE_MS)
  }

  async function write<T>(one: Held, statement: () => Promise<T>): Promise<T> {
    one.isBeingWritten = true
    try {
      const result = await statement()
      one.isWritten = true
      return result
    } finally {
      one.isBeingWritten = false
    }
  }

  function entryOf(key: string, one: Held, seize: Entry['seize'] = () => {}): Entry {
    return {
      seize,
      async settle() {
        one.isAnswered = true
        // What is still being written would stand there after it was crossed off.
        const written = one.writing.catch(() => {})
        const gone = written.then(() => forget(undefined)).then(() => !held.has(key) || undefined)
        const isGone = await within(SETTLED_WITHIN_MS, gone).catch(() => undefined)
        return isGone ?? !one.isWritten
      },
      leave: () => letGo(key, one),
    }
  }

  return {
    async keep({ key, chat, content }) {
      const at = now()
      const heldUntil = at + LEASE_MS
      const row: NewRequest = { key, chat, sealed: box.seal(content), at, holder, heldUntil }
      const one = hold(key, false)
      let isOurs = true
      one.writing = write(one, async () => {
        isOurs = await writeDown(row)
      })
      const written = one.writing.then(
        () => 'written',
        (error: Error) => error.message,
      )
      const why = (await within(WRITTEN_WITHIN_MS, written)) ?? 'the database is slow'
      if (!one.isWritten) log.warn({ key, why }, 'acknowledged without being written down')
      return entryOf(key, one, () => {
        if (isOurs) return
        one.writing = write(one, () => seizeRequest(orm, row))
        one.writing.catch(() => {})
      })
    },
    async takeUp(chats) {
      if (chats.size === 0) return
      const by = { chats: [...chats.keys()], holder, now: now(), heldUntil: now() + LEASE_MS }
      const except = [...held.keys()]
      for (const row of await takeRequests(orm, { ...by, except, limit: TAKEN_AT_ONCE })) {
        const { key, chat, taken } = row
        const at = row.at.getTime()
        const entry = entryOf(key, hold(key, true))
        const mayDo = taken === 1 && now() - at < WANTED_FOR_MS
        try {
          if (taken > MOST_TAKEN) throw new Error('nobody could be told')
          const left: Left = { content: box.open(row.sealed), at, mayDo, entry }
          log.warn({ key, at, mayDo }, 'taking up what a process left that is gone')
          void chats.get(chat)?.(left)
        } catch (error) {
          log.error({ key, at, error: (error as Error).message }, 'a request is given up')
          void entry.settle()
        }
      }
    },
    close() {
      clearInterval(timer)
    },
  }
}
