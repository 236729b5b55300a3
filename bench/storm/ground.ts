import type { Database } from '../../src/store/database.js'
import type { Child } from './children.js'
import type { StoreImage } from './judge.js'

/** Something that goes wrong with the programs or the servers below them. */
export interface Trouble {
  readonly name: string
  /** How often it comes, against the others. */
  readonly weight: number
  /** Resolves when it is over. */
  happen(random: () => number): Promise<void>
}

/** A process that was killed. */
export interface Death {
  readonly pid: number
  readonly at: number
  /** When its program was up again; absent where others went on meanwhile. */
  upAt?: number
}

/** Where a storm takes place: the programs under test and what they stand on. */
export interface Ground {
  readonly name: string
  readonly children: readonly Child[]
  readonly troubles: readonly Trouble[]
  readonly deaths: Death[]
  /** Ends the programs in an orderly way; what they left in the store is read then. */
  end(): Promise<void>
  read(): Promise<StoreImage>
  /** Throws everything away. */
  close(): Promise<void>
}

export interface GroundParts {
  /** For data of its own. */
  readonly folder: string
  readonly logs: string
  /** The program under test. */
  readonly entry: string
  readonly env: Readonly<Record<string, string>>
  /** A good moment to kill: a platform has something that it has not answered yet. */
  openRequest(withinMs: number): Promise<void>
  /** What it left in its store. */
  read(database: Database): Promise<StoreImage>
}

/** How long a kill waits for a platform to be at something. */
export const MOMENT_WITHIN_MS = 3_000

/** Kills one of them, and says so in `deaths`. */
export function killOne(child: Child, deaths: Death[]): Death | undefined {
  const pid = child.kill()
  if (pid === undefined) return undefined
  const death = { pid, at: Date.now() }
  deaths.push(death)
  return death
}
