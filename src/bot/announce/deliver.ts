import type { Log } from '../../log.js'
import {
  beginAgain,
  beginMessage,
  type ChatMessage,
  messageGone,
  messageLeftOut,
  messageNotPosted,
  messageShown,
} from '../../store/chat-messages.js'
import type { Clock } from '../../store/clock.js'
import type { Orm } from '../../store/database.js'
import type { StoredPost } from '../../store/posts.js'
import type { Chat, Refused } from '../chat.js'
import type { Lease } from './lease.js'
import { matters } from './lost.js'
import type { AnnounceSettings } from './settings.js'
import type { Step } from './steps.js'

/** How one chat call ended, for the telling it belongs to. */
export type Delivery =
  /** With the message as it is written down now. */
  | { readonly kind: 'done'; readonly row: ChatMessage }
  /** Nothing was shown, but more is known now; it is no sign that the chat takes messages. */
  | { readonly kind: 'learnt' }
  | { readonly kind: 'limited'; readonly retryAfterMs: number }
  /** It did not work, or nobody knows; trying again later may help. */
  | { readonly kind: 'later'; readonly why: string }
  /** Not seen in the chat, but it may still turn up. */
  | { readonly kind: 'lookAgain'; readonly at: number }
  /** This message cannot be brought forward; the others can. */
  | { readonly kind: 'stuck'; readonly why: string }
  /** The thread is gone; what has to be heard goes to the channel. */
  | { readonly kind: 'threadless' }
  /** The channel, or the whole chat, refuses us. */
  | { readonly kind: 'closed'; readonly why: string; readonly scope: 'channel' | 'chat' }
  | { readonly kind: 'lost' }

export interface DeliverContext {
  readonly orm: Orm
  readonly now: Clock
  readonly log: Log
  readonly settings: AnnounceSettings
  /** When the answer to a post was lost, by key; a crash leaves nothing here. */
  readonly doubtSince: Map<string, number>
}

type StepOf<C extends Step['call']> = Extract<Step, { call: C }>

/** Makes one chat call, written down before and after. */
export async function deliver(
  step: Step,
  post: StoredPost,
  chat: Chat,
  lease: Lease,
  context: DeliverContext,
): Promise<Delivery> {
  switch (step.call) {
    case 'post':
      return deliverPost(step, post, chat, lease, context)
    case 'edit':
      return deliverEdit(step, post, chat, lease, context)
    case 'find':
      return deliverFind(step, post, chat, context)
  }
}

async function deliverPost(
  step: StepOf<'post'>,
  post: StoredPost,
  chat: Chat,
  lease: Lease,
  context: DeliverContext,
): Promise<Delivery> {
  const { orm, now, doubtSince } = context
  const { key, kind, card, edition, standing } = step
  const { channelId } = post
  const outside = kind !== 'post' && step.rootId === undefined
  const begun = { key, postId: post.id, kind, chat: chat.name, channelId, outside, at: now() }
  const isBegun =
    edition === 1
      ? await beginMessage(orm, begun)
      : await beginAgain(orm, { key, edition, outside, at: begun.at })
  if (!isBegun) return { kind: 'learnt' } // it is there now: look again
  if (!(await lease.held())) return { kind: 'lost' }
  const place = { channelId, ...(step.rootId === undefined ? {} : { rootId: step.rootId }) }
  const said = standing === undefined ? {} : { state: standing }
  const result = await chat.post({ ...place, card, edition })
  switch (result.kind) {
    case 'posted': {
      const { messageId } = result
      const row = await messageShown(orm, { key, messageId, hash: step.hash, ...said, at: now() })
      if (row) return { kind: 'done', row }
      // Others have taken over while this process stood still in the middle of the call.
      await chat.remove({ ...place, messageId })
      return { kind: 'lost' }
    }
    case 'limited':
      await messageNotPosted(orm, key)
      return result
    case 'refused':
      if (result.scope === 'thread' && !isUrgent(step)) {
        await messageLeftOut(orm, { key, ...said, at: now() })
        return { kind: 'learnt' }
      }
      await messageNotPosted(orm, key)
      return refusal(result)
    case 'unknown':
      doubtSince.set(key, now())
      return { kind: 'later', why: result.why }
  }
}

/** Whether people have to see it, wherever it can stand. */
export function isUrgent({ card }: StepOf<'post'>): boolean {
  switch (card.kind) {
    case 'media':
      return true
    case 'reply':
      return card.urgent
    case 'target':
      return matters(card)
    case 'post':
      return false
  }
}

async function deliverEdit(
  step: StepOf<'edit'>,
  post: StoredPost,
  chat: Chat,
  lease: Lease,
  { orm, now }: DeliverContext,
): Promise<Delivery> {
  if (!(await lease.held())) return { kind: 'lost' }
  const { key, messageId, card, hash, standing, rootId } = step
  const result = await chat.edit({
    channelId: post.channelId,
    ...(rootId === undefined ? {} : { rootId }),
    messageId,
    card,
  })
  switch (result.kind) {
    case 'edited': {
      const said = standing === undefined ? {} : { state: standing }
      const row = await messageShown(orm, { key, messageId, hash, ...said, at: now() })
      return row ? { kind: 'done', row } : { kind: 'learnt' }
    }
    case 'gone':
      await messageGone(orm, { key, messageId, at: now() })
      return { kind: 'learnt' }
    case 'limited':
      return result
    case 'refused':
      if (result.final && result.scope === 'thread') {
        await messageGone(orm, { key, messageId, at: now() }) // it stands there, and stays as it is
        return { kind: 'learnt' }
      }
      return refusal(result)
    case 'unknown': // an edit can simply be made again
      return { kind: 'later', why: result.why }
  }
}

async function deliverFind(
  step: StepOf<'find'>,
  post: StoredPost,
  chat: Chat,
  context: DeliverContext,
): Promise<Delivery> {
  const { orm, now, log, settings, doubtSince } = context
  const { key, row } = step
  const place = {
    channelId: post.channelId,
    ...(step.rootId === undefined ? {} : { rootId: step.rootId }),
  }
  const result = await chat.find({
    ...place,
    key,
    kind: row.kind,
    postId: post.id,
    begunAt: row.createdAt.getTime(),
    ...(row.lostId === null ? {} : { afterId: row.lostId }),
  })
  switch (result.kind) {
    case 'found': {
      const { messageId, others } = result
      const shown = await messageShown(orm, { key, messageId, hash: null, at: now() })
      doubtSince.delete(key)
      for (const other of others) await chat.remove({ ...place, messageId: other })
      log.info(
        { postId: post.id, key, doubled: others.length },
        'found a message whose answer was lost',
      )
      return shown ? { kind: 'done', row: shown } : { kind: 'learnt' }
    }
    case 'absent': {
      const doubtAt = doubtSince.get(key) ?? row.createdAt.getTime()
      const absentAt = doubtAt + settings.absentAfterMs
      if (now() < absentAt) return { kind: 'lookAgain', at: absentAt }
      await messageNotPosted(orm, key)
      doubtSince.delete(key)
      return { kind: 'learnt' }
    }
    case 'limited':
      return result
    case 'refused':
      if (!result.final || result.scope === 'channel' || result.scope === 'chat') {
        return refusal(result)
      }
      // Not seeing it proves nothing when we may not look: rather one message too few than two.
      log.error(
        { postId: post.id, key, why: result.why },
        'a message may or may not stand in the chat, and looking is not allowed; it is not posted again. Grant the app the right to read the history of the channel.',
      )
      return { kind: 'stuck', why: result.why }
    case 'unknown':
      return { kind: 'later', why: result.why }
  }
}

function refusal({ why, scope, final }: Refused): Delivery {
  if (!final) return { kind: 'later', why }
  switch (scope) {
    case 'message':
      return { kind: 'stuck', why }
    case 'thread':
      return { kind: 'threadless' }
    case 'channel':
    case 'chat':
      return { kind: 'closed', why, scope }
  }
}
