import { type AccountsFile, readAccountsFile } from './accounts-file.js'
import { withoutQueueBoard } from './api/queue-board.js'
import { ConfigError, type Environment, type Settings } from './config.js'
import { createDesk } from './desk.js'
import { createLog, createRedactor } from './log.js'
import { createMediaLinks } from './media-links.js'
import { createMetrics } from './observe/metrics.js'
import { metricsRoute } from './observe/metrics-route.js'
import { answers, createReadiness } from './observe/readiness.js'
import { followChecks } from './program/follow-checks.js'
import { openPort } from './program/open-port.js'
import { openStore } from './program/open-store.js'
import type { Overrides, Parts } from './program/parts.js'
import { secretsIn, secretsInFile } from './program/secrets.js'
import { createStops, type Stops } from './program/stops.js'
import { createPolicy } from './publisher/core/retry.js'
import type { ShownDoorbell } from './publisher/queue/queue.js'
import { healthRoute, mediaRoute, type Route } from './server.js'
import { loadGauges } from './store/load-gauges.js'
import { loadMedia } from './store/media.js'
import { VERSION } from './version.js'

export type { Overrides } from './program/parts.js'

/** `start` is bot and workers in one process; the others run apart over one database. */
export type Mode = 'start' | 'bot' | 'worker'

export interface Running {
  /** Where this process answers HTTP, when it does. */
  readonly port: number | null
}

export interface Program {
  /**
   * Resolves when commands are taken in every chat, however long that takes; with undefined when it
   * was stopped before. Whatever was started is stopped again when a part fails.
   * @throws ConfigError, SlackTokenError, DatabaseUnavailableError, QueueUnavailableError,
   * FolderInUseError
   */
  readonly ready: Promise<Running | undefined>
  /**
   * Stops in good order, also while it is being started: all intake at once, then what is under way,
   * then the queue and the store.
   * @returns the names of what did not end in time
   */
  stop(): Promise<readonly string[]>
}

/** Builds and starts the whole program. */
export function startProgram(
  settings: Settings,
  environment: Environment,
  mode: Mode,
  overrides: Overrides = {},
): Program {
  const stops = createStops()
  const starting = start(settings, environment, mode, overrides, stops)
  let stopped: Promise<readonly string[]> | undefined
  const stop = () => {
    stopped ??= stops.stop(starting)
    return stopped
  }
  const ready = starting.catch(async (error) => {
    const { aborted } = stops.asked
    await stop().catch(() => {})
    if (aborted) return undefined
    throw error
  })
  return { ready, stop }
}

async function start(
  settings: Settings,
  environment: Environment,
  mode: Mode,
  overrides: Overrides,
  stops: Stops,
): Promise<Running> {
  if (mode !== 'start' && !settings.databaseUrl) {
    throw new ConfigError(
      `DATABASE_URL is missing: "${mode}" runs apart from the rest only over a Postgres server. Set it, or use "start".`,
    )
  }
  const isReachable = settings.slack ?? settings.discord ?? settings.apiToken
  if (mode === 'bot' && isReachable === null) {
    throw new ConfigError(
      'SLACK_BOT_TOKEN or DISCORD_TOKEN is missing: "bot" needs a chat to talk to, or PRESSROOM_API_TOKEN for the HTTP API.',
    )
  }
  const redactor = overrides.redactor ?? createRedactor(secretsIn(settings))
  const log = overrides.log ?? createLog({ level: settings.logLevel, redactor })
  const file = overrides.accounts ?? accountsFrom(settings, environment)
  for (const secret of secretsInFile(file)) redactor.add(secret)

  const readiness = createReadiness()
  stops.ends('readiness', async () => {
    readiness.stopping()
    log.info('stopping: nothing new is taken')
  })
  const { database, now, keepTime, box } = await openStore(settings, file, log, stops)
  readiness.add(answers(() => database.ping(), 'the database does not answer'))
  const metrics = createMetrics(VERSION)
  // Loaded where it is needed: a worker starts in half the time without the chats' libraries.
  const openQueue = async () => {
    const { openDoorbell } = await import('./publisher/queue/queue.js')
    const redisUrl = settings.redisUrl ?? undefined
    return openDoorbell({ redisUrl, database, log, traces: settings.traces })
  }
  let doorbell: ShownDoorbell | undefined
  const readings = {
    gauges: () => loadGauges(database.orm),
    queueDepth: () => doorbell?.depth(),
    now,
  }
  const routes: Route[] = [
    healthRoute(readiness.ask),
    metricsRoute(metrics, readings),
    ...(overrides.routes ?? []),
  ]
  const port = await openPort(settings, routes, overrides, log, stops)
  const publicUrl = settings.publicUrl
  const links =
    publicUrl === null ? null : createMediaLinks({ publicUrl, key: settings.secretKey, now })
  if (links) routes.push(mediaRoute(links.verify, (id) => loadMedia(database.orm, id)))

  const policy = createPolicy({
    settleBaseMs: settings.settleMs,
    backoffBaseMs: settings.backoffMs,
    maxAttempts: settings.maxAttempts,
    recheckMs: settings.recheckMs,
  })
  const desk = createDesk(file.accounts, { servesMedia: links !== null })
  const parts: Parts = {
    settings,
    file,
    overrides,
    database,
    now,
    keepTime,
    random: Math.random,
    log,
    policy,
    desk,
    links,
    metrics,
    readiness,
    routes,
    stops,
  }

  await followChecks(parts)
  if (mode !== 'bot') {
    const { startWorkers } = await import('./program/start-workers.js')
    doorbell = await startWorkers(parts, box, redactor, openQueue)
  }
  let connectChats = async () => {}
  if (mode !== 'worker') {
    // A bot has no queue of its own until somebody wants to look at the others'.
    let toShow: Promise<ShownDoorbell> | undefined
    stops.closes('the queue board', async () => (await toShow?.catch(() => undefined))?.close())
    const { startBot } = await import('./program/start-bot.js')
    connectChats = await startBot(parts, box, async (basePath) => {
      if (doorbell) return doorbell.board(basePath)
      toShow = openQueue()
      return (await toShow).board(basePath)
    })
  }
  if (mode === 'worker') {
    routes.push(withoutQueueBoard('A worker has no queue board: ask a process that runs the bot.'))
  } else if (settings.apiToken === null) {
    routes.push(withoutQueueBoard('The queue board needs PRESSROOM_API_TOKEN to be set.'))
  }

  readiness.started()
  await connectChats()
  stops.asked.throwIfAborted()
  log.info({ mode, port, accounts: file.accounts.length, store: database.driver.engine }, 'ready')
  return { port }
}

function accountsFrom(settings: Settings, environment: Environment): AccountsFile {
  if (settings.accountsFile) return readAccountsFile(settings.accountsFile, environment)
  throw new ConfigError(
    'There is no accounts.yaml here. Make it (see "Accounts" in the README), or name the file in PRESSROOM_ACCOUNTS.',
  )
}
