import type { Channel, Database } from '../store/database.js'
import { unlessAborted, within } from '../wait.js'

/** What workers have told about accounts since the listening began. */
export interface Hearing {
  /**
   * @param giveUp ends the waiting before its time
   * @returns true when all of these were told about; undefined when that takes longer than `ms`
   */
  until(names: readonly string[], ms: number, giveUp?: AbortSignal): Promise<true | undefined>
  end(): Promise<void>
}

/** Listens from now on, so that nothing is missed between asking and waiting. */
export async function hear(channel: Channel, database: Pick<Database, 'listen'>): Promise<Hearing> {
  const told = new Set<string>()
  let check = () => {}
  const end = await database.listen(channel, (name) => {
    told.add(name)
    check()
  })
  return {
    end,
    until(names, ms, giveUp) {
      const all = new Promise<true>((resolve) => {
        check = () => {
          if (names.every((name) => told.has(name))) resolve(true)
        }
        check()
      })
      const inTime = within(ms, all)
      return giveUp ? unlessAborted(inTime, giveUp) : inTime
    },
  }
}
