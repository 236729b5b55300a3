/** A line before a few places: what is urgent goes first, else whoever came first. */
export interface Line {
  /**
   * Does the work once there is a place for it.
   * @param isUrgent asked whenever a place becomes free: it may become so while it waits
   */
  take<T>(isUrgent: () => boolean, work: () => Promise<T>): Promise<T>
}

export function createLine(places: number): Line {
  const waiting: { isUrgent(): boolean; go(): void }[] = []
  let free = places

  function serve(): void {
    if (free === 0) return
    const urgent = waiting.findIndex((one) => one.isUrgent())
    const [next] = waiting.splice(Math.max(0, urgent), 1)
    if (!next) return
    free -= 1
    next.go()
  }

  return {
    async take(isUrgent, work) {
      await new Promise<void>((go) => {
        waiting.push({ isUrgent, go })
        serve()
      })
      try {
        return await work()
      } finally {
        free += 1
        serve()
      }
    },
  }
}
