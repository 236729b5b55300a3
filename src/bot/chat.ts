import type { Instant } from '../publisher/core/target.js'
import type { PostCard } from './card.js'
import type { MediaCard, ReplyCard } from './card-replies.js'
import type { TargetCard } from './card-target.js'
import type { Pace } from './rate.js'

export type Card = PostCard | TargetCard | ReplyCard | MediaCard

/** A message as it should stand in a chat. */
export interface Outgoing {
  readonly channelId: string
  /** The post's own message, in whose thread this one stands; absent for that message itself. */
  readonly rootId?: string
  readonly card: Card
  /** Above 1: in place of one with the same key, which was lost in the chat. */
  readonly edition?: number
}

/** A message that may stand in a chat: nobody heard the answer when it was posted. */
export interface Sought {
  readonly channelId: string
  readonly rootId?: string
  readonly kind: 'post' | 'target' | 'reply'
  readonly postId: string
  /** The post id, the target id, or the reply's key. */
  readonly key: string
  /** When it was written down: not posted before this, nor after its request has timed out. */
  readonly begunAt: Instant
  /** Only a later message can be it: this one, with the same key, was lost. */
  readonly afterId?: string
}

/** The chat says: not now. */
export interface Limited {
  readonly kind: 'limited'
  readonly retryAfterMs: number
}

/** The chat certainly did nothing. */
export interface Refused {
  readonly kind: 'refused'
  /** The chat's own word, such as `not_in_channel`. */
  readonly why: string
  /** What it is about: this message, its thread, its channel, or every call. */
  readonly scope: 'message' | 'thread' | 'channel' | 'chat'
  /** Trying again soon is of no use. */
  readonly final: boolean
}

/** No trustworthy answer: it may have been done. */
export interface Unknown {
  readonly kind: 'unknown'
  readonly why: string
}

export type PostResult =
  | { readonly kind: 'posted'; readonly messageId: string }
  | Limited
  | Refused
  | Unknown

export type EditResult =
  | { readonly kind: 'edited' }
  /** Somebody deleted it, or it can never be edited again. */
  | { readonly kind: 'gone' }
  | Limited
  | Refused
  | Unknown

export type FindResult =
  /** `others`: the same message once more, to be removed. */
  | { readonly kind: 'found'; readonly messageId: string; readonly others: readonly string[] }
  | { readonly kind: 'absent' }
  | Limited
  | Refused
  | Unknown

/** Where a message stands. */
export interface MessagePlace {
  readonly teamId: string
  readonly channelId: string
  readonly messageId: string
}

/**
 * What telling needs from a chat. Every call is one attempt: nothing is repeated inside, because a
 * repeated post is a second message. Whatever goes wrong is a result, never thrown.
 */
export interface Chat {
  readonly name: 'slack' | 'discord'
  /** How fast it may be called. */
  readonly pace: Pace
  post(message: Outgoing): Promise<PostResult>
  edit(message: Outgoing & { readonly messageId: string }): Promise<EditResult>
  /** Looks for an own message by what was put into it for that purpose. */
  find(sought: Sought): Promise<FindResult>
  /** The address of a message, for people. */
  linkTo?(place: MessagePlace): Promise<string | undefined>
  /** Removes an own message that stands there twice; best effort. */
  remove(message: {
    readonly channelId: string
    readonly rootId?: string
    readonly messageId: string
  }): Promise<void>
}

/** What a chat lends to those who write private answers: the addresses of its messages. */
export function linksOf(chat: Chat) {
  return {
    linkTo: { chat: chat.name, message: async (place: MessagePlace) => chat.linkTo?.(place) },
  }
}
