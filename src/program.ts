import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { type AccountsFile, readAccountsFile } from './accounts-file.js'
import { type ApiDeps, createApi } from './api/index.js'
import { withoutQueueBoard } from './api/queue-board.js'
import { createWebhooks } from './api/webhooks/webhooks.js'
import type { AnnounceSettings } from './bot/announce/settings.js'
import { createAnnouncer } from './bot/announce.js'
import type { Chat } from './bot/chat.js'
import { postCredentialEnds } from './bot/credential-notices.js'
import type { BotDeps } from './bot/deps.js'
import { createDiscord } from './bot/discord/index.js'
import { type Mirrored, mirrorAsDiscord } from './bot/discord/mirror.js'
import type { HandleDeps } from './bot/handle.js'
import { postOutages } from './bot/outage-notices.js'
import { watchOverdue } from './bot/overdue.js'
import { postReminders } from './bot/reminder.js'
import { nothing, say } from './bot/reply.js'
import { rulesFor } from './bot/rules.js'
import { compareFirst } from './bot/scorecard/compare-first.js'
import type { ScorecardChat } from './bot/scorecard/deliver.js'
import { scorecardWords } from './bot/scorecard/say.js'
import { createScorecards } from './bot/scorecard/scorecards.js'
import { createSlack } from './bot/slack/index.js'
import { tellChannel } from './bot/tell-channel.js'
import { ConfigError, type Environment, type Settings } from './config.js'
import { createDesk } from './desk.js'
import { createLog, createRedactor, type Log, type Redactor } from './log.js'
import { createMediaCache } from './media-cache.js'
import { createMediaLinks } from './media-links.js'
import { createDatabaseWatch } from './observe/database-watch.js'
import { measuredChat } from './observe/measured-chat.js'
import { measuredConnector } from './observe/measured-connector.js'
import { createMetrics, type Metrics } from './observe/metrics.js'
import { metricsRoute } from './observe/metrics-route.js'
import { answers, createReadiness, type Readiness } from './observe/readiness.js'
import { secretsOf } from './publisher/connectors/index.js'
import { createPolicy } from './publisher/core/retry.js'
import type { PublisherDeps } from './publisher/deps.js'
import { MEDIA_KEPT_DAYS } from './publisher/kept-media.js'
import { startPublisher } from './publisher/publisher.js'
import { openDoorbell, type ShownDoorbell } from './publisher/queue/queue.js'
import { repeat } from './publisher/relay.js'
import { createRenewals } from './publisher/renewals.js'
import { healthRoute, mediaRoute, type Route, startServer } from './server.js'
import { syncAccounts } from './store/accounts.js'
import { createDatabaseClock } from './store/clock.js'
import type { Database } from './store/database.js'
import { endLeases } from './store/end-leases.js'
import { forgetOldKeys } from './store/inbox.js'
import { loadGauges } from './store/load-gauges.js'
import { loadMedia } from './store/media.js'
import { openEmbedded } from './store/open-embedded.js'
import { openServer } from './store/open-server.js'
import { keptMedia } from './store/preflights.js'
import { releaseMedia } from './store/release-media.js'
import { createSecretBox } from './store/secret-box.js'
import { syncWorkspaces } from './store/sync-workspaces.js'
import { VERSION } from './version.js'
import { workspacesOf } from './workspaces.js'

/** `start` is bot and workers in one process; the others run apart over one database. */
export type Mode = 'start' | 'bot' | 'worker'

export interface Program {
  /** Where this process answers HTTP, when it does. */
  readonly port: number | null
  /** Stops in reverse order of starting: intake first, then what is under way, then the store. */
  stop(): Promise<void>
}

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

/**
 * Builds and starts the whole program. Whatever was started is stopped again when a later part fails.
 * @throws ConfigError, DatabaseUnavailableError, QueueUnavailableError, FolderInUseError
 */
export async function startProgram(
  settings: Settings,
  environment: Environment,
  mode: Mode,
  overrides: Overrides = {},
): Promise<Program> {
  const stops: (() => Promise<unknown>)[] = []
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end()
  }
  try {
    return await start(settings, environment, mode, overrides, stops, stop)
  } catch (error) {
    await stop().catch(() => {})
    throw error
  }
}

async function start(
  settings: Settings,
  environment: Environment,
  mode: Mode,
  overrides: Overrides,
  stops: (() => Promise<unknown>)[],
  stop: () => Promise<void>,
): Promise<Program> {
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
  for (const account of file.accounts) for (const secret of secretsOf(account)) redactor.add(secret)

  const database = await openDatabase(settings)
  stops.push(() => database.close())
  const clock = createDatabaseClock(database)
  await clock.follow()
  const { now } = clock
  if (database.driver.engine === 'embedded') await endLeases(database.orm, now())
  await syncWorkspaces(database.orm, file.workspaces ?? [], now())
  const box = createSecretBox(settings.secretKey)
  await syncAccounts(database.orm, file.accounts, box, now())
  let mediaDueAt = now()
  if (database.driver.engine === 'server') {
    const watch = createDatabaseWatch(database.ping, log, now)
    stops.push(repeat(watch, DATABASE_WATCHED_EVERY_MS, () => {}).stop)
  }
  const housekeeping = repeat(
    async () => {
      await clock.follow()
      await forgetOldKeys(database.orm, now() - 2 * DAY_MS)
      if (now() >= mediaDueAt) {
        const before = now() - MEDIA_KEPT_DAYS * DAY_MS
        while ((await releaseMedia(database.orm, before)) > 0);
        mediaDueAt = now() + MEDIA_EVERY_MS
      }
      await database.tidy()
    },
    60_000,
    (error) => log.debug({ error: (error as Error).message }, 'housekeeping'),
  )
  stops.push(housekeeping.stop)

  const readiness = createReadiness()
  readiness.add(answers(() => database.ping(), 'the database does not answer'))
  const metrics = createMetrics(VERSION)
  const queueOf = {
    redisUrl: settings.redisUrl ?? undefined,
    database,
    log,
    traces: settings.traces,
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
  const shared = { database, now, random: Math.random, log, policy }

  if (mode !== 'bot') {
    const cache = createMediaCache(async (id) => {
      const found = await loadMedia(database.orm, id)
      if (!found) throw new Error(`the medium ${id} is no longer kept`)
      return found.bytes
    }, MEDIA_CACHE_BYTES)
    const deps: PublisherDeps = {
      ...shared,
      log: log.child({ part: 'publisher' }),
      worker: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
      leaseMs: settings.leaseMs,
      requestTimeoutMs: settings.requestTimeoutMs,
      connector: (account) => {
        const found = desk.connector(account)
        return found && measuredConnector(found, metrics)
      },
      limits: (account) => file.limits?.get(account),
      renewals: createRenewals({
        database,
        box,
        use(account, credentials) {
          for (const secret of Object.values(credentials)) redactor.add(secret)
          desk.adoptCredentials(account, credentials)
        },
      }),
      media: {
        bytes: ({ id }) => cache.bytes(id),
        kept: (ids) => keptMedia(database.orm, ids),
        publicUrl: (media) => {
          const url = links?.linkTo(media.id, media.filename) ?? media.sourceUrl
          if (!url)
            throw new Error(
              'PRESSROOM_PUBLIC_URL is not set, and the platform fetches media itself',
            )
          return url
        },
      },
    }
    const opened = await openDoorbell(queueOf)
    doorbell = opened
    stops.push(() => opened.close())
    readiness.add(answers(opened.ping, 'the queue does not answer; publishing goes on without it'))
    // Bells that the last process was answering when it died would hold back their like.
    if (database.driver.engine === 'embedded') await opened.empty()
    const publisher = await startPublisher(deps, opened)
    stops.push(publisher.stop)
  }
  if (mode !== 'worker') {
    // A bot has no queue of its own until somebody wants to look at the others'.
    let toShow: Promise<ShownDoorbell> | undefined
    stops.push(async () => (await toShow?.catch(() => undefined))?.close())
    const openQueueBoard: ApiDeps['openQueueBoard'] = async (basePath) => {
      if (doorbell) return doorbell.board(basePath)
      toShow = openDoorbell(queueOf)
      return (await toShow).board(basePath)
    }
    await startBot(
      settings,
      file,
      { ...shared, desk, links, metrics, readiness, openQueueBoard },
      overrides,
      routes,
      stops,
    )
  }

  if (mode === 'worker') {
    routes.push(withoutQueueBoard('A worker has no queue board: ask a process that runs the bot.'))
  } else if (settings.apiToken === null) {
    routes.push(withoutQueueBoard('The queue board needs PRESSROOM_API_TOKEN to be set.'))
  }

  readiness.started()
  stops.push(async () => {
    readiness.stopping()
    log.info('stopping: nothing new is taken')
  })
  log.info({ mode, port, accounts: file.accounts.length, store: database.driver.engine }, 'ready')
  return { port, stop }
}

async function startBot(
  settings: Settings,
  file: AccountsFile,
  shared: Pick<BotDeps, 'database' | 'now' | 'random' | 'log' | 'policy'> & {
    desk: ReturnType<typeof createDesk>
    links: object | null
    metrics: Metrics
    readiness: Readiness
    openQueueBoard: ApiDeps['openQueueBoard']
  },
  overrides: Overrides,
  routes: Route[],
  stops: (() => Promise<unknown>)[],
): Promise<void> {
  const { desk, links, metrics, readiness, openQueueBoard, ...rest } = shared
  const ruled = { workspaces: file.workspaces ?? [], channels: file.channels }
  const deps: BotDeps = {
    ...rest,
    log: rest.log.child({ part: 'bot' }),
    timeZone: settings.timeZone,
    platforms: desk,
    channelTargets: (chat, channel) =>
      file.channels.find((entry) => entry.chat === chat && entry.channel === channel)?.targets,
    rulesFor: (conversation) => rulesFor(ruled, conversation),
    media: { allowPrivate: settings.allowPrivateMedia, servesMedia: links !== null },
    chatWaited: metrics.chatWaited,
  }
  const scorecards = createScorecards(deps, settings.scorecardCron, {
    compare: (waitMs) => compareFirst(deps, waitMs),
  })
  const scorecardChats: ScorecardChat[] = []
  const scorecard: NonNullable<HandleDeps['scorecard']> = async (words, conversation, key) => {
    const chat = scorecardChats.find(({ name }) => name === conversation.chat)
    const answer = await scorecards.postAsked({ words, conversation, key }, chat)
    if (!answer) return nothing
    return answer.kind === 'card'
      ? say(scorecardWords(answer.card, await scorecards.zoneOf(conversation)))
      : say([answer.message, answer.next].filter(Boolean).join(' '))
  }
  const slack = settings.slack && createSlack(settings.slack, deps, { scorecard })
  if (slack) scorecardChats.push(slack.scorecards)
  const discord = settings.discord && createDiscord(settings.discord, deps, { scorecard })
  if (discord) scorecardChats.push(discord.scorecards)
  if (slack?.route) routes.push(slack.route)
  const watching = repeat(
    () => watchOverdue(deps),
    OVERDUE_EVERY_MS,
    (error) => deps.log.warn({ error: (error as Error).message }, 'overdue posts'),
  )
  stops.push(watching.stop)
  const surfaces = [slack, discord].filter((one) => one !== null)
  for (const { chat, isConnected } of surfaces)
    readiness.add(() => (isConnected() ? undefined : `${chat.name} is not connected`))
  const chats = surfaces
    .map(({ chat }) => measuredChat(chat, metrics))
    .map((chat) => (overrides.unpaced ? { ...chat, pace: UNPACED } : chat))
    .map((chat) => (overrides.asDiscord ? mirrorAsDiscord(chat, overrides.asDiscord) : chat))
  // Before the chats are connected: one that cannot be reached must not keep the other waiting.
  const announcer = createAnnouncer(deps, chats, overrides.telling)
  await announcer.start()
  stops.push(announcer.stop, ...surfaces.map(({ stop }) => stop))
  const webhooks = createWebhooks(file.webhooks ?? [], {
    ...deps,
    send: { allowPrivate: settings.allowPrivateMedia },
    tell: (hook, notice) => tellChannel(hook.channel, file.channels, notice, chats, deps),
  })
  await webhooks.start()
  stops.push(webhooks.stop)
  if (settings.apiToken !== null) {
    const api = createApi({
      ...deps,
      token: settings.apiToken,
      channels: file.channels,
      chats: workspacesOf(settings),
      openQueueBoard,
    })
    await api.start()
    stops.push(api.stop)
    routes.push(api.route)
  }
  await Promise.all(surfaces.map(({ start }) => start()))
  // Posting is durable and exactly once by itself; looking often only makes it punctual.
  const posting = repeat(
    () => scorecards.postDue(scorecardChats),
    SCORECARDS_EVERY_MS,
    (error) => deps.log.warn({ error: (error as Error).message }, 'scorecards'),
  )
  const reminding = repeat(
    async () => {
      await postOutages(deps, chats)
      await postReminders(deps, chats)
      await postCredentialEnds(deps, chats, file.channels)
    },
    NOTICES_EVERY_MS,
    (error) => deps.log.warn({ error: (error as Error).message }, 'notices'),
  )
  stops.push(posting.stop, reminding.stop)
}

const DAY_MS = 86_400_000
const MEDIA_EVERY_MS = 6 * 3_600_000
const DATABASE_WATCHED_EVERY_MS = 2_000
const SCORECARDS_EVERY_MS = 30_000
const OVERDUE_EVERY_MS = 30_000
const NOTICES_EVERY_MS = 15_000

/** For the targets of a post or two, which want the same media within seconds. */
const MEDIA_CACHE_BYTES = 32_000_000

const UNPACED: Chat['pace'] = { post: [], edit: [], find: [] }

function accountsFrom(settings: Settings, environment: Environment): AccountsFile {
  if (settings.accountsFile) return readAccountsFile(settings.accountsFile, environment)
  throw new ConfigError(
    'There is no accounts.yaml here. Make it (see "Accounts" in the README), or name the file in PRESSROOM_ACCOUNTS.',
  )
}

/** The store that the settings name. */
export function openDatabase(settings: Settings): Promise<Database> {
  return settings.databaseUrl ? openServer(settings.databaseUrl) : openEmbedded(settings.dataDir)
}

/** Without PORT nobody relies on the port, unless chat events or media arrive there: then go on without. */
async function openPort(
  settings: Settings,
  routes: readonly Route[],
  overrides: Overrides,
  log: Log,
  stops: (() => Promise<unknown>)[],
): Promise<number | null> {
  const needed =
    settings.portGiven ||
    settings.slack?.transport === 'http' ||
    settings.publicUrl !== null ||
    settings.apiToken !== null ||
    overrides.routes !== undefined
  try {
    const server = await startServer({
      port: settings.port,
      routes,
      log,
      ...(overrides.host ? { host: overrides.host } : {}),
      ...(overrides.upgrade ? { upgrade: overrides.upgrade } : {}),
    })
    stops.push(server.close)
    return server.port
  } catch (error) {
    if (needed) throw error
    log.warn({ port: settings.port }, 'the port is in use; going on without /healthz and /readyz')
    return null
  }
}

function secretsIn(settings: Settings): string[] {
  const { slack, discord, databaseUrl, redisUrl, apiToken, secretKey } = settings
  const passwords = [databaseUrl, redisUrl].flatMap((url) => {
    const password = url && URL.canParse(url) ? new URL(url).password : ''
    return password ? [password, decodeURIComponent(password)] : []
  })
  return [
    ...(slack
      ? [slack.botToken, slack.transport === 'socket' ? slack.appToken : slack.signingSecret]
      : []),
    ...(discord ? [discord.token] : []),
    ...passwords,
    ...(apiToken ? [apiToken] : []),
    Buffer.from(secretKey).toString('hex'),
    Buffer.from(secretKey).toString('base64'),
  ]
}
