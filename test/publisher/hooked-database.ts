import type { Database } from '../../src/store/database.js'

export interface Hooks {
  /** Runs before each statement that records something; throwing stops it. */
  before?(): void | Promise<void>
  /** Runs after the statement has taken effect; throwing loses its answer. */
  after?(): void | Promise<void>
}

/** The same database, with a moment before and after everything that is recorded. */
export function hookedDatabase(database: Database, hooks: Hooks): Database {
  const orm = new Proxy(database.orm, {
    get(target, property) {
      if (property !== 'execute') return Reflect.get(target, property)
      return async (statement: Parameters<typeof target.execute>[0]) => {
        await hooks.before?.()
        const result = await target.execute(statement)
        await hooks.after?.()
        return result
      }
    },
  })
  return { ...database, orm }
}
