import type { AccountsFile } from '../accounts-file.js'
import type { AnnounceSettings } from '../bot/announce/settings.js'
import type { BotDeps } from '../bot/deps.js'
import type { Mirrored } from '../bot/discord/mirror.js'
import type { Settings } from '../config.js'
import type { Desk } from '../desk.js'
import type { Log, Redactor } from '../log.js'
import type { MediaLinks } from '../media-links.js'
import type { Metrics } from '../observe/metrics.js'
import type { Readiness } from '../observe/readiness.js'
import type { Route, startServer } from '../server.js'
import type { Store } from './open-store.js'
import type { Stops } from './stops.js'

/** What a trial or a test may put in place of the ordinary. */
export interface Overrides {
  readonly log?: Log
  readonly redactor?: Redactor
  readonly accounts?: AccountsFile
  readonly routes?: readonly Route[]
  readonly upgrade?: Parameters<typeof startServer>[0]['upgrade']
  readonly host?: string
  /** Chats of our own have no rate to stay inside. */
  readonly unpaced?: true
  /** Is told what every chat shows, as Discord would show it. */
  readonly asDiscord?: (mirrored: Mirrored) => void
  /** Shorter waits of telling, for runs that are watched. */
  readonly telling?: Partial<AnnounceSettings>
}

/** What both halves of the program, bot and workers, are built from. */
export interface Parts extends Pick<BotDeps, 'database' | 'now' | 'random' | 'log' | 'policy'> {
  readonly keepTime: Store['keepTime']
  readonly settings: Settings
  readonly file: AccountsFile
  readonly overrides: Overrides
  readonly desk: Desk
  readonly links: MediaLinks | null
  readonly metrics: Metrics
  readonly readiness: Readiness
  /** Asked in order; one that is added later is asked from then on. */
  readonly routes: Route[]
  readonly stops: Stops
}
