import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createDiscordServer } from '../../src/sandbox/discord/server.js'
import { createSlackWorkspace } from '../../src/sandbox/slack/index.js'
import { ANA, CHANNEL, guilds } from '../bot/discord/chat-stage.js'
import { png } from '../bot/media/samples.js'
import { spawnedProgram } from '../support/spawned-program.js'
import { waitFor } from '../support/wait-for.js'

const MINUTE = 60_000

/** A chat as the one who asks sees it. */
interface Seen {
  readonly environment: Readonly<Record<string, string>>
  /** Asks for a post with this picture; resolves when it is acknowledged. */
  publish(text: string, pictureUrl: string): Promise<void>
  /** What stands in the channel for everybody. */
  channel(): string[]
  /** What they alone were told. */
  told(): string[]
}

async function onSlack(): Promise<Seen> {
  const ana = 'U000000ANA'
  const channel = 'C00000SOCIAL'
  const slack = createSlackWorkspace({ rateLimits: 'off' })
  const { apiUrl, close } = await slack.listen()
  onTestFinished(async () => {
    await slack.close()
    await close()
  })
  const direct: string[] = []
  slack.on('message', (message) => {
    if (message.channel.startsWith('D')) direct.push(JSON.stringify(message))
  })
  return {
    environment: {
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: apiUrl,
    },
    async publish(text, pictureUrl) {
      const typed = `${text} media:${pictureUrl} alt:"A pier"`
      const { error } = await slack.as(ana).slash('/publish', typed, channel)
      expect(error).toBeUndefined()
    },
    channel: () =>
      slack
        .messages(channel)
        .filter(({ ts, thread_ts = ts }) => ts === thread_ts)
        .map(({ text }) => text),
    told: () => [...slack.ephemerals(ana).map(({ text = '' }) => text), ...direct],
  }
}

async function onDiscord(): Promise<Seen> {
  const discord = createDiscordServer({ guilds })
  const { apiUrl, close } = await discord.listen()
  onTestFinished(close)
  const ids: string[] = []
  return {
    environment: {
      DISCORD_TOKEN: discord.token,
      DISCORD_APPLICATION_ID: discord.applicationId,
      DISCORD_API_URL: apiUrl,
    },
    async publish(text, pictureUrl) {
      const options = { text, media_url: pictureUrl, alt: 'A pier' }
      const asked = discord.as(ANA).slash('publish', { subcommand: 'post', options }, CHANNEL)
      const { interactionId, ackMs } = await asked
      expect(ackMs).not.toBeNull()
      ids.push(interactionId)
    },
    channel: () => discord.messages(CHANNEL).map((message) => JSON.stringify(message)),
    told: () =>
      ids.flatMap((id) => {
        const { original, followUps } = discord.interactionReplies(id)
        const all = [...(original ? [original] : []), ...followUps]
        return all.map(({ message }) => JSON.stringify(message))
      }),
  }
}

/** A picture that does not come for the first so many who ask for it. */
async function slowPicture(unanswered: number) {
  let requests = 0
  const server = createServer((_request, response) => {
    requests += 1
    if (requests > unanswered) response.end(png(8, 8))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/pier.png`,
    asked: (times: number) =>
      waitFor(
        'the picture is asked for',
        () => requests,
        (seen) => seen >= times,
        MINUTE,
      ),
  }
}

const says = (list: readonly string[], words: string) =>
  list.filter((text) => text.includes(words)).length

describe.each([
  ['Slack', onSlack],
  ['Discord', onDiscord],
])('a post that was asked for in %s and acknowledged', (_name, open) => {
  it('is queued once by the next process, and that is told, when its process was killed', async () => {
    const chat = await open()
    const picture = await slowPicture(1)
    const program = await spawnedProgram(chat.environment)
    await program.start()
    await chat.publish('At dawn', picture.url)
    await picture.asked(1)
    await program.kill()
    expect(chat.channel()).toEqual([])

    await program.start()
    const toldSo = (told: readonly string[]) => says(told, 'It is queued, once') === 1
    await waitFor('they are told', chat.told, toldSo, MINUTE)
    await waitFor('the post', chat.channel, (seen) => says(seen, 'At dawn') === 1, MINUTE)
  }, 180_000)

  it('is given back as not done when the next process died of it, too', async () => {
    const chat = await open()
    const picture = await slowPicture(2)
    const program = await spawnedProgram(chat.environment)
    for (const death of [1, 2]) {
      await program.start()
      if (death === 1) await chat.publish('At dawn', picture.url)
      await picture.asked(death)
      await program.kill()
    }
    await program.start()
    // What they wrote may come in a message of its own.
    await waitFor(
      'they are told, with what they wrote',
      chat.told,
      (seen) => says(seen, 'Nothing was queued') === 1 && says(seen, 'At dawn') === 1,
      MINUTE,
    )
    expect(says(chat.channel(), 'At dawn')).toBe(0)
  }, 180_000)
})
