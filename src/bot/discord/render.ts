import {
  type APIActionRowComponent,
  type APIAllowedMentions,
  type APIButtonComponentWithCustomId,
  type APIContainerComponent,
  type APITextDisplayComponent,
  ButtonStyle,
  ComponentType,
  MessageFlags,
} from 'discord.js'
import { goesOn, type ToApprove } from '../approval.js'
import type { PostCard } from '../card.js'
import type { MediaCard, ReplyCard } from '../card-replies.js'
import { SYMBOLS, type TargetCard, type Tone } from '../card-target.js'
import type { Card } from '../chat.js'
import { type Counts, countWords, type Line, shorten } from '../wording.js'
import { codeBlock, cut, escapeText, isSnowflake, markdown, mention, subtext } from './markdown.js'
import { markerLine, markerOf } from './marker.js'

export type Row = APIActionRowComponent<APIButtonComponentWithCustomId>

/** A message as Discord takes it. */
export interface DiscordMessage {
  readonly content?: string
  readonly components?: (APIContainerComponent | Row)[]
  readonly flags: number
  readonly allowed_mentions: APIAllowedMentions
  /** Text that did not fit, to be sent along as a file. */
  readonly textFile?: string
}

/** @see https://docs.discord.com/developers/components/reference and resources/message */
export const LIMITS = {
  content: 2_000,
  /** Of the 4,000 that all text of a message with containers may have together. */
  lines: 2_800,
  linesAboveQuote: 1_200,
  asides: 900,
  buttonsInRow: 5,
  buttonLabel: 80,
} as const

const COLORS: Readonly<Record<Tone, number>> = {
  live: 0x2e9e5b,
  failed: 0xd83c3e,
  person: 0xe67e22,
  retry: 0xf0b232,
  working: 0x80848e,
  off: 0x4e5058,
}

/** Edits and cards ring for nobody. */
const NOBODY: APIAllowedMentions = { parse: [] }

/**
 * Gives a card the shape Discord shows. Posts and targets are containers (Components V2): the bar at
 * their side shows the state, they need no right to embed links, and links in them unfold nothing.
 * What is said to somebody is plain content, because that is what notifications show.
 */
export function render(card: Exclude<Card, MediaCard>): DiscordMessage {
  switch (card.kind) {
    case 'post':
      return renderPost(card)
    case 'target':
      return renderTarget(card)
    case 'reply':
      return renderReply(card)
  }
}

function renderPost(card: PostCard): DiscordMessage {
  const { excerpt, counts, postId } = card
  const words = countWords(counts).map(({ count, words }) => (count > 0 ? `**${words}**` : words))
  const when: Line = card.publishAt ? ['for ', { at: card.publishAt }] : [{ at: card.askedAt }]
  const about = markdown(['by ', { who: card.by }, ' · ', ...when])
  return container(COLORS[toneOf(counts)], [
    text(`**${cut(excerpt, 1_000)}**\n${words.join(' · ')}`),
    text([...asides(card.asides), subtext(`${about} · ${markerOf('post', postId)}`)].join('\n')),
    ...rows(card.buttons.map((one) => button(one))),
  ])
}

/** The most urgent of what its targets are. */
function toneOf({ live, failed, processing, needsRetry, needsPerson }: Counts): Tone {
  if (needsPerson > 0) return 'person'
  if (failed > 0) return 'failed'
  if (needsRetry > 0) return 'retry'
  if (processing > 0) return 'working'
  return live > 0 ? 'live' : 'off'
}

function renderTarget(card: TargetCard): DiscordMessage {
  const { targetId, tone, buttons, toApprove } = card
  const most = toApprove ? LIMITS.linesAboveQuote : LIMITS.lines
  const lines = linesWithin([[`${SYMBOLS[tone]} `, ...card.title], ...card.lines], most).join('\n')
  return container(COLORS[tone], [
    text(lines),
    ...(toApprove ? quoted(toApprove, LIMITS.lines - lines.length) : []),
    text([...asides(card.asides), markerLine('target', targetId)].join('\n')),
    ...rows(buttons.map((one) => button(one))),
  ])
}

/** As it would go out, so nothing in it is interpreted. */
function quoted(card: ToApprove, max: number): APITextDisplayComponent[] {
  if (card.text === '') return []
  const remark = subtext(goesOn(card))
  const whole = escapeText(card.text)
  if (whole.length + QUOTE.length <= max) return [text(`${QUOTE}${whole}`)]
  const shown = cut(card.text, max - QUOTE.length - remark.length)
  return [text(`${QUOTE}${shown}`), text(remark)]
}

/** Quotes everything that follows, whatever its lines begin with. */
const QUOTE = '>>> '

function renderReply(card: ReplyCard): DiscordMessage {
  const { byHand } = card
  const end = markerLine('reply', card.key)
  const start = card.mention ? `${mention(card.mention)} ` : ''
  const block = byHand && byHand.text !== '' ? codeBlock(byHand.text) : ''
  // What is said to the whole channel begins with its heading, else with the name that is called.
  const heading = card.mention ? 0 : 1
  const lines =
    card.lines.length > 1 && !byHand
      ? card.lines.map((line, index) => (index < heading ? line : bulleted(line)))
      : card.lines
  const room = LIMITS.content - start.length - end.length - 4
  const said = linesWithin([...lines, ...(card.tail ? [card.tail] : [])], room)
  const spoken = `${start}${lines === card.lines || heading > 0 ? '' : '\n'}${said.join('\n')}`
  const fits = spoken.length + block.length + end.length + 2 <= LIMITS.content
  const content = [spoken, ...(block !== '' && fits ? [block] : []), end].join('\n')
  const called = card.mention?.id
  const users = called !== undefined && isSnowflake(called) ? { users: [called] } : {}
  return {
    content,
    flags: MessageFlags.SuppressEmbeds,
    allowed_mentions: { parse: [], ...users },
    ...(block !== '' && !fits ? { textFile: byHand?.text ?? '' } : {}),
  }
}

function bulleted(line: Line): Line {
  return ['• ', ...line]
}

/** As many lines as fit; the last one is cut. */
export function linesWithin(lines: readonly Line[], max: number): string[] {
  const shown: string[] = []
  let room = max
  for (const line of lines) {
    if (room <= 1) break
    const piece = markdown(line, room)
    shown.push(piece)
    room -= piece.length + 1
  }
  return shown
}

function asides(lines: readonly Line[]): string[] {
  return linesWithin(lines, LIMITS.asides).map(subtext)
}

export function container(
  accent: number,
  components: APIContainerComponent['components'],
): DiscordMessage {
  return {
    components: [{ type: ComponentType.Container, accent_color: accent, components }],
    flags: MessageFlags.IsComponentsV2,
    allowed_mentions: NOBODY,
  }
}

export function text(content: string): APITextDisplayComponent {
  return { type: ComponentType.TextDisplay, content }
}

export function rows(buttons: readonly APIButtonComponentWithCustomId[]): Row[] {
  const made: Row[] = []
  for (let i = 0; i < buttons.length; i += LIMITS.buttonsInRow) {
    const components = buttons.slice(i, i + LIMITS.buttonsInRow)
    made.push({ type: ComponentType.ActionRow, components })
  }
  return made
}

/** What a button needs, on a card as in a private answer. */
interface Pressable {
  readonly action: string
  readonly value: string
  readonly label: string
  readonly style?: 'primary' | 'danger'
  readonly confirm?: object
}

/**
 * A button with the custom id `<action id>:<id>`. Discord has no dialog under a button: what would
 * make the public see something a second time (red, with a question) is asked once more in a message
 * of its own, and carries `:ask` behind its id; everything else takes effect at once.
 */
export function button({
  action,
  value,
  label,
  style,
  confirm,
}: Pressable): APIButtonComponentWithCustomId {
  const asks = confirm !== undefined && style === 'danger'
  return {
    type: ComponentType.Button,
    custom_id: `${action}:${value}${asks ? ASK_SUFFIX : ''}`,
    label: shorten(label, LIMITS.buttonLabel),
    style: style === undefined ? ButtonStyle.Secondary : STYLES[style],
  }
}

export const ASK_SUFFIX = ':ask'

const STYLES = { primary: ButtonStyle.Primary, danger: ButtonStyle.Danger } as const
