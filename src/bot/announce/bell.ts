/** Tells a telling that something changed, also while it is busy. */
export interface Bell {
  ring(): void
  /** A signal that comes with the next ring; what rang before is forgotten. */
  listen(): AbortSignal
  /** Whether it rang since anybody listened. */
  rang(): boolean
}

export function createBell(): Bell {
  let controller = new AbortController()
  return {
    ring: () => controller.abort(),
    listen() {
      if (controller.signal.aborted) controller = new AbortController()
      return controller.signal
    },
    rang: () => controller.signal.aborted,
  }
}
