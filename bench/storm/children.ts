import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'

/** How one program of the storm is started. */
export interface Recipe {
  readonly name: string
  readonly entry: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** A program that is started again whenever it ends, until it is told to stay down. */
export interface Child {
  readonly name: string
  /** The process of now; undefined between two lives. */
  pid(): number | undefined
  isReady(): boolean
  /** Resolves at the next word that it is ready, or at once when it is. */
  ready(timeoutMs: number): Promise<void>
  /** SIGKILL. @returns the pid that died */
  kill(): number | undefined
  /** SIGSTOP, and SIGCONT after `ms`. */
  stall(ms: number): Promise<void>
  /** SIGTERM; SIGKILL when it has not ended after `withinMs`. */
  end(withinMs: number): Promise<void>
  /** Ends it for good. */
  retire(withinMs: number): Promise<void>
  /** What it says over its channel, besides `ready`. */
  onMessage(hear: (message: unknown) => void): void
  send(message: object): boolean
  /** How often it ended by itself after it had been ready. */
  crashes(): number
}

const AGAIN_AFTER_MS = 200
/** After so many starts in vain it is not the storm that keeps it down. */
const MOST_STILLBORN = 20

/** Starts a program and keeps it running; what it prints goes to a file in `logs`. */
export function keepRunning(recipe: Recipe, logs: string): Child {
  const log = createWriteStream(join(logs, `${recipe.name}.log`), { flags: 'a' })
  const listeners = new Set<(message: unknown) => void>()
  const waiting = new Set<(isUp: boolean) => void>()
  let child: ChildProcess | undefined
  let ready = false
  let asked = false
  let retired = false
  let crashes = 0
  /** Lives in a row that ended before it was ready. */
  let stillborn = 0
  let ended: Promise<void> = Promise.resolve()

  function start(): void {
    if (retired) return
    asked = false
    const started = spawn(
      process.execPath,
      [...(process.env.STORM_NODE ?? '').split(' ').filter(Boolean), recipe.entry, ...recipe.args],
      {
        env: {
          PATH: process.env.PATH ?? '',
          STORM_SLOW: process.env.STORM_SLOW ?? '',
          NODE_ENV: 'production',
          ...recipe.env,
        },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    )
    child = started
    started.stdout?.pipe(log, { end: false })
    started.stderr?.pipe(log, { end: false })
    started.on('message', (message) => {
      if (message !== 'ready') {
        for (const hear of listeners) hear(message)
        return
      }
      ready = true
      stillborn = 0
      for (const go of waiting) go(true)
    })
    ended = new Promise((resolve) => {
      started.on('exit', (code, signal) => {
        log.write(`-- ${started.pid} ended: ${code ?? signal}\n`)
        if (!asked && !retired && ready) crashes += 1
        if (!asked && !ready) stillborn += 1
        if (stillborn >= MOST_STILLBORN) for (const hopeless of waiting) hopeless(false)
        child = undefined
        ready = false
        // What it had under way must not come back to life at once in the same tick.
        setTimeout(start, asked ? 0 : AGAIN_AFTER_MS)
        resolve()
      })
    })
  }

  async function end(withinMs: number): Promise<void> {
    if (!child) return
    asked = true
    const dying = child
    dying.kill('SIGTERM')
    const late = setTimeout(() => dying.kill('SIGKILL'), withinMs)
    await ended
    clearTimeout(late)
  }

  start()
  return {
    name: recipe.name,
    pid: () => child?.pid,
    isReady: () => ready,
    ready: (timeoutMs) =>
      new Promise((resolve, reject) => {
        if (ready) return resolve()
        const go = (isUp: boolean) => {
          clearTimeout(late)
          waiting.delete(go)
          if (isUp) resolve()
          else reject(new Error(`${recipe.name} does not come up; see ${log.path}`))
        }
        const late = setTimeout(() => go(false), timeoutMs)
        waiting.add(go)
      }),
    kill() {
      asked = true
      ready = false
      const pid = child?.pid
      child?.kill('SIGKILL')
      return pid
    },
    async stall(ms) {
      const stalled = child
      stalled?.kill('SIGSTOP')
      await new Promise((resolve) => setTimeout(resolve, ms))
      stalled?.kill('SIGCONT')
    },
    end,
    async retire(withinMs) {
      retired = true
      await end(withinMs)
      log.end()
    },
    onMessage: (hear) => void listeners.add(hear),
    send: (message) => child?.connected === true && child.send(message),
    crashes: () => crashes,
  }
}
