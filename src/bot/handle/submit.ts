import { listAccounts, type StoredAccount } from '../../store/accounts.js'
import { createPost } from '../../store/create-post.js'
import { findBySource } from '../../store/find-by-source.js'
import { createId } from '../../store/ids.js'
import { isRefused, take } from '../../store/inbox.js'
import { lockContents } from '../../store/lock-contents.js'
import { openNotes } from '../../store/notes.js'
import { type SameContent, sameContent } from '../../store/same-content.js'
import type { Publish } from '../command.js'
import { readCards } from '../link-card/read-cards.js'
import { fitMedia } from '../media/fit-media.js'
import { takeMedia } from '../media/intake.js'
import { aboutOf, couldMeet, resolveButtons } from '../notes.js'
import type { FieldProblem } from '../reply.js'
import type { Asked } from './asked.js'
import { type HandleDeps, placed } from './deps.js'
import { hashContent, newTargets, type Request } from './draft.js'
import { checkContents, type Examined, examine, textFor } from './examine.js'

/** The same content to the same account again within this time is asked about first. */
const SAME_WITHIN_MS = 24 * 3_600_000

/** What became of a request to publish. */
export type Submitted =
  | {
      readonly kind: 'queued'
      readonly id: string
      readonly examined: Examined
      /** What was done to its media, in words. */
      readonly changes: readonly string[]
    }
  | { readonly kind: 'problems'; readonly problems: readonly FieldProblem[] }
  /** The same content went to the same account lately; `id` is the draft that waits for an answer, or that post. */
  | { readonly kind: 'same'; readonly id: string; readonly same: readonly SameContent[] }
  /** This very request was carried out before, or is a draft since then. */
  | { readonly kind: 'repeated' }
  /** Somebody else has told that this very request is not carried out any more. */
  | { readonly kind: 'refused' }
  /** The database failed in the middle. */
  | { readonly kind: 'uncertain' }

export interface SubmitOptions {
  /**
   * What to do when the same content went to the same account lately: keep a draft and ask, refuse,
   * or publish it as a deliberate copy.
   */
  readonly same: 'ask' | 'refuse' | 'copy'
  /** Kept with the key of the request, to tell other content under the same key. */
  readonly sourceHash?: string
}

/** Checks a post and queues it, or says what stands against it and queues nothing. */
export async function submit(
  command: Publish,
  asked: Asked,
  deps: HandleDeps,
  options: SubmitOptions,
): Promise<Submitted> {
  const { orm } = deps.database
  if (await findBySource(orm, asked.key)) return { kind: 'repeated' }
  const known = await listAccounts(orm)
  const examined = examine(command, known, asked.conversation, deps)
  if (examined.problems.length > 0) return { kind: 'problems', problems: examined.problems }
  const intake = await takeMedia(command.media, deps, deps.uploadAccess)
  const names = examined.accounts.map(({ name }) => name)
  const fitted = await fitMedia(intake, names, deps)
  const found = [
    ...intake.problems,
    // With media missing, only what the texts themselves break is certain.
    ...(intake.problems.length > 0
      ? textProblems(command, examined.accounts, deps)
      : checkContents(command, examined.accounts, fitted.mediaOf, deps)),
  ]
  if (found.length > 0) return { kind: 'problems', problems: found }
  const contents = new Map(
    names.map((name) => [name, { text: textFor(command, name), media: [...fitted.mediaOf(name)] }]),
  )
  const cards = await readCards(contents, deps)
  const request: Request = {
    text: mainText(command),
    ...(examined.publishAt === undefined ? {} : { publishAt: examined.publishAt }),
    targets: examined.accounts.map(({ name: account, platform }) => {
      const { text, media } = contents.get(account) ?? { text: '', media: [] }
      const card = cards.get(account)
      const content = { text, media, ...(card ? { card } : {}) }
      return { account, platform, content, contentHash: hashContent(content, fitted.hashes) }
    }),
  }
  await showNotes(examined.accounts, intake.media, asked, deps)
  const queued = await queue(request, asked, deps, options)
  return queued.kind === 'queued' ? { ...queued, examined, changes: fitted.changes } : queued
}

/**
 * What can be said against a form at once, next to its fields: everything when no media have to be
 * fetched, else all that does not depend on them.
 */
export async function precheck(
  command: Publish,
  asked: Pick<Asked, 'conversation'>,
  given: HandleDeps,
): Promise<readonly FieldProblem[]> {
  const deps = placed(given, asked.conversation)
  const known = await listAccounts(deps.database.orm)
  const { accounts, problems: found } = examine(command, known, asked.conversation, deps)
  if (found.length > 0) return found
  return command.media.length > 0
    ? textProblems(command, accounts, deps)
    : checkContents(command, accounts, () => [], deps)
}

function textProblems(
  command: Publish,
  accounts: readonly StoredAccount[],
  deps: HandleDeps,
): FieldProblem[] {
  const written = accounts.filter(({ name }) => textFor(command, name) !== '')
  return checkContents(command, written, () => [], deps).filter(({ field }) =>
    field.startsWith('text'),
  )
}

/** The post's own text, or the first that an account has of its own. */
export function mainText({ text, texts }: Publish): string {
  return text.trim() || Object.values(texts).find((own) => own.trim() !== '') || ''
}

const NOTES_SHOWN = 5
const NOTES_LOADED = 20

/** What people wrote down about these accounts and what may fail there, before anything is sent. */
async function showNotes(
  destinations: readonly StoredAccount[],
  media: readonly unknown[],
  { conversation: { chat, teamId } }: Asked,
  deps: HandleDeps,
): Promise<void> {
  if (!deps.tell) return
  const about = { workspaceId: `${chat}:${teamId}`, destinations, limit: NOTES_LOADED }
  const open = await openNotes(deps.database.orm, about)
  const notes = open.filter((note) => couldMeet(note, { media })).slice(0, NOTES_SHOWN)
  if (notes.length === 0) return
  const lines = notes.map((note) => {
    const by = note.authorName ? ` (${note.authorName})` : ''
    return `• ${aboutOf(note)}: ${note.text}${by}`
  })
  const text = `Noted when it failed before:\n${lines.join('\n')}`
  await deps.tell({ kind: 'question', text, buttons: resolveButtons(notes) })
}

type Queued =
  | { kind: 'queued'; id: string }
  | Extract<Submitted, { kind: 'same' | 'repeated' | 'refused' | 'uncertain' }>

/** Looks for the same content and queues, with nobody else doing so for it in between. */
async function queue(
  request: Request,
  asked: Asked,
  deps: HandleDeps,
  { same: onSame, sourceHash }: SubmitOptions,
): Promise<Queued> {
  const { orm } = deps.database
  const at = deps.now()
  const post = {
    id: createId('p', at, deps.random),
    conversation: asked.conversation,
    author: { id: asked.actor.id, name: asked.actor.name ?? asked.actor.id },
    text: request.text,
    request,
    sourceKey: asked.key,
    ...(sourceHash === undefined ? {} : { sourceHash }),
    createdAt: at,
    ...(request.publishAt === undefined ? {} : { publishAt: request.publishAt }),
  }
  deps.mayQueue?.()
  let same: SameContent[] = []
  try {
    return await orm.transaction(async (tx): Promise<Queued> => {
      await lockContents(tx, request.targets)
      same = await findSame(tx, request, at)
      const [newest] = same
      if (newest && onSame === 'refuse') {
        // The same request at the same moment is not another one.
        const isMine = await findBySource(tx, asked.key)
        return isMine ? { kind: 'repeated' } : { kind: 'same', id: newest.postId, same }
      }
      if (!(await take(tx, asked.key, at))) {
        return { kind: (await isRefused(tx, asked.key)) ? 'refused' : 'repeated' }
      }
      const copyOf = newest ? { copyOf: newest.postId } : {}
      if (!newest || onSame === 'copy') {
        const targets = newTargets(request, at, asked.actor, deps)
        const { id, created } = await createPost(tx, { ...post, ...copyOf, targets })
        if (created) deps.log.info(logged(post.id, request, asked), 'queued a post')
        return created ? { kind: 'queued', id } : { kind: 'repeated' }
      }
      const draft = { ...post, ...copyOf, targets: [] }
      const { id, created } = await createPost(tx, draft, 'draft')
      return created ? { kind: 'same', id, same } : { kind: 'repeated' }
    })
  } catch (error) {
    // The answer to the commit may be what was lost.
    const stored = await findBySource(orm, asked.key).catch(() => 'unknown' as const)
    if (stored === undefined) throw error
    deps.log.error(
      { error: (error as Error).message },
      'the database failed while a post was queued',
    )
    if (stored === 'unknown') return { kind: 'uncertain' }
    if (stored.status !== 'draft') return { kind: 'queued', id: stored.id }
    // A draft goes out only when its question is answered, so it has to be asked.
    return same.length > 0 ? { kind: 'same', id: stored.id, same } : { kind: 'repeated' }
  }
}

/** From here on the post's id stands in every line about it, up to the last attempt. */
function logged(postId: string, { targets }: Request, { key, actor }: Asked): object {
  return { postId, key, actor: actor.id, accounts: targets.map(({ account }) => account) }
}

async function findSame(
  tx: HandleDeps['database']['orm'],
  request: Request,
  at: number,
): Promise<SameContent[]> {
  const goesOutAt = request.publishAt ?? at
  const wanted = {
    targets: request.targets,
    askedSince: at - SAME_WITHIN_MS,
    dueFrom: goesOutAt - SAME_WITHIN_MS,
    dueUntil: goesOutAt + SAME_WITHIN_MS,
  }
  return (await sameContent(tx, wanted)).sort((a, b) => b.createdAt - a.createdAt)
}
