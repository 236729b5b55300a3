import type { Actor } from '../publisher/core/target.js'
import type { Conversation } from '../store/create-post.js'
import type { StoredPost } from '../store/posts.js'
import type { Command } from './command.js'
import { NO_RULES, type Power, type Rules } from './rules.js'

export type Permission =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly why: string }
  /** Not as long as the chat does not tell who belongs to a group that may. */
  | { readonly kind: 'unknown' }

/** As much of a post as permission depends on. */
export type Owned = Pick<StoredPost, 'chat' | 'workspaceId' | 'channelId' | 'authorId' | 'status'>

const allowed: Permission = { kind: 'allowed' }

/** Of everybody the rules name, what somebody belongs to. */
export interface Membership {
  readonly is: ReadonlySet<string>
  /** Those of which the chat does not tell right now. */
  readonly unknown: ReadonlySet<string>
}

/** What holds where somebody asks for something, and what they are there. */
export interface Standing extends Membership {
  readonly rules: Rules
}

export const NO_MEMBERSHIP: Membership = { is: new Set(), unknown: new Set() }

/** Without rules everybody in the channel may do everything. */
const EVERYBODY: Standing = { rules: NO_RULES, ...NO_MEMBERSHIP }

/**
 * Who may do what. Pure. Nobody may act on a post from another channel, and a question about a draft
 * is answered by the one it was asked. Beyond that the rules of the place say who may publish, retry,
 * confirm, cancel, approve and configure; what they do not name, everybody in the channel may do.
 * @param post what the command is about; without it, what depends on the post is not judged yet
 */
export function permit(
  kind: Command['kind'],
  actor: Actor,
  conversation: Conversation,
  post?: Owned,
  standing: Standing = EVERYBODY,
): Permission {
  // Who holds the API token acts for the installation as a whole.
  if (actor.kind === 'api' && conversation.chat === 'api') return allowed
  switch (kind) {
    case 'publish':
    case 'openForm':
      return withPower('publish', actor, standing)
    case 'accounts':
    case 'help':
    case 'scorecard':
    case 'resolveNote':
    case 'malformed':
    case 'unsupported':
      return allowed
    default:
      return post ? aboutPost(kind, actor, conversation, post, standing) : allowed
  }
}

type AboutPost = Exclude<
  Command['kind'],
  | 'publish'
  | 'openForm'
  | 'accounts'
  | 'help'
  | 'scorecard'
  | 'resolveNote'
  | 'malformed'
  | 'unsupported'
>

/** What each command about a post takes; undefined: nothing but being in its channel. */
const TAKES: Readonly<Record<AboutPost, Power | undefined>> = {
  status: undefined,
  addNote: undefined,
  noteSubmitted: undefined,
  duplicate: undefined,
  retry: 'retry',
  retryFailed: 'retry',
  confirmLive: 'confirm',
  denyLive: 'confirm',
  addLink: 'confirm',
  linkSubmitted: 'confirm',
  keepCopies: 'confirm',
  cancel: 'cancel',
  approve: 'approve',
  checkCredentials: 'configure',
  // Whatever changes what is said, or when.
  editRetry: 'publish',
  editSubmitted: 'publish',
  publishNow: 'publish',
  reschedule: 'publish',
  rescheduleSubmitted: 'publish',
  publishAnyway: 'publish',
  deleteCopy: 'publish',
}

/** What a command takes, where the rules may say who has it. */
export function powerFor(kind: Command['kind']): Power | undefined {
  if (kind === 'publish' || kind === 'openForm') return 'publish'
  return (TAKES as Readonly<Record<string, Power | undefined>>)[kind]
}

function aboutPost(
  kind: AboutPost,
  actor: Actor,
  conversation: Conversation,
  post: Owned,
  standing: Standing,
): Permission {
  const inChannel = ofChannel(conversation, post)
  if (inChannel.kind === 'refused') return inChannel
  if (post.status !== 'open') {
    if (actor.id !== post.authorId) return refused('Only the one who was asked can answer that.')
    if (kind === 'cancel') return allowed // one's own question can always be dropped
  }
  if (kind === 'approve' && actor.id === post.authorId) {
    return refused('Somebody else has to approve it: the post is yours.')
  }
  const power = TAKES[kind]
  return power === undefined ? allowed : withPower(power, actor, standing)
}

function withPower(power: Power, actor: Actor, { rules, is, unknown }: Standing): Permission {
  const named = rules.roles[power]
  if (!named) return allowed
  const may = named.some((who) => who === 'everyone' || who === `user:${actor.id}` || is.has(who))
  if (may) return allowed
  return named.some((who) => unknown.has(who)) ? { kind: 'unknown' } : refused(WORDS[power])
}

const WORDS: Readonly<Record<Power, string>> = {
  publish: 'Here only some people may publish or change posts, and you are not among them.',
  retry: 'Here only some people may send again what failed, and you are not among them.',
  confirm: 'Here only some people may say whether a post is live, and you are not among them.',
  cancel: 'Here only some people may cancel posts, and you are not among them.',
  approve: 'Here only some people may approve posts, and you are not among them.',
  configure: 'Here only some people may look after the accounts, and you are not among them.',
}

function ofChannel(conversation: Conversation, post: Owned): Permission {
  if (
    post.chat !== conversation.chat ||
    post.workspaceId !== `${conversation.chat}:${conversation.teamId}`
  ) {
    return refused('There is no such post in this workspace.')
  }
  if (post.channelId !== conversation.channelId) {
    return refused('That post belongs to another channel; ask there.')
  }
  return allowed
}

function refused(why: string): Permission {
  return { kind: 'refused', why }
}
