import { createSlackWorkspace } from '../../../src/sandbox/slack/index.js'
import type { Delivery, Message } from '../../../src/sandbox/slack/types.js'
import type { Asked, Counts, Shown, Surface, Who } from './surface.js'

const CHANNEL = 'C00000SOCIAL'
const PEOPLE = { ana: 'U000000ANA', ben: 'U000000BEN' }

export async function openSlack(): Promise<Surface> {
  const slack = createSlackWorkspace({ rateLimits: 'off' })
  const { apiUrl, close } = await slack.listen()
  const stored = (excerpt: string) =>
    slack
      .messages(CHANNEL)
      .filter((message) => isRoot(message) && plain(message).startsWith(excerpt))
  const thread = (excerpt: string) =>
    stored(excerpt).flatMap(({ ts }) => slack.replies(CHANNEL, ts))

  async function act(who: Who, work: () => Promise<Delivery>): Promise<Asked> {
    const before = slack.ephemerals(PEOPLE[who]).length
    const delivery = await work()
    return {
      acknowledgedMs: delivery.error ? Number.POSITIVE_INFINITY : delivery.ackMs,
      again: delivery.redeliver,
      said: () =>
        slack
          .ephemerals(PEOPLE[who])
          .slice(before)
          .map(({ text }) => text ?? ''),
    }
  }

  return {
    name: 'slack',
    environment: {
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: apiUrl,
    },
    publish: (who, text, to) =>
      act(who, () =>
        slack
          .as(PEOPLE[who])
          .slash('/publish', to === undefined ? text : `${text} to:${to}`, CHANNEL),
      ),
    posts: (excerpt) => stored(excerpt).map(shown),
    counts(excerpt) {
      const [message] = stored(excerpt)
      return message?.metadata?.event_payload.counts as Counts
    },
    thread: (excerpt) => thread(excerpt).map(shown),
    press: (who, { id }, action) => act(who, () => slack.as(PEOPLE[who]).click(id, action)),
    fill: (who, fields) =>
      act(who, async () => {
        const { id } = await slack.waitFor(() => slack.views(PEOPLE[who])[0], 10_000)
        return slack.as(PEOPLE[who]).submit(id, fields)
      }),
    scorecard: (who) => act(who, () => slack.as(PEOPLE[who]).slash('/scorecard', '', CHANNEL)),
    inChannel: () => slack.messages(CHANNEL).filter(isRoot).map(shown),
    mentions: (who, excerpt) =>
      thread(excerpt).filter(({ text }) => text?.startsWith(`<@${PEOPLE[who]}>`)).length,
    loseAnswer: () => slack.faults.loseAnswer('chat.postMessage'),
    limit(seconds) {
      slack.faults.rateLimit('chat.postMessage', 1, seconds)
      slack.faults.rateLimit('chat.update', 1, seconds)
    },
    async away(isAway) {
      slack.refuseConnections(isAway)
      if (isAway) {
        slack.disconnectSockets()
        slack.faults.failBefore('*', Number.POSITIVE_INFINITY)
        return
      }
      slack.faults.clear()
      await slack.waitFor(() => slack.connections() > 0, 30_000)
    },
    waitFor: slack.waitFor,
    clearFaults: () => slack.faults.clear(),
    async close() {
      await slack.close()
      await close()
    },
  }
}

function isRoot({ bot_id, ts, thread_ts = ts }: Message): boolean {
  return bot_id !== undefined && thread_ts === ts
}

/** A message's words, as notifications and then its sections and context show them. */
function plain({ blocks = [], text = '' }: Message): string {
  const words = [...JSON.stringify(blocks).matchAll(/"type":"mrkdwn","text":"((?:[^"\\]|\\.)*)"/g)]
  const said = words.map(([, inner = '']) => JSON.parse(`"${inner}"`) as string)
  return [text, ...said].join('\n').replaceAll('*', '')
}

function shown(message: Message): Shown {
  const ids = [...JSON.stringify(message.blocks ?? []).matchAll(/"action_id":"([^"]+)"/g)]
  return { id: message.ts, text: plain(message), buttons: ids.map(([, id = '']) => id) }
}
