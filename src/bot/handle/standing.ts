import type { Conversation } from '../../store/create-post.js'
import { recordRefusal } from '../../store/refusals.js'
import { NO_MEMBERSHIP, type Permission, permit, powerFor, type Standing } from '../permit.js'
import { type Reply, say } from '../reply.js'
import { NO_RULES } from '../rules.js'
import type { Asked, Found } from './asked.js'
import type { HandleDeps } from './deps.js'

/** What the one who asked is there, as far as the rules for this command ask for it. */
async function standingOf({ kind, actor }: Asked, deps: HandleDeps): Promise<Standing> {
  const rules = deps.rules ?? NO_RULES
  const power = powerFor(kind)
  const named = (power && rules.roles[power]) ?? []
  const groups = named.filter((who) => /^(group|role|channel):/.test(who))
  const membership = groups.length > 0 ? await deps.memberships?.(actor.id, groups) : undefined
  return { rules, ...(membership ?? NO_MEMBERSHIP) }
}

/**
 * Whether the one who asked may do it; a refusal is recorded before it is told, and a silence of
 * the chat is none.
 * @returns what they are told when they may not
 */
export async function refusalOf(
  asked: Asked,
  deps: HandleDeps,
  found?: Found,
): Promise<Reply | undefined> {
  const { kind, actor, conversation } = asked
  // Elsewhere nothing is asked for in vain: only the rules of the post's own channel count.
  const judged: Permission = permit(kind, actor, conversation, found?.post)
  const standing = judged.kind === 'allowed' ? await standingOf(asked, deps) : undefined
  const permission = standing ? permit(kind, actor, conversation, found?.post, standing) : judged
  if (permission.kind === 'allowed') return undefined
  if (permission.kind === 'unknown') return say(UNTOLD)
  deps.log.warn(about(kind, actor.id, conversation, found), 'refused: no permission')
  await recordRefusal(deps.database.orm, {
    key: asked.key,
    at: deps.now(),
    who: actor,
    kind,
    why: permission.why,
    conversation,
    postId: found?.post.id,
    targetId: found?.target?.id,
  })
  return say(permission.why)
}

const UNTOLD =
  'The chat does not tell right now whether you are among those who may do this. Try again in a moment.'

function about(kind: string, actor: string, conversation: Conversation, found?: Found) {
  return { kind, actor, ...conversation, ...(found ? { postId: found.post.id } : {}) }
}
