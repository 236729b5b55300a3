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
import type { Command } from './command.js'
import type { BotDeps } from './deps.js'
import { together } from './together.js'
import { opensForm } from './trouble.js'

/** What people asked for, written down before it is acknowledged, so that no death loses it. */
export interface Ledger {
  /**
   * Writes a request down. Waits no longer than an acknowledgement may: without a database it is
   * acknowledged all the same, and carried out or refused as things stand. Never throws.
   */
  keep(request: Request): Promise<Entry>
}

export interface Request {
  readonly key: string
  readonly chat: string
  /** What it takes to carry it out, and to answer it: plain data. */
  readonly content: unknown
}

/** One request in the ledger. Nothing of it throws. */
export interface Entry {
  /** It is ours to see to, whoever wrote it down first: another bot may have heard it too. */
  seize(): void
  /**
   * Crosses it off: it was answered, or it is not ours.
   * @returns false when it may still be taken up, because the database did not say otherwise
   */
  settle(): Promise<boolean>
  /** Nobody could be told what came of it: whoever is next takes it up. */
  leave(): void
}

/** A request whose process is gone. */
export interface Left {
  readonly content: unknown
  /** When it was asked for. */
  readonly at: number
  /**
   * False: nobody waits for it any more, or whoever tries it dies of it. It may have been carried out
   * all the same.
   */
  readonly mayDo: boolean
  readonly entry: Entry
}

/** Carries out or answers what another process left. */
export type Resume = (left: Left) => Promise<void>

export const NO_ENTRY: Entry = { seize() {}, settle: async () => true, leave() {} }
export const NO_LEDGER: Ledger = { keep: async () => NO_ENTRY }

const READS: ReadonlySet<Command['kind']> = new Set(['status', 'accounts', 'help', 'unsupported'])

/** Whether it may not be lost. What only reads is asked for again, and a form opens at once or never. */
export function isKept(command: Command): boolean {
  return !READS.has(command.kind) && !opensForm(command)
}

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
