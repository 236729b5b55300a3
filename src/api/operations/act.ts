import { z } from 'zod'
import { retriedWithPost } from '../../bot/card-buttons.js'
import type { Command } from '../../bot/command.js'
import { type Acted, act, actedBefore, type Wish } from '../../bot/handle/act.js'
import { permit } from '../../bot/permit.js'
import type { StoredTarget } from '../../store/stored-target.js'
import { NO_CHAT } from '../conversation.js'
import type { ApiDeps } from '../deps.js'
import { sourceKeyOf } from '../keys.js'
import { loadOpenPost } from '../load-open-post.js'
import { type Answer, type Asking, operation } from '../operation.js'
import { ProblemError } from '../problem.js'
import { postId, postShape, shapes, storable } from '../shapes.js'
import { showPost } from '../show-post.js'
import { actorOf } from './create-post.js'

const actedShape = z
  .object({
    done: z.array(z.string()).describe('Accounts for which it took effect'),
    refused: z.array(
      z.object({ account: z.string(), targetId: z.string(), state: z.string(), why: z.string() }),
    ),
    repeated: z.boolean().describe('This very request took effect before'),
    post: postShape,
  })
  .register(shapes, { id: 'Acted' })

const answers = { 200: { description: 'What took effect', schema: actedShape } }
const some = z.strictObject({
  targets: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(500)
    .nullish()
    .describe('Account names or target ids; without them every target it can be about'),
})
type Some = z.infer<typeof some>

const attempt = z
  .number()
  .int()
  .min(0)
  .max(1_000_000)
  .nullish()
  .describe(
    'The `attempt` that whoever looked was asked about; refused once another is in question',
  )

const ofOne = postId.extend({ target: z.string().regex(/^.{1,200}$/) })

export const retryPost = operation({
  id: 'retryPost',
  method: 'POST',
  path: '/api/posts/{id}/retry',
  scope: 'act',
  idempotent: true,
  summary: 'Sends again what has failed, and nothing else; what may be live is refused',
  params: postId,
  body: some,
  bodyOptional: true,
  answers,
  problems: ['not-found', 'not-possible-now'],
  run: (asking, deps) =>
    apply('retry', asking, asking.body, deps, {
      event: (who) => (at) => ({ type: 'retryRequested', at, who }),
      concerns: (stored) => retriedWithPost(stored) || stored.target.state.status === 'unconfirmed',
      nothing: 'Nothing has failed, so there is nothing to send again.',
    }),
})

export const cancelPost = operation({
  id: 'cancelPost',
  method: 'POST',
  path: '/api/posts/{id}/cancel',
  scope: 'act',
  idempotent: true,
  summary: 'Stops what has not been sent yet',
  params: postId,
  body: some,
  bodyOptional: true,
  answers,
  problems: ['not-found', 'not-possible-now'],
  run: (asking, deps) =>
    apply('cancel', asking, asking.body, deps, {
      event: (who) => (at) => ({ type: 'cancelRequested', at, who }),
      concerns: ({ target: { state } }) =>
        !['published', 'failed', 'cancelled'].includes(state.status),
      nothing: 'Everything has been sent or stopped already, so there is nothing to cancel.',
    }),
})

export const confirmLive = operation({
  id: 'confirmLive',
  method: 'POST',
  path: '/api/posts/{id}/targets/{target}/confirm',
  scope: 'act',
  idempotent: true,
  summary: 'Somebody looked: it is live. For targets that wait for that word',
  params: ofOne,
  body: z.strictObject({
    permalink: storable
      .regex(/^https?:\/\/\S+$/i, 'Give an address that starts with http:// or https://')
      .max(2_000)
      .nullish(),
    attempt,
  }),
  bodyOptional: true,
  answers,
  problems: ['not-found', 'not-possible-now'],
  run: (asking, deps) => {
    const { permalink, attempt } = asking.body
    return apply('confirmLive', asking, { targets: [asking.params.target] }, deps, {
      event: (who) => (at) => ({
        type: 'verdictGiven',
        verdict: 'live',
        at,
        who,
        ...(permalink ? { permalink } : {}),
        ...(typeof attempt === 'number' ? { attempt } : {}),
      }),
    })
  },
})

export const denyLive = operation({
  id: 'denyLive',
  method: 'POST',
  path: '/api/posts/{id}/targets/{target}/deny',
  scope: 'act',
  idempotent: true,
  summary: 'Somebody looked: it is not there. It counts as failed then, and can be retried',
  params: ofOne,
  body: z.strictObject({ attempt }),
  bodyOptional: true,
  answers,
  problems: ['not-found', 'not-possible-now'],
  run: (asking, deps) => {
    const { attempt } = asking.body
    return apply('denyLive', asking, { targets: [asking.params.target] }, deps, {
      event: (who) => (at) => ({
        type: 'verdictGiven',
        verdict: 'absent',
        at,
        who,
        ...(typeof attempt === 'number' ? { attempt } : {}),
      }),
    })
  },
})

interface Deed {
  event(who: ReturnType<typeof actorOf>): Wish['event']
  /** Which targets it is about when none are named. */
  concerns?(target: StoredTarget): boolean
  readonly nothing?: string
}

async function apply(
  kind: Extract<Command['kind'], 'retry' | 'cancel' | 'confirmLive' | 'denyLive'>,
  {
    params,
    bearer,
    idempotencyKey,
  }: Pick<Asking<{ id: string }>, 'params' | 'bearer' | 'idempotencyKey'>,
  { targets: named }: Some,
  deps: ApiDeps,
  deed: Deed,
): Promise<Answer> {
  const { orm } = deps.database
  const found = await loadOpenPost(orm, params.id)
  const { id } = found.post
  const actor = actorOf(bearer)
  const permission = permit(kind, actor, NO_CHAT, found.post)
  if (permission.kind === 'refused') throw new ProblemError('scope-missing', permission.why)
  const chosen = named ? new Set(named.map((name) => idOf(name, found.targets))) : undefined
  const key = sourceKeyOf(idempotencyKey, kind, id, ...(named ?? []))
  const first = await act(found, { kind, key, actor, conversation: NO_CHAT }, deps, {
    event: deed.event(actor),
    spares: (stored) => (chosen ? !chosen.has(stored.id) : deed.concerns?.(stored) === false),
  })
  const acted = first ?? (await actedBefore(key, deps))
  if (acted.done.length === 0) throw notPossible(acted, deed)
  const post = showPost(await loadOpenPost(orm, id))
  const { done, refused } = acted
  return {
    status: 200,
    body: { done, refused: refused.map(shown), repeated: first === undefined, post },
  }
}

function idOf(name: string, targets: readonly StoredTarget[]): string {
  const found = targets.find(
    ({ id, account }) => id === name || account.toLowerCase() === name.toLowerCase(),
  )
  if (found) return found.id
  const known = targets.map(({ account }) => account).join(', ')
  throw new ProblemError('not-found', `This post has no target "${name}"; it has: ${known}.`)
}

function notPossible({ refused }: Acted, deed: Deed): ProblemError {
  const detail = refused.map(({ account, why }) => `${account}: ${why}`).join(' ')
  return new ProblemError('not-possible-now', detail || (deed.nothing ?? 'Nothing changed.'), {
    more: { refused: refused.map(shown) },
  })
}

function shown({ status: state, ...rest }: Acted['refused'][number]) {
  return { ...rest, state }
}
