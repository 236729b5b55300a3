import { goesOn, type ToApprove } from '../approval.js'
import type { PostCard } from '../card.js'
import type { Button } from '../card-buttons.js'
import type { MediaCard, ReplyCard } from '../card-replies.js'
import { SYMBOLS, type TargetCard } from '../card-target.js'
import type { Card } from '../chat.js'
import { countWords, inPieces, type Line, shorten } from '../wording.js'
import { actionBlocks } from './action-rows.js'
import { cut, escapeText, mention, mrkdwn } from './mrkdwn.js'

type Json = string | number | boolean | { readonly [key: string]: Json } | readonly Json[]
export type Block = { readonly type: string; readonly [key: string]: Json }

/** A message as Slack takes it. */
export interface SlackMessage {
  /** Shown where blocks are not: notifications, search, screen readers. */
  readonly text: string
  readonly blocks: Block[]
  readonly metadata: Metadata
}

/** Numbers, strings and plain objects only: Slack's type of a payload has no null. */
export interface Metadata {
  readonly event_type: string
  readonly event_payload: Readonly<Record<string, string | number | Record<string, number>>>
}

/** @see https://docs.slack.dev/reference/block-kit and chat.update, `msg_too_long` */
const LIMITS = {
  text: 3_900,
  sectionText: 3_000,
  /** 2,000 by Slack; shorter, so that a whole message stays below what Slack takes. */
  contextText: 500,
  contextElements: 10,
  actions: 25,
  buttonText: 75,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  /** Text of all blocks together; undocumented, refused somewhere above 11,000. */
  preformatted: 6_000,
  quoted: 5_000,
} as const

/** Gives a card the shape Slack shows, inside Block Kit's limits. */
export function render(card: Exclude<Card, MediaCard>, timeZone: string): SlackMessage {
  switch (card.kind) {
    case 'post':
      return renderPost(card, timeZone)
    case 'target':
      return renderTarget(card, timeZone)
    case 'reply':
      return renderReply(card, timeZone)
  }
}

function renderPost(card: PostCard, timeZone: string): SlackMessage {
  const when: Line = card.publishAt ? ['for ', { at: card.publishAt }] : [{ at: card.askedAt }]
  const about = mrkdwn(['by ', { who: card.by }, ' · ', ...when, ` · ${card.postId}`], timeZone)
  return {
    text: cut(`${escapeText(card.excerpt)} (${card.headline})`, LIMITS.text),
    blocks: [
      excerptAndCounts(card),
      context([about, ...card.asides.map((line) => mrkdwn(line, timeZone))]),
      ...actions(card.buttons),
    ],
    metadata: {
      event_type: 'pressroom_post',
      event_payload: { postId: card.postId, counts: { ...card.counts } },
    },
  }
}

/** Rich text, because it shows what people wrote as they wrote it, also `*stars*` and `_lines_`. */
function excerptAndCounts({ excerpt, counts }: PostCard): Block {
  const words = countWords(counts).flatMap(({ count, words }, index) => [
    ...(index > 0 ? [{ type: 'text', text: ' · ' }] : []),
    count > 0
      ? { type: 'text', text: words, style: { bold: true } }
      : { type: 'text', text: words },
  ])
  return {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_section',
        elements: [
          { type: 'text', text: excerpt, style: { bold: true } },
          { type: 'text', text: '\n' },
          ...words,
        ],
      },
    ],
  }
}

function renderTarget(card: TargetCard, timeZone: string): SlackMessage {
  const title = `${SYMBOLS[card.tone]} ${mrkdwn(card.title, timeZone)}`
  const lines = card.lines.map((line) => mrkdwn(line, timeZone))
  return {
    text: cut(title, LIMITS.text),
    blocks: [
      section([title, ...lines].join('\n')),
      ...(card.toApprove ? quoted(card.toApprove) : []),
      ...(card.asides.length > 0
        ? [context(card.asides.map((line) => mrkdwn(line, timeZone)))]
        : []),
      ...actions(card.buttons),
    ],
    metadata: {
      event_type: 'pressroom_target',
      event_payload: {
        postId: card.postId,
        targetId: card.targetId,
        account: card.account,
        platform: card.platform,
        state: card.status,
        attempt: card.attempt,
        permalink: card.permalink ?? '',
      },
    },
  }
}

function renderReply(card: ReplyCard, timeZone: string): SlackMessage {
  const lines = card.lines.map((line) => mrkdwn(line, timeZone))
  // What is said to the whole channel begins with its heading, else with the name that is called.
  const [first = '', ...rest] = card.mention ? ['', ...lines] : lines
  const listed =
    lines.length > 1 && !card.byHand ? [first, ...rest.map((line) => `• ${line}`)] : lines
  const said = [...listed, ...(card.tail ? [mrkdwn(card.tail, timeZone)] : [])]
  const text = `${card.mention ? `${mention(card.mention)} ` : ''}${said.join('\n')}`
  return {
    text: cut(text, LIMITS.text),
    blocks: [section(text), ...(card.byHand ? preformatted(card.byHand.text) : [])],
    metadata: replyMetadata(card),
  }
}

export function replyMetadata({ postId, key }: { postId: string; key: string }): Metadata {
  return { event_type: 'pressroom_reply', event_payload: { postId, key } }
}

/** As it would go out, so nothing in it is interpreted. */
function quoted(card: ToApprove): Block[] {
  const { text } = card
  if (text === '') return []
  const shown = shorten(text, LIMITS.quoted)
  const block: Block = {
    type: 'rich_text',
    elements: [{ type: 'rich_text_quote', elements: [{ type: 'text', text: shown }] }],
  }
  return shown === text ? [block] : [block, context([goesOn(card)])]
}

/** To be copied, so nothing in it is interpreted. */
function preformatted(text: string): Block[] {
  if (text === '') return []
  const [shown = ''] = inPieces(text, LIMITS.preformatted)
  const block: Block = {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: shown }] }],
  }
  if (shown.length === text.length) return [block]
  return [block, context(['The text goes on in the file below.'])]
}

function section(text: string): Block {
  return { type: 'section', text: { type: 'mrkdwn', text: cut(text, LIMITS.sectionText) } }
}

function context(texts: readonly string[]): Block {
  return {
    type: 'context',
    elements: texts
      .slice(0, LIMITS.contextElements)
      .map((text) => ({ type: 'mrkdwn', text: cut(text, LIMITS.contextText) })),
  }
}

export function actions(buttons: readonly Button[]): Block[] {
  return actionBlocks(buttons.slice(0, LIMITS.actions), button)
}

function button({ action, value, label, style, confirm }: Button): Json {
  return {
    type: 'button',
    action_id: action,
    value,
    text: plain(label, LIMITS.buttonText),
    ...(style ? { style } : {}),
    ...(confirm
      ? {
          confirm: {
            title: plain(confirm.title, LIMITS.confirmTitle),
            text: plain(confirm.text, LIMITS.confirmText),
            confirm: plain(confirm.yes, LIMITS.confirmButton),
            deny: plain('Back', LIMITS.confirmButton),
            ...(style === 'danger' ? { style } : {}),
          },
        }
      : {}),
  }
}

function plain(text: string, max: number): Json {
  return { type: 'plain_text', text: cut(text, max) }
}
