import type { Actor } from '../publisher/core/target.js'
import type { Conversation } from '../store/create-post.js'
import type { StoredPost } from '../store/posts.js'
import type { Command } from './command.js'

export type Permission =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly why: string }

/** As much of a post as permission depends on. */
export type Owned = Pick<StoredPost, 'chat' | 'workspaceId' | 'channelId' | 'authorId' | 'status'>

const allowed: Permission = { kind: 'allowed' }

/**
 * Who may do what. Pure. Everybody in a channel may publish from it and act on its posts; nobody
 * may act on them from elsewhere, and a question about a draft is answered by the one it was asked.
 * @param post what the command is about, for commands about one
 */
export function permit(
  kind: Command['kind'],
  actor: Actor,
  conversation: Conversation,
  post?: Owned,
): Permission {
  switch (kind) {
    case 'publish':
    case 'openForm':
    case 'accounts':
    case 'help':
    case 'scorecard':
    case 'resolveNote':
    case 'malformed':
    case 'unsupported':
      return allowed
    case 'status':
    case 'retry':
    case 'retryFailed':
    case 'confirmLive':
    case 'denyLive':
    case 'editRetry':
    case 'checkCredentials':
    case 'addNote':
    case 'addLink':
    case 'publishNow':
    case 'reschedule':
    case 'editSubmitted':
    case 'noteSubmitted':
    case 'linkSubmitted':
    case 'rescheduleSubmitted':
      return post ? ofChannel(actor, conversation, post) : allowed
    case 'cancel':
    case 'publishAnyway':
      return post ? ofAsker(actor, conversation, post) : allowed
    default:
      return kind satisfies never
  }
}

function ofChannel(actor: Actor, conversation: Conversation, post: Owned): Permission {
  // Who holds the API token acts for the installation as a whole.
  if (actor.kind === 'api' && conversation.chat === 'api') return allowed
  if (
    post.chat !== conversation.chat ||
    post.workspaceId !== `${conversation.chat}:${conversation.teamId}`
  ) {
    return { kind: 'refused', why: 'There is no such post in this workspace.' }
  }
  if (post.channelId !== conversation.channelId) {
    return { kind: 'refused', why: 'That post belongs to another channel; ask there.' }
  }
  return allowed
}

function ofAsker(actor: Actor, conversation: Conversation, post: Owned): Permission {
  const inChannel = ofChannel(actor, conversation, post)
  if (inChannel.kind === 'refused' || post.status === 'open') return inChannel
  return actor.id === post.authorId
    ? allowed
    : { kind: 'refused', why: 'Only the one who was asked can answer that.' }
}
