import type { AccountsFile } from '../accounts-file.js'
import type { Settings } from '../config.js'
import type { Log } from '../log.js'
import { createDatabaseWatch } from '../observe/database-watch.js'
import { type Account, isSameConnection } from '../publisher/connectors/index.js'
import { MEDIA_KEPT_DAYS } from '../publisher/kept-media.js'
import { repeat } from '../repeat.js'
import { syncAccounts } from '../store/accounts.js'
import { type Clock, createDatabaseClock } from '../store/clock.js'
import type { Database } from '../store/database.js'
import { endLeases } from '../store/end-leases.js'
import { forgetOldKeys } from '../store/inbox.js'
import { openEmbedded } from '../store/open-embedded.js'
import { openServer } from '../store/open-server.js'
import { releaseMedia } from '../store/release-media.js'
import { forgetOldRequests } from '../store/requests.js'
import { createSecretBox, type SecretBox } from '../store/secret-box.js'
import { syncWorkspaces } from '../store/sync-workspaces.js'
import type { Stops } from './stops.js'

const DAY_MS = 86_400_000
const HOUSEKEEPING_EVERY_MS = 60_000
const MEDIA_EVERY_MS = 6 * 3_600_000
const CLOCK_WATCHED_EVERY_MS = 1_000
const DATABASE_WATCHED_EVERY_MS = 2_000

/** An open store that knows this installation's accounts and workspaces. */
export interface Store {
  readonly database: Database
  readonly now: Clock
  /** Notices at once that the machine's clock was set; `now` goes on meanwhile. */
  readonly keepTime: () => Promise<void>
  /** For credentials at rest. */
  readonly box: SecretBox
}

/** The store that the settings name. */
export function openDatabase(settings: Settings): Promise<Database> {
  return settings.databaseUrl ? openServer(settings.databaseUrl) : openEmbedded(settings.dataDir)
}

/**
 * Opens the store, brings it in line with the accounts file, and keeps house in it until it is stopped.
 * @throws DatabaseUnavailableError, IncompleteInstallationError, FolderInUseError, StoppedError
 */
export async function openStore(
  settings: Settings,
  file: AccountsFile,
  log: Log,
  stops: Stops,
): Promise<Store> {
  const database = await openDatabase(settings)
  stops.closes('the store', () => database.close())
  const clock = createDatabaseClock(database)
  await clock.follow()
  const { now } = clock
  if (database.driver.engine === 'embedded') await endLeases(database.orm, now())
  await syncWorkspaces(database.orm, file.workspaces ?? [], now())
  const box = createSecretBox(settings.secretKey, settings.earlierSecretKey)
  await syncAccounts(database.orm, file.accounts, box, now(), (before, account) =>
    isSameConnection(before, account as Account),
  )
  let mediaDueAt = now()
  if (database.driver.engine === 'server') {
    const watch = createDatabaseWatch(database.ping, log, now)
    stops.ends('the watch on the database', repeat(watch, DATABASE_WATCHED_EVERY_MS, () => {}).stop)
    // A round of its own: housekeeping may take long.
    const following = repeat(clock.keepUp, CLOCK_WATCHED_EVERY_MS, (error) =>
      log.debug({ error: (error as Error).message }, 'the time of the database'),
    )
    stops.ends('the clock', following.stop)
  }
  const housekeeping = repeat(
    async (stopping) => {
      await forgetOldKeys(database.orm, now() - 2 * DAY_MS)
      await forgetOldRequests(database.orm, now() - DAY_MS)
      if (now() >= mediaDueAt) {
        const before = now() - MEDIA_KEPT_DAYS * DAY_MS
        while (!stopping.aborted && (await releaseMedia(database.orm, before)) > 0);
        mediaDueAt = now() + MEDIA_EVERY_MS
      }
      await database.tidy()
    },
    HOUSEKEEPING_EVERY_MS,
    (error) => log.debug({ error: (error as Error).message }, 'housekeeping'),
  )
  stops.ends('housekeeping', housekeeping.stop)
  return { database, now, keepTime: clock.keepUp, box }
}
