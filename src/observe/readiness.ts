import { within } from '../wait.js'

/** @returns undefined when all is well, else what is not, in a few words */
export type Check = () => Promise<string | undefined> | string | undefined

/** Whether this process does what it is there for, part by part. */
export interface Readiness {
  /** Adds a part that has to work. */
  add(check: Check): void
  /** Everything is started; before that the answer is "starting". */
  started(): void
  /** The process is about to end; the answer is "stopping" from now on. */
  stopping(): void
  /** Null when ready, else a line for each thing that is not. Answers within two seconds. */
  ask(): Promise<string | null>
}

/** Whoever asks for readiness does not wait long. */
const ANSWER_WITHIN_MS = 1_500

export function createReadiness(): Readiness {
  const checks: Check[] = []
  let phase: 'starting' | 'started' | 'stopping' = 'starting'
  return {
    add: (check) => void checks.push(check),
    started() {
      phase = 'started'
    },
    stopping() {
      phase = 'stopping'
    },
    async ask() {
      if (phase !== 'started') return phase
      const found = await Promise.all(checks.map(async (check) => check()))
      const wrong = found.filter((one) => one !== undefined)
      return wrong.length === 0 ? null : wrong.join('\n')
    },
  }
}

/** A check that something answers, and in time. */
export function answers(ask: () => Promise<unknown>, otherwise: string): Check {
  return async () => {
    const answered = ask().then(
      () => true,
      () => false,
    )
    return (await within(ANSWER_WITHIN_MS, answered)) ? undefined : otherwise
  }
}
