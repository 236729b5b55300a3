/** Attends to targets beside the rounds that find them, so that a slow one keeps no other waiting. */
export interface Attendants {
  /** Begins with the first of these for which there is room, and that are not attended to already. */
  begin(targetIds: readonly string[]): void
  /** When all that was begun has ended. */
  ended(): Promise<void>
}

/** @param most attended to at the same time */
export function createAttendants(
  attendTo: (targetId: string) => Promise<void>,
  most: number,
  failed: (error: unknown, targetId: string) => void,
): Attendants {
  const underWay = new Map<string, Promise<void>>()
  return {
    begin(targetIds) {
      for (const id of targetIds) {
        if (underWay.size >= most) return
        if (underWay.has(id)) continue
        const end = attendTo(id)
          .catch((error) => failed(error, id))
          .finally(() => underWay.delete(id))
        underWay.set(id, end)
      }
    },
    async ended() {
      await Promise.all(underWay.values())
    },
  }
}
