import { z } from 'zod'
import type { MediaSource, Publish } from '../../bot/command.js'
import { placed } from '../../bot/handle/deps.js'
import { type Submitted, submit } from '../../bot/handle/submit.js'
import { permit } from '../../bot/permit.js'
import type { FieldProblem } from '../../bot/reply.js'
import type { Actor } from '../../publisher/core/target.js'
import { findBySource } from '../../store/find-by-source.js'
import { loadPost } from '../../store/posts.js'
import type { SameContent } from '../../store/same-content.js'
import { channelShape, conversationFor } from '../conversation.js'
import type { ApiDeps } from '../deps.js'
import { fingerprint, sourceKeyOf } from '../keys.js'
import { type Answer, operation } from '../operation.js'
import { type FieldError, ProblemError } from '../problem.js'
import { postShape, shapes, storable } from '../shapes.js'
import { showPost } from '../show-post.js'
import type { Bearer } from '../tokens.js'

const names = z.union(
  [z.array(z.string().min(1).max(200)).min(1).max(500), z.string().min(1).max(10_000)],
  'Give a list of account names, or names with commas between',
)
const url = storable.min(1).max(4_000)
const medium = z.union(
  [url, z.strictObject({ url, alt: storable.max(20_000).nullish() })],
  'Give an address, or {"url": …, "alt": …}',
)
const when = storable.max(200)

const bodyShape = z
  .strictObject({
    text: storable.max(100_000).nullish(),
    texts: z
      .record(z.string().max(200), storable.max(100_000))
      .nullish()
      .describe('Texts of their own, by account name'),
    targets: names.nullish().describe("Account names; without them the channel's accounts"),
    to: names.nullish().describe('The same as targets'),
    media: z
      .union([medium, z.array(medium).max(100)], 'Give a list of addresses or of {"url", "alt"}')
      .nullish()
      .describe('Fetched and checked before the answer'),
    publishAt: when
      .nullish()
      .describe(
        'ISO 8601, or words such as "tomorrow 9:00" in the bot\'s time zone; without it now',
      ),
    at: when.nullish().describe('The same as publishAt'),
    channel: channelShape.nullish(),
    allowDuplicate: z
      .boolean()
      .nullish()
      .describe('Publishes although the same content went to the same account within a day'),
  })
  .register(shapes, { id: 'NewPost' })

type Body = z.infer<typeof bodyShape>

export const createPost = operation({
  id: 'createPost',
  method: 'POST',
  path: '/api/posts',
  scope: 'publish',
  idempotent: true,
  summary: 'Checks a post and queues it',
  body: bodyShape,
  answers: {
    202: {
      description:
        'Queued. Nothing is live yet: read the post, or take a webhook, to learn how each target ends',
      schema: postShape,
    },
  },
  problems: ['same-content', 'key-used', 'chat-unavailable'],
  async run({ body, bearer, idempotencyKey }, deps) {
    const key = sourceKeyOf(idempotencyKey, 'posts')
    const hash = fingerprint(body)
    const earlier = await answerEarlier(key, hash, deps)
    if (earlier) return earlier
    const command = commandOf(body)
    const conversation = await conversationFor(body.channel, deps)
    const actor = actorOf(bearer)
    const permission = permit('publish', actor, conversation)
    if (permission.kind === 'refused') throw new ProblemError('scope-missing', permission.why)
    const asked = { kind: 'publish', key, actor, conversation } as const
    // The token's scope stands in for roles; approvals hold for automations like for people.
    const submitted = await submit(command, asked, placed(deps, conversation), {
      same: body.allowDuplicate ? 'copy' : 'refuse',
      sourceHash: hash,
    })
    return answerOf(submitted, { key, hash, body }, deps)
  },
})

export function actorOf({ id, name }: Bearer): Actor {
  return { kind: 'api', id, name }
}

async function answerEarlier(
  key: string,
  hash: string,
  deps: ApiDeps,
): Promise<Answer | undefined> {
  const { orm } = deps.database
  const earlier = await findBySource(orm, key)
  if (!earlier) return undefined
  if (earlier.sourceHash !== hash) {
    throw new ProblemError(
      'key-used',
      `This Idempotency-Key made the post ${earlier.id} of another body. Use a new key for a new post.`,
      { errors: [{ field: 'Idempotency-Key', message: 'It was used for another body.' }] },
    )
  }
  return accepted(earlier.id, deps, { headers: { 'idempotent-replayed': 'true' } })
}

async function answerOf(
  submitted: Submitted,
  { key, hash, body }: { key: string; hash: string; body: Body },
  deps: ApiDeps,
): Promise<Answer> {
  switch (submitted.kind) {
    case 'queued': {
      const { id, changes, examined } = submitted
      return accepted(id, deps, { notes: [...changes, ...(examined.note ? [examined.note] : [])] })
    }
    case 'problems':
      throw invalid(submitted.problems, body)
    case 'same':
      throw sameContent(submitted.same)
    case 'repeated': {
      const earlier = await answerEarlier(key, hash, deps)
      if (earlier) return earlier
      throw new Error('a post was found by its key, and then it was gone')
    }
    case 'refused': // never for a key of the API
    case 'uncertain':
      throw new ProblemError(
        'store-unavailable',
        'It is not certain whether it was queued. Send the very same request again, with the same Idempotency-Key.',
        { headers: { 'retry-after': '5' } },
      )
  }
}

async function accepted(
  id: string,
  { database: { orm } }: ApiDeps,
  more: { notes?: readonly string[]; headers?: Readonly<Record<string, string>> },
): Promise<Answer> {
  const found = await loadPost(orm, id)
  if (!found) throw new Error(`the post ${id} was queued, and then it was gone`)
  const { notes = [], headers } = more
  const body = { ...showPost(found), ...(notes.length > 0 ? { notes } : {}) }
  return { status: 202, body, headers: { location: `/api/posts/${id}`, ...headers } }
}

function commandOf(body: Body): Publish {
  const targets = oneOf('targets', body.targets, 'to', body.to)
  const words = oneOf('publishAt', body.publishAt, 'at', body.at)
  return {
    kind: 'publish',
    text: body.text ?? '',
    texts: body.texts ?? {},
    ...(targets === undefined ? {} : { targets: listed(targets) }),
    media: [body.media ?? []].flat().map(mediaOf),
    ...(words === undefined || words.trim() === '' ? {} : { when: { kind: 'words', words } }),
  }
}

/** Two names for the same thing; both at once is one too many. */
function oneOf<T>(
  name: string,
  one: T | null | undefined,
  other: string,
  two: T | null | undefined,
) {
  if (one != null && two != null) {
    const message = `It means the same as ${name}; give one of them.`
    const errors = [{ field: other, message }]
    throw new ProblemError('invalid-request', `${other}: ${message}`, { errors })
  }
  return one ?? two ?? undefined
}

function listed(targets: string | readonly string[]): string[] {
  const list = typeof targets === 'string' ? targets.split(',') : targets
  return list.map((name) => name.trim()).filter((name) => name !== '')
}

function mediaOf(given: z.infer<typeof medium>): MediaSource {
  const { url, alt } = typeof given === 'string' ? { url: given, alt: undefined } : given
  return { from: 'url', url, ...(alt ? { alt } : {}) }
}
function invalid(problems: readonly FieldProblem[], body: Body): ProblemError {
  const errors = problems.map(
    ({ field, account, message, next }): FieldError => ({
      field: fieldName(field, body),
      ...(account === undefined ? {} : { account }),
      message,
      ...(next === undefined ? {} : { next }),
    }),
  )
  const [first] = errors
  const others = errors.length > 1 ? ` And ${errors.length - 1} more, see "errors".` : ''
  return new ProblemError(
    'invalid-request',
    `${[first?.account ?? first?.field, first?.message].join(': ')}${others} Nothing was queued.`,
    { errors },
  )
}

function fieldName(field: FieldProblem['field'], body: Body): string {
  if (field.startsWith('text:')) return `texts.${field.slice(5)}`
  switch (field) {
    case 'targets':
      return body.to ? 'to' : 'targets'
    case 'at':
      return body.at ? 'at' : 'publishAt'
    case 'media_url':
    case 'alt':
      return 'media'
    default:
      return field
  }
}

function sameContent(same: readonly SameContent[]): ProblemError {
  const newest = new Map<string, SameContent>()
  for (const one of same) if (!newest.has(one.account)) newest.set(one.account, one)
  const earlier = [...newest.values()].map(({ account, postId, status, createdAt }) => ({
    account,
    postId,
    state: status,
    createdAt: new Date(createdAt).toISOString(),
    url: `/api/posts/${postId}`,
  }))
  return new ProblemError(
    'same-content',
    `Nothing was queued: ${earlier.map(({ account, postId }) => `${account} got it with ${postId}`).join(', ')}. Send "allowDuplicate": true to publish a copy on purpose.`,
    { more: { earlier } },
  )
}
