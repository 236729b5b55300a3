import { expect } from 'vitest'
import { textOf } from '../../../src/bot/discord/marker.js'
import type { Message } from '../../../src/sandbox/discord/model.js'
import type { Delivery } from '../../../src/sandbox/discord/people.js'
import { createDiscordServer, type DiscordServer } from '../../../src/sandbox/discord/server.js'
import { ANA, BEN, CHANNEL, guilds } from '../discord/chat-stage.js'
import { unofficial } from '../discord/official.js'
import type { Asked, Shown, Surface } from './surface.js'

const PEOPLE = { ana: ANA, ben: BEN }
const POST = 'POST /channels/:channel/messages'
const EDIT = 'PATCH /channels/:channel/messages/:message'
const CALLS = [POST, EDIT, `${POST}/:message/threads`, 'GET /channels/:channel/messages']

export interface DiscordSurface extends Surface {
  readonly discord: DiscordServer
}

export async function openDiscord(): Promise<DiscordSurface> {
  const discord = createDiscordServer({ guilds })
  const { apiUrl, close } = await discord.listen()
  const own = (channelId: string) =>
    discord
      .messages(channelId)
      .filter(({ author, type }) => author.id === discord.applicationId && type !== 21)
  const stored = (excerpt: string) =>
    own(CHANNEL).filter((message) => plain(message).startsWith(excerpt))
  const thread = (excerpt: string) => stored(excerpt).flatMap(({ id }) => own(id))

  const asked = ({ interactionId, ackMs, redeliver }: Delivery): Asked => ({
    acknowledgedMs: ackMs ?? Number.POSITIVE_INFINITY,
    again: redeliver,
    said() {
      const { original, followUps } = discord.interactionReplies(interactionId)
      return [...(original ? [original] : []), ...followUps]
        .filter(({ ephemeral }) => ephemeral)
        .map(({ message }) => textOf(message))
        .filter((text) => text !== '')
    },
  })

  return {
    name: 'discord',
    discord,
    environment: {
      DISCORD_TOKEN: discord.token,
      DISCORD_APPLICATION_ID: discord.applicationId,
      DISCORD_API_URL: apiUrl,
    },
    async publish(who, text, to) {
      const options = { text, ...(to === undefined ? {} : { to }) }
      const person = discord.as(PEOPLE[who])
      return asked(await person.slash('publish', { subcommand: 'post', options }, CHANNEL))
    },
    posts: (excerpt) => stored(excerpt).map(shown),
    counts(excerpt) {
      const [message] = stored(excerpt)
      const count = (words: string) =>
        Number(new RegExp(`(\\d+) ${words}`).exec(message ? plain(message) : '')?.[1])
      return {
        live: count('live'),
        failed: count('failed'),
        needsPerson: count('needs? a person'),
      }
    },
    thread: (excerpt) => thread(excerpt).map(shown),
    async press(who, { id }, action) {
      const places = [CHANNEL, ...discord.threads(CHANNEL).map((one) => one.id)]
      const message = places.flatMap(own).find((one) => one.id === id)
      const customId = message && idsIn(message).find((one) => one.startsWith(`${action}:`))
      if (!message || !customId) throw new Error(`there is no ${action} to press`)
      return asked(await discord.as(PEOPLE[who]).click(message, customId))
    },
    async fill(who, fields) {
      const modal = await discord.waitFor(() => discord.modals(PEOPLE[who])[0], 10_000)
      return asked(await discord.as(PEOPLE[who]).submitModal(modal, fields))
    },
    async scorecard(who) {
      return asked(await discord.as(PEOPLE[who]).slash('scorecard', {}, CHANNEL))
    },
    inChannel: () => own(CHANNEL).map(shown),
    mentions: (who, excerpt) =>
      thread(excerpt).filter(({ content }) => content.startsWith(`<@${PEOPLE[who]}>`)).length,
    loseAnswer: () => discord.faults.loseAnswer(POST),
    limit(seconds) {
      discord.faults.rateLimit(POST, 1, seconds)
      discord.faults.rateLimit(EDIT, 1, seconds)
    },
    async away(isAway) {
      discord.refuseGateway(isAway)
      if (isAway) {
        discord.dropGateway({ resumable: true })
        for (const call of CALLS) discord.faults.failBefore(call, Number.POSITIVE_INFINITY)
        return
      }
      discord.faults.clear()
      await discord.waitFor(() => discord.gatewaySessions() === 1, 30_000)
    },
    waitFor: (look, timeoutMs) => discord.waitFor(look as () => never, timeoutMs),
    clearFaults: () => discord.faults.clear(),
    async close() {
      await close()
      expect(unofficial(discord.calls())).toEqual([])
    },
  }
}

function plain(message: Message): string {
  return textOf(message).replaceAll('*', '')
}

function idsIn(message: Message): string[] {
  const text = JSON.stringify(message.components)
  return [...text.matchAll(/"custom_id":"([^"]+)"/g)].map(([, id = '']) => id)
}

function shown(message: Message): Shown {
  const buttons = idsIn(message).map((id) => id.split(':')[0] ?? '')
  return { id: message.id, text: plain(message), buttons }
}
