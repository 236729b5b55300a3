import type { TargetEvent } from '../../publisher/core/target.js'
import type { Orm } from '../../store/database.js'
import { loadHistory } from '../../store/load-history.js'
import { touchPost } from '../../store/posts.js'
import type { StoredTarget } from '../../store/stored-target.js'
import { seenOf } from '../approve-value.js'
import { awaitsApproval } from '../card.js'
import { nothing, type Reply, say } from '../reply.js'
import { type Acted, act, refusalWords } from './act.js'
import type { Asked, Found } from './asked.js'
import { dropDraft } from './copy.js'
import type { HandleDeps } from './deps.js'
import { listOf } from './words.js'

/** Stops what has not been sent yet, or drops the draft that a question is about. */
export async function cancel(found: Found, asked: Asked, deps: HandleDeps): Promise<Reply> {
  if (found.post.status !== 'open') return dropDraft(found, asked, deps)
  return apply('Cancelled', { type: 'cancelRequested' }, found, asked, deps)
}

/** Sends now what is held, scheduled or waiting, also to an account that is held. */
export function publishNow(found: Found, asked: Asked, deps: HandleDeps): Promise<Reply> {
  return apply('Publishing now', { type: 'publishNowRequested' }, found, asked, deps)
}

/**
 * "Approve": what waits for it goes on, at its time or at once.
 * @param seen what the card showed; nothing is approved that was changed since
 */
export async function approve(
  found: Found,
  seen: string | undefined,
  asked: Asked,
  deps: HandleDeps,
): Promise<Reply> {
  const acted = await act(found, asked, deps, {
    event: (at) => ({ type: 'approved', at, who: asked.actor }),
    spares: (stored) => !awaitsApproval(stored),
    objection: async (tx, stored, all) => {
      const isSame =
        seen === undefined
          ? !(await wasEdited(tx, stored))
          : seen === seenOf(found.target ? [stored] : all)
      return isSame ? undefined : CHANGED
    },
  })
  if (!acted) return nothing
  // A card of an older version shows neither the text nor this button as it is now.
  if (seen === undefined && acted.refused.length > 0) {
    await touchPost(deps.database.orm, found.post.id)
  }
  const refused =
    acted.refused.length > 0 ? [await refusalWords(found, acted.refused, asked, deps)] : []
  const done = acted.done.length > 0 ? [`Approved: ${listOf(acted.done)}.`] : []
  return say([...done, ...refused].join('\n') || NOTHING_TO_APPROVE)
}

async function wasEdited(tx: Orm, { id, postId }: StoredTarget): Promise<boolean> {
  const history = await loadHistory(tx, postId)
  return history.some(({ targetId, type }) => targetId === id && type === 'edited')
}

const CHANGED = 'It was changed meanwhile: look at it again, then approve it.'
const NOTHING_TO_APPROVE = 'Nothing of it waits for an approval that can still be given.'

/**
 * "It's not there": the target counts as failed; sending it again is another click.
 * @param askedAt when the button's question was asked, where it tells; it answers no other question
 */
export function denyLive(
  found: Found,
  askedAt: number | undefined,
  asked: Asked,
  deps: HandleDeps,
): Promise<Reply> {
  if (!found.target) return Promise.resolve(onItsOwn)
  return apply(
    'Recorded as not live; Retry failed sends it again',
    { type: 'verdictGiven', verdict: 'absent', ...about(askedAt) },
    found,
    asked,
    deps,
  )
}

/**
 * "I confirmed it's live": takes effect at once; the link can be added afterwards.
 * @param askedAt see `denyLive`
 */
export async function confirmLive(
  found: Found,
  askedAt: number | undefined,
  asked: Asked,
  deps: HandleDeps,
): Promise<Reply> {
  const { target } = found
  if (!target) return onItsOwn
  const acted = await act(found, asked, deps, {
    event: (at) => ({
      type: 'verdictGiven',
      verdict: 'live',
      at,
      who: asked.actor,
      ...about(askedAt),
    }),
  })
  if (!acted) return nothing
  if (acted.done.length === 0) return refusal(found, acted, asked, deps)
  return {
    kind: 'question',
    text: `Recorded: ${target.account} is live, because you looked. If you have its link, add it for the others.`,
    buttons: [{ action: 'add_link', value: target.id, label: 'Add the link' }],
  }
}

function about(askedAt: number | undefined): { askedAt?: number } {
  return askedAt === undefined ? {} : { askedAt }
}

const onItsOwn = say('That is asked for each account on its own: use the buttons in the thread.')

type Bare<T> = T extends TargetEvent ? Omit<T, 'at' | 'who'> : never

async function apply(
  doing: string,
  bare: Bare<
    Extract<TargetEvent, { type: 'cancelRequested' | 'publishNowRequested' | 'verdictGiven' }>
  >,
  found: Found,
  asked: Asked,
  deps: HandleDeps,
): Promise<Reply> {
  const acted = await act(found, asked, deps, {
    event: (at) => ({ ...bare, at, who: asked.actor }),
  })
  if (!acted) return nothing
  if (acted.done.length === 0) return refusal(found, acted, asked, deps)
  const rest =
    acted.refused.length > 0 ? `\n${await refusalWords(found, acted.refused, asked, deps)}` : ''
  return say(`${doing}: ${listOf(acted.done)}.${rest}`)
}

async function refusal(found: Found, acted: Acted, asked: Asked, deps: HandleDeps): Promise<Reply> {
  return say(await refusalWords(found, acted.refused, asked, deps))
}
