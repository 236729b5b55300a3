import { setTimeout as pause } from 'node:timers/promises'
import type { types, webApi } from '@slack/bolt'
import type { FindResult, PostResult } from '../chat.js'
import type { CardFigure, ScorecardCard } from '../scorecard/card.js'
import type { Entry, MessagePlace, ThreadMessage } from '../scorecard/card-thread.js'
import type { ScorecardChat, ScorecardMessage, SoughtScorecard } from '../scorecard/deliver.js'
import type { Line } from '../wording.js'
import { classifySlackError, type SlackFailure } from './errors.js'
import { upload } from './files.js'
import { foundAmong } from './find.js'
import { messagesSince } from './history.js'
import { cut, escapeText, mrkdwn } from './mrkdwn.js'
import { actions, type Block } from './render.js'

const EVENT_TYPE = 'pressroom_scorecard'

/**
 * Slack takes a file in by and by after it has confirmed it, and refuses a message that shows it
 * until then: so long it is waited before the message is tried again, milliseconds.
 * @see https://docs.slack.dev/reference/methods/files.getUploadURLExternal ("asynchronously")
 */
const TAKEN_IN_AFTER_MS = [500, 1_000, 2_000, 4_000]

/**
 * Slack, as posting scorecards sees it. The key and the part stand in the metadata, so that a
 * message whose answer was lost is found before it is posted again.
 */
export function createSlackScorecards(
  client: webApi.WebClient,
  timeZone: string,
  takenInAfterMs = TAKEN_IN_AFTER_MS,
): ScorecardChat {
  const linkTo = createLinks(client)

  async function post(message: ScorecardMessage, picture: readonly Block[]): Promise<PostResult> {
    const { channelId, key, part } = message
    const { text, blocks } =
      'card' in message
        ? cardBlocks(message.card, picture, timeZone, await linkTo())
        : threadBlocks(message.message, timeZone, await linkTo())
    const answer = await client.chat.postMessage({
      channel: channelId,
      text,
      blocks: blocks as unknown as types.KnownBlock[],
      metadata: { event_type: EVENT_TYPE, event_payload: { key, part } },
      unfurl_links: false,
      ...('rootId' in message ? { thread_ts: message.rootId } : {}),
    })
    const { ts } = answer
    return ts === undefined
      ? { kind: 'unknown', why: 'an answer without a ts' }
      : { kind: 'posted', messageId: ts }
  }

  async function find({ key, part, ...place }: SoughtScorecard): Promise<FindResult> {
    const matches = await messagesSince(
      client,
      place,
      ({ metadata }) =>
        metadata?.event_type === EVENT_TYPE &&
        metadata.event_payload.key === key &&
        metadata.event_payload.part === part,
    )
    return foundAmong(matches)
  }

  return {
    name: 'slack',
    async post(message) {
      const picture = 'card' in message ? await pictureBlocks(message.card, client) : []
      for (const pauseMs of picture.length > 0 ? [0, ...takenInAfterMs] : []) {
        await pause(pauseMs)
        const result = await attempt(() => post(message, picture))
        if (result.kind !== 'refused' || result.why !== 'invalid_blocks') return result
      }
      // The figures need no picture.
      return attempt(() => post(message, []))
    },
    find: (sought) => attempt(() => find(sought)),
    async remove({ channelId, messageId }) {
      await client.chat.delete({ channel: channelId, ts: messageId }).catch(() => {})
    },
  }
}

async function attempt<T>(call: () => Promise<T>): Promise<T | SlackFailure> {
  try {
    return await call()
  } catch (error) {
    return classifySlackError(error)
  }
}

function cardBlocks(
  card: ScorecardCard,
  picture: readonly Block[],
  timeZone: string,
  linkTo: LinkTo,
) {
  const words = (lines: readonly Line[]) => lines.map((line) => mrkdwn(line, timeZone)).join('\n')
  const blocks: Block[] = [
    { type: 'header', text: { type: 'plain_text', text: cut(card.title, 150) } },
    ...(card.asides.length > 0 ? [context(words(card.asides))] : []),
    ...(card.figures.length > 0 ? [{ type: 'section', fields: card.figures.map(field) }] : []),
    ...picture,
    ...sections([
      words(card.besides),
      titled('What failures cost most', words(card.reasons)),
      titled(
        'Not live yet',
        card.open.map((entry) => entryWords(entry, timeZone, linkTo)).join('\n'),
      ),
      titled('Notes', words(card.notes)),
    ]),
    ...actions(card.noteButtons),
  ]
  const figures = card.figures.map(({ label, value }) => `${label}: ${value}`)
  return { text: cut([card.title, ...figures].join(' · '), 3_000), blocks }
}

function threadBlocks({ title, entries }: ThreadMessage, timeZone: string, linkTo: LinkTo) {
  const lines = [
    mrkdwn(title, timeZone),
    ...entries.map((entry) => entryWords(entry, timeZone, linkTo)),
  ]
  return { text: cut(lines[0] ?? '', 3_000), blocks: sections(inChunks(lines)) }
}

function entryWords({ line, place }: Entry, timeZone: string, linkTo: LinkTo): string {
  const link = place && linkTo(place)
  return mrkdwn(link ? [...line, ' ', { link, text: 'Thread' }] : line, timeZone)
}

type LinkTo = (place: MessagePlace) => string | undefined

/**
 * Links to messages, made from the workspace's address, which is asked for once; without it there
 * are none.
 * @see https://docs.slack.dev/reference/methods/chat.getPermalink
 */
function createLinks(client: webApi.WebClient): () => Promise<LinkTo> {
  let base: Promise<string | undefined> | undefined
  return async () => {
    base ??= client.auth.test().then(({ url }) => url)
    const root = await base.catch(() => {
      base = undefined
      return undefined
    })
    return ({ channelId, rootMessageId, messageId = rootMessageId }) => {
      if (!root) return undefined
      const thread = `thread_ts=${rootMessageId}&cid=${channelId}`
      return `${root}archives/${channelId}/p${messageId.replace('.', '')}?${thread}`
    }
  }
}

/** Without `files:write`, or when Slack takes no file now, the figures stand without their picture. */
async function pictureBlocks(
  { picture }: ScorecardCard,
  client: webApi.WebClient,
): Promise<Block[]> {
  if (!picture) return []
  try {
    const id = await upload(client, picture.filename, picture.alt, picture.png)
    await client.files.completeUploadExternal({ files: [{ id, title: picture.filename }] })
    return [{ type: 'image', slack_file: { id }, alt_text: cut(picture.alt, 2_000) }]
  } catch {
    return []
  }
}

function field({ label, value, detail, compared }: CardFigure) {
  const text = [
    `*${escapeText(label)}*`,
    `*${escapeText(value)}* ${escapeText(detail)}`,
    `_${escapeText(compared)}_`,
  ]
  return { type: 'mrkdwn', text: cut(text.filter((line) => line !== '__').join('\n'), 2_000) }
}

/** As few sections as hold the lines. */
function inChunks(lines: readonly string[]): string[] {
  const chunks: string[] = []
  for (const line of lines) {
    const joined = chunks.length > 0 ? `${chunks.at(-1)}\n${line}` : line
    if (chunks.length > 0 && joined.length <= 3_000) chunks[chunks.length - 1] = joined
    else chunks.push(line)
  }
  return chunks
}

function titled(title: string, text: string): string {
  return text === '' ? '' : `*${title}*\n${text}`
}

function sections(texts: readonly string[]): Block[] {
  return texts
    .filter((text) => text !== '')
    .map((text) => ({ type: 'section', text: { type: 'mrkdwn', text: cut(text, 3_000) } }))
}

function context(text: string): Block {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: cut(text, 2_000) }] }
}
