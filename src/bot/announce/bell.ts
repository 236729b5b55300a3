/** Tells a telling that something changed, also while it is busy. */
export interface Bell {
  /** @param isUrgent people are to see it before what else there is to tell */
  ring(isUrgent?: boolean): void
  /** A signal that comes with the next ring; what rang before is forgotten. */
  listen(): AbortSignal
  /** Whether it rang since anybody listened. */
  rang(): boolean
  /** Whether something urgent came up since `attend`. */
  isUrgent(): boolean
  /** From here on the post is looked at with everything that rang before. */
  attend(): void
}

/** @param isUrgent what it is made for is urgent */
export function createBell(isUrgent = false): Bell {
  let controller = new AbortController()
  let urgent = isUrgent
  return {
    ring(isUrgent = false) {
      urgent ||= isUrgent
      controller.abort()
    },
    listen() {
      if (controller.signal.aborted) controller = new AbortController()
      return controller.signal
    },
    rang: () => controller.signal.aborted,
    isUrgent: () => urgent,
    attend() {
      urgent = false
    },
  }
}
