import type { Message, OpenModal, Thread } from './model.js'

/** One request to the REST API. `status` is null while it is worked on and when nothing came back. */
export interface Call {
  method: string
  /** The route it matched, such as `/channels/:channel/messages`, or null. */
  route: string | null
  path: string
  body: unknown
  at: number
  status: number | null
}

export type ServerEvent =
  | { type: 'message'; action: 'created' | 'edited' | 'deleted'; message: Message }
  | { type: 'thread'; action: 'created' | 'updated' | 'deleted'; thread: Thread }
  | { type: 'interaction'; action: 'sent' | 'answered' | 'unanswered'; interactionId: string }
  | { type: 'modal'; modal: OpenModal }
  | { type: 'commands' }
  | { type: 'call'; call: Call }
  | { type: 'gateway'; action: 'ready' | 'resumed' | 'closed'; sessionId: string }

/** An event for the gateway; only sessions that asked for `intent` receive it, if there is one. */
export interface Dispatch {
  t: string
  d: object
  intent?: number
}

/** Where the parts of the server tell each other, and tests, what happened. */
export interface Hub {
  on(listener: (event: ServerEvent) => void): () => void
  emit(event: ServerEvent): void
  onDispatch(listener: (dispatch: Dispatch) => void): void
  dispatch(dispatch: Dispatch): void
  waitFor<T>(look: () => T | null | undefined | false, timeoutMs?: number): Promise<T>
  close(): void
}

export function createHub(): Hub {
  const listeners = new Set<(event: ServerEvent) => void>()
  const dispatchers = new Set<(dispatch: Dispatch) => void>()
  const waiting = new Set<(reason: Error) => void>()
  return {
    on(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    emit(event) {
      for (const listener of [...listeners]) listener(event)
    },
    onDispatch: (listener) => dispatchers.add(listener),
    dispatch(dispatch) {
      for (const listener of dispatchers) listener(dispatch)
    },
    waitFor(look, timeoutMs = 5_000) {
      const seen = look()
      if (seen) return Promise.resolve(seen)
      return new Promise((resolve, reject) => {
        const finish = (settle: () => void) => {
          clearTimeout(timer)
          listeners.delete(check)
          waiting.delete(giveUp)
          settle()
        }
        const giveUp = (reason: Error) => finish(() => reject(reason))
        const check = () => {
          try {
            const found = look()
            if (found) finish(() => resolve(found))
          } catch (error) {
            giveUp(error instanceof Error ? error : new Error(String(error)))
          }
        }
        const timer = setTimeout(
          () => giveUp(new Error(`nothing matched ${look} within ${timeoutMs} ms`)),
          timeoutMs,
        )
        listeners.add(check)
        waiting.add(giveUp)
      })
    },
    close() {
      for (const giveUp of waiting) giveUp(new Error('the Discord server was closed'))
    },
  }
}
