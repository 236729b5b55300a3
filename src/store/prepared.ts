import type { Orm } from './database.js'

/**
 * A statement that is built once for each database instead of each time. With a name a server also
 * parses and plans it only once for each connection.
 */
export function prepared<Statement>(build: (orm: Orm) => Statement): (orm: Orm) => Statement {
  const built = new WeakMap<Orm, Statement>()
  return (orm) => {
    const statement = built.get(orm) ?? build(orm)
    built.set(orm, statement)
    return statement
  }
}
