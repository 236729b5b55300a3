import { z } from 'zod'
import { decide } from '../../publisher/core/decide.js'
import type { Decision, TargetEvent } from '../../publisher/core/target.js'
import type { Orm } from '../../store/database.js'
import { once, recall } from '../../store/inbox.js'
import { loadHistory } from '../../store/load-history.js'
import { lockTargets } from '../../store/lock-targets.js'
import { recordTransition } from '../../store/record-transition.js'
import type { EditedContent, StoredTarget } from '../../store/stored-target.js'
import type { Asked, Found } from './asked.js'
import type { HandleDeps } from './deps.js'
import { deedWords } from './words.js'

const actedSchema = z.object({
  done: z.array(z.string()),
  refused: z.array(
    z.object({ account: z.string(), targetId: z.string(), status: z.string(), why: z.string() }),
  ),
})

/** What became of one click or command: names of accounts, and refusals in decide's words. */
export type Acted = z.infer<typeof actedSchema>

export interface Wish {
  event(at: number, stored: StoredTarget): TargetEvent
  /** Targets of the post that are left out; a target that was meant by its own id never is. */
  spares?(target: StoredTarget): boolean
  /** Why it may not be done as the targets stand now, if so; asked while they are locked. */
  objection?(
    tx: Orm,
    stored: StoredTarget,
    all: readonly StoredTarget[],
  ): string | undefined | Promise<string | undefined>
  /** New frozen content, for edits. */
  content?: EditedContent
  /** Done in the same transaction, when something was done; gets the accounts' names. */
  also?(tx: Orm, done: readonly string[]): Promise<void>
}

/**
 * Applies a person's wish to a target, or to all of a post's targets, exactly once for the
 * command's key: decides and records it with the targets locked, in one transaction.
 * @returns undefined when this very command or click was carried out before
 */
export async function act(
  found: Found,
  asked: Asked,
  deps: HandleDeps,
  wish: Wish,
): Promise<Acted | undefined> {
  const at = deps.now()
  const extra = wish.content ? { content: wish.content } : {}
  const { result, first } = await once(deps.database.orm, asked.key, at, async (tx) => {
    const acted: Acted = { done: [], refused: [] }
    const all = await lockTargets(tx, found.post.id)
    for (const stored of all) {
      if (found.target ? stored.id !== found.target.id : wish.spares?.(stored)) continue
      const { id: targetId, account, target } = stored
      const event = wish.event(at, stored)
      const can = deps.platforms.capabilities(account)
      const decided = decide(target, event, { policy: deps.policy, can })
      const why = decided.kind === 'moved' && (await wish.objection?.(tx, stored, all))
      const decision: Decision = why ? { kind: 'refused', why } : decided
      if (decision.kind === 'refused') {
        acted.refused.push({ account, targetId, status: target.state.status, why: decision.why })
      } else {
        await recordTransition(tx, stored, event, decision, extra)
        acted.done.push(account)
      }
    }
    if (acted.done.length > 0) await wish.also?.(tx, acted.done)
    return acted
  })
  return first ? actedSchema.parse(result) : undefined
}

/** What this very command or click led to when it was carried out. */
export async function actedBefore(key: string, deps: HandleDeps): Promise<Acted> {
  return actedSchema.parse(await recall(deps.database.orm, key))
}

/** Refusals, one line each, with who was there first. */
export async function refusalWords(
  { post }: Found,
  refused: Acted['refused'],
  asked: Asked,
  deps: HandleDeps,
): Promise<string> {
  const history = await loadHistory(deps.database.orm, post.id)
  const lines = refused.map(({ account, targetId, why }) => {
    const deed = history.findLast((one) => one.targetId === targetId)
    const isNamed = deed && why.includes(deed.who.name ?? deed.who.id)
    const who = deed && !isNamed ? `${deedWords(deed, asked.actor, deps.now())} ` : ''
    return `${account}: ${who}${why}`
  })
  return lines.length === 1 ? lines.join('') : lines.map((line) => `• ${line}`).join('\n')
}
