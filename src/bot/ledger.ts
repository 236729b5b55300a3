import type { Command } from './command.js'
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
