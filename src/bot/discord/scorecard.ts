import { type APIContainerComponent, ComponentType, MessageFlags, type REST } from 'discord.js'
import type { FindResult, PostResult } from '../chat.js'
import type { CardFigure, ScorecardCard } from '../scorecard/card.js'
import type { ThreadMessage } from '../scorecard/card-thread.js'
import type { ScorecardChat, ScorecardMessage, SoughtScorecard } from '../scorecard/deliver.js'
import type { Picture } from '../scorecard/picture.js'
import { type Line, shorten } from '../wording.js'
import { findMessage } from './find.js'
import { cut, escapeText, markdown, subtext } from './markdown.js'
import { markerLine } from './marker.js'
import { createPoster, type Draft, type Lacking, refusesFiles } from './post.js'
import { button, container, linesWithin, rows, text } from './render.js'
import { removeMessage } from './threads.js'

/** What each part may take of the 4,000 characters that all text of a message has together. */
const ROOM = {
  head: 400,
  besides: 700,
  reasons: 450,
  open: 900,
  notes: 400,
  thread: 3_800,
} as const

/** A figure, and what it is compared with: eight lines at most. */
const LONGEST_LINE = 110

const ACCENT = 0x5865f2
/** Of the description of a picture. */
const LONGEST_ALT = 1_024

/**
 * Discord, as posting scorecards sees it. Every message ends with a mark made of the key and the
 * part, so that one whose answer was lost is found before it is posted again.
 */
export function createDiscordScorecards(options: {
  rest: REST
  selfId: () => string
  lacking?: Lacking
}): ScorecardChat {
  const { rest, selfId } = options
  const { createRoot, createInThread, attempt } = createPoster(options)

  async function postCard(channelId: string, mark: string, card: ScorecardCard): Promise<string> {
    const create = (draft: Draft) => createRoot(channelId, mark, draft, card.title)
    const { picture, ...plain } = card
    if (!picture) return create(cardDraft(plain, mark))
    try {
      return await create(cardDraft(card, mark))
    } catch (error) {
      if (!refusesFiles(error)) throw error
      return create(cardDraft(plain, mark)) // the figures say everything
    }
  }

  async function post(message: ScorecardMessage): Promise<PostResult> {
    const { channelId, key, part } = message
    const mark = markOf(key, part)
    if ('card' in message) {
      return { kind: 'posted', messageId: await postCard(channelId, mark, message.card) }
    }
    const { rootId } = message
    return createInThread({ channelId, rootId }, mark, threadDraft(message.message, mark))
  }

  const find = ({ key, part, ...place }: SoughtScorecard): Promise<FindResult> =>
    findMessage(rest, { ...place, kind: 'reply', postId: '', key: markOf(key, part) }, selfId())

  return {
    name: 'discord',
    post: (message) => attempt(message.channelId, () => post(message)),
    find: (sought) => attempt(sought.channelId, () => find(sought)),
    remove: (message) => removeMessage(rest, message),
  }
}

function markOf(key: string, part: string): string {
  return `scorecard/${key}/${part}`
}

type Components = APIContainerComponent['components']

function cardDraft(card: ScorecardCard, mark: string): Draft {
  const { picture } = card
  const components = [
    text(
      [`## ${escapeText(card.title)}`, ...linesWithin(card.asides, ROOM.head).map(subtext)].join(
        '\n',
      ),
    ),
    ...(card.figures.length > 0 ? [text(card.figures.map(figureText).join('\n'))] : []),
    ...(picture ? [gallery(picture)] : []),
    ...section('', card.besides, ROOM.besides),
    ...section('What failures cost most', card.reasons, ROOM.reasons),
    ...openSection(card),
    ...section('Notes', card.notes, ROOM.notes),
    ...rows(card.noteButtons.map((one) => button(one))),
    text(markerLine('reply', mark)),
  ]
  const files = picture ? [fileOf(picture)] : []
  return { ...container(ACCENT, components), ...(picture ? { files } : {}) }
}

function figureText({ label, value, detail, compared }: CardFigure): string {
  const figure = markdown([{ strong: `${label}: ${value}` }, ` ${detail}`], LONGEST_LINE)
  return compared === '' ? figure : `${figure}\n${subtext(cut(compared, LONGEST_LINE))}`
}

/** What lasts, as far as there is room; the thread has all of it. */
function openSection({ open, moreOpen }: ScorecardCard): Components {
  if (open.length === 0) return []
  const shown = linesWithin(
    open.map(({ line }) => line),
    ROOM.open,
  )
  const more = open.length - shown.length + moreOpen
  const rest = more > 0 ? [`and ${more} more, in the thread`] : []
  return [text(['**Not live yet**', ...shown, ...rest].join('\n'))]
}

function threadDraft({ title, entries }: ThreadMessage, mark: string): Draft {
  const listed = linesWithin([title, ...entries.map(({ line }) => line)], ROOM.thread)
  return {
    ...container(ACCENT, [text(listed.join('\n')), text(markerLine('reply', mark))]),
    flags: MessageFlags.IsComponentsV2 | MessageFlags.SuppressNotifications,
  }
}

/** A part with its title; nothing when there is nothing to say. */
function section(title: string, said: readonly Line[], room: number): Components {
  if (said.length === 0) return []
  const head = title === '' ? [] : [`**${title}**`]
  return [text([...head, ...linesWithin(said, room)].join('\n'))]
}

function gallery({ filename, alt }: Picture): Components[number] {
  return {
    type: ComponentType.MediaGallery,
    items: [{ media: { url: `attachment://${filename}` }, description: shorten(alt, LONGEST_ALT) }],
  }
}

function fileOf({ filename, png, alt }: Picture): NonNullable<Draft['files']>[number] {
  const data = Buffer.from(png)
  return { name: filename, data, contentType: 'image/png', description: shorten(alt, LONGEST_ALT) }
}
