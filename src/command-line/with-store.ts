import { readSettings, type Settings } from '../config.js'
import { openDatabase } from '../program/open-store.js'
import type { Database } from '../store/database.js'
import type { CommandContext } from './command.js'

/**
 * Opens the store that the configuration names, brought up to date, for as long as `work` takes.
 * The embedded store opens only while no other process has it.
 * @throws ConfigError, DatabaseUnavailableError, FolderInUseError
 */
export async function withStore<T>(
  context: Pick<CommandContext, 'environment'>,
  work: (database: Database, settings: Settings) => Promise<T>,
): Promise<T> {
  const settings = readSettings(context.environment)
  const database = await openDatabase(settings)
  try {
    return await work(database, settings)
  } finally {
    await database.close()
  }
}
