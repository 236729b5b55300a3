import { type ApiDeps, createApi } from '../api/index.js'
import { createWebhooks } from '../api/webhooks/webhooks.js'
import { createAnnouncer } from '../bot/announce.js'
import type { Chat } from '../bot/chat.js'
import { postCredentialEnds } from '../bot/credential-notices.js'
import type { BotDeps } from '../bot/deps.js'
import type { HandleDeps } from '../bot/handle.js'
import { postOutages } from '../bot/outage-notices.js'
import { watchOverdue } from '../bot/overdue.js'
import { postReminders } from '../bot/reminder.js'
import { nothing, say } from '../bot/reply.js'
import { rulesFor } from '../bot/rules.js'
import { compareFirst } from '../bot/scorecard/compare-first.js'
import type { ScorecardChat } from '../bot/scorecard/deliver.js'
import { scorecardWords } from '../bot/scorecard/say.js'
import { createScorecards } from '../bot/scorecard/scorecards.js'
import { createLedger } from '../bot/stored-ledger.js'
import { tellChannel } from '../bot/tell-channel.js'
import { measuredChat } from '../observe/measured-chat.js'
import { watchLeases } from '../publisher/lease-watch.js'
import { repeat } from '../repeat.js'
import type { SecretBox } from '../store/secret-box.js'
import { workspacesOf } from '../workspaces.js'
import type { Parts } from './parts.js'

const SCORECARDS_EVERY_MS = 30_000
const OVERDUE_EVERY_MS = 30_000
const LEASES_EVERY_MS = 1_000
const LEFT_EVERY_MS = 1_000
const NOTICES_EVERY_MS = 15_000
/** Long enough for an edit and what is said at the end. */
const TELLS_ON_MS = 3_000

const UNPACED: Chat['pace'] = { post: [], edit: [], find: [] }

/**
 * Starts what talks to people and to automations: the threads, webhooks, the HTTP API and what is
 * said at its time. All of it goes on while a chat cannot be reached.
 * @returns connects the chats, and resolves when all of them take commands, however long that takes
 * @throws StoppedError
 */
export async function startBot(
  parts: Parts,
  box: SecretBox,
  openQueueBoard: ApiDeps['openQueueBoard'],
): Promise<() => Promise<void>> {
  const { settings, file, overrides, desk, links, metrics, readiness, routes, stops } = parts
  const { database, now, keepTime, random, log, policy } = parts
  const ruled = { workspaces: file.workspaces ?? [], channels: file.channels }
  const deps: BotDeps = {
    database,
    now,
    random,
    policy,
    log: log.child({ part: 'bot' }),
    timeZone: settings.timeZone,
    platforms: desk,
    channelTargets: (chat, channel) =>
      file.channels.find((entry) => entry.chat === chat && entry.channel === channel)?.targets,
    rulesFor: (conversation) => rulesFor(ruled, conversation),
    media: { allowPrivate: settings.allowPrivateMedia, servesMedia: links !== null },
    stopping: stops.asked,
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
  const ledger = createLedger({ ...deps, box })
  stops.closes('the ledger of requests', async () => ledger.close())
  // Each chat's library is large, and loaded only for those who have the chat.
  const slack =
    settings.slack &&
    (await import('../bot/slack/index.js')).createSlack(settings.slack, deps, { scorecard, ledger })
  if (slack) scorecardChats.push(slack.scorecards)
  const discord =
    settings.discord &&
    (await import('../bot/discord/index.js')).createDiscord(settings.discord, deps, {
      scorecard,
      ledger,
    })
  if (discord) scorecardChats.push(discord.scorecards)
  if (slack?.route) routes.push(slack.route)
  const watching = repeat(
    () => watchOverdue(deps),
    OVERDUE_EVERY_MS,
    (error) => deps.log.warn({ error: (error as Error).message }, 'overdue posts'),
  )
  stops.ends('the watch on what stands still', watching.stop)
  const leases = repeat(
    async () => {
      // A clock that was set ahead would call every lease ended.
      await keepTime()
      await watchLeases(deps)
    },
    LEASES_EVERY_MS,
    (error) => deps.log.warn({ error: (error as Error).message }, 'leases that have ended'),
  )
  stops.ends('the watch on leases', leases.stop)
  const surfaces = [slack, discord].filter((one) => one !== null)
  const taking = new Set<string>()
  for (const { chat, isConnected } of surfaces) {
    const { name } = chat
    readiness.add(() =>
      taking.has(name) && isConnected() ? undefined : `${name} is not connected`,
    )
  }
  const { asDiscord } = overrides
  const mirror = asDiscord && (await import('../bot/discord/mirror.js')).mirrorAsDiscord
  const chats = surfaces
    .map(({ chat }) => measuredChat(chat, metrics))
    .map((chat) => (overrides.unpaced ? { ...chat, pace: UNPACED } : chat))
    .map((chat) => (mirror ? mirror(chat, asDiscord) : chat))
  const announcer = createAnnouncer(deps, chats, overrides.telling)
  await announcer.start()
  // After the workers, so that the threads show what they have brought to its end.
  stops.closes('telling', (giveUp) => announcer.stop(giveUp.aborted ? 0 : TELLS_ON_MS))
  const webhooks = createWebhooks(file.webhooks ?? [], {
    ...deps,
    send: { allowPrivate: settings.allowPrivateMedia },
    tell: (hook, notice) => tellChannel(hook.channel, file.channels, notice, chats, deps),
  })
  await webhooks.start()
  stops.ends('webhooks', webhooks.stop)
  if (settings.apiToken !== null) {
    const api = createApi({
      ...deps,
      token: settings.apiToken,
      channels: file.channels,
      chats: await workspacesOf(settings),
      openQueueBoard,
    })
    await api.start()
    stops.ends('the HTTP API', api.stop)
    routes.push(api.route)
  }
  // Posting is durable and exactly once by itself; looking often only makes it punctual. A chat that
  // cannot be reached keeps no other waiting.
  for (const chat of scorecardChats) {
    const posting = repeat(
      () => scorecards.postDue([chat]),
      SCORECARDS_EVERY_MS,
      (error) => deps.log.warn({ error: (error as Error).message }, 'scorecards'),
    )
    stops.ends(`scorecards in ${chat.name}`, posting.stop)
  }
  for (const chat of chats) {
    const reminding = repeat(
      async () => {
        await postOutages(deps, [chat])
        await postReminders(deps, [chat])
        await postCredentialEnds(deps, [chat], file.channels)
      },
      NOTICES_EVERY_MS,
      (error) => deps.log.warn({ error: (error as Error).message }, 'notices'),
    )
    stops.ends(`notices in ${chat.name}`, reminding.stop)
  }
  // A chat that cannot be reached could not be told what became of it.
  const takingUp = repeat(
    () => {
      const there = surfaces.filter(
        ({ chat, isConnected }) => taking.has(chat.name) && isConnected(),
      )
      return ledger.takeUp(new Map(there.map(({ chat, resume }) => [chat.name, resume])))
    },
    LEFT_EVERY_MS,
    (error) => deps.log.warn({ error: (error as Error).message }, 'requests that were left'),
  )
  stops.ends('the watch on requests that were left', takingUp.stop)
  for (const { chat, stop } of surfaces) stops.ends(chat.name, stop)
  return async () => {
    const connect = async ({ chat, start }: (typeof surfaces)[number]) => {
      await start()
      taking.add(chat.name)
    }
    await Promise.all(surfaces.map(connect))
  }
}
