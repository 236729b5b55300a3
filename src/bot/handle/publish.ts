import { listAccounts, type StoredAccount } from '../../store/accounts.js'
import { createPost } from '../../store/create-post.js'
import { findBySource } from '../../store/find-by-source.js'
import { createId } from '../../store/ids.js'
import { lockContents } from '../../store/lock-contents.js'
import { openNotes } from '../../store/notes.js'
import { type SameContent, sameContent } from '../../store/same-content.js'
import type { Publish } from '../command.js'
import { fitMedia } from '../media/fit-media.js'
import { takeMedia } from '../media/intake.js'
import { aboutOf, couldMeet, resolveButtons } from '../notes.js'
import { type FieldProblem, nothing, type Reply, say } from '../reply.js'
import { inWords } from '../when.js'
import { duration, excerpt } from '../wording.js'
import type { Asked } from './asked.js'
import { copyQuestion } from './copy.js'
import { type HandleDeps, placed } from './deps.js'
import { hashContent, newTargets, type Request } from './draft.js'
import { checkContents, type Examined, examine, textFor } from './examine.js'
import { listOf } from './words.js'

/** The same content to the same account again within this time is asked about first. */
const SAME_WITHIN_MS = 24 * 3_600_000

/**
 * Checks a post for every account and queues it, or says everything that stands against it and
 * queues nothing. A redelivered command makes no second post and gets no second answer.
 */
export async function publish(command: Publish, asked: Asked, deps: HandleDeps): Promise<Reply> {
  const { orm } = deps.database
  if (await findBySource(orm, asked.key)) return nothing
  const known = await listAccounts(orm)
  const examined = examine(command, known, asked.conversation, deps)
  if (examined.problems.length > 0) return problems(examined.problems, command)
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
  if (found.length > 0) return problems(found, command)
  const request: Request = {
    text: mainText(command),
    ...(examined.publishAt === undefined ? {} : { publishAt: examined.publishAt }),
    targets: examined.accounts.map(({ name: account, platform }) => {
      const content = { text: textFor(command, account), media: [...fitted.mediaOf(account)] }
      return { account, platform, content, contentHash: hashContent(content, fitted.hashes) }
    }),
  }
  await showNotes(examined.accounts, intake.media, asked, deps)
  const queued = await queue(request, asked, deps)
  return queued.kind === 'queued' ? receipt(examined, fitted.changes, deps) : queued.reply
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

function problems(list: readonly FieldProblem[], command: Publish): Reply {
  const written = mainText(command)
  return { kind: 'problems', problems: list, ...(written === '' ? {} : { written }) }
}

function mainText({ text, texts }: Publish): string {
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
  const about = { workspaceId: `${chat}:${teamId}`, destinations, limit: NOTES_LOADED }
  const open = await openNotes(deps.database.orm, about)
  const notes = open.filter((note) => couldMeet(note, { media })).slice(0, NOTES_SHOWN)
  if (notes.length === 0) return
  const lines = notes.map((note) => {
    const by = note.authorName ? ` (${note.authorName})` : ''
    return `• ${aboutOf(note)}: ${note.text}${by}`
  })
  const text = `Noted when it failed before:\n${lines.join('\n')}`
  await deps.tell?.({ kind: 'question', text, buttons: resolveButtons(notes) })
}

type Queued = { kind: 'queued' } | { kind: 'not queued'; reply: Reply }

/** `known`: the same command was here before. */
type Stored =
  | { readonly kind: 'queued' | 'known' }
  | { readonly kind: 'asked'; readonly id: string; readonly same: readonly SameContent[] }

/** Looks for the same content and queues, with nobody else doing so for it in between. */
async function queue(request: Request, asked: Asked, deps: HandleDeps): Promise<Queued> {
  const { orm } = deps.database
  const at = deps.now()
  const post = {
    id: createId('p', at, deps.random),
    conversation: asked.conversation,
    author: { id: asked.actor.id, name: asked.actor.name ?? asked.actor.id },
    text: request.text,
    request,
    sourceKey: asked.key,
    createdAt: at,
    ...(request.publishAt === undefined ? {} : { publishAt: request.publishAt }),
  }
  try {
    const queued = await orm.transaction(async (tx): Promise<Stored> => {
      await lockContents(tx, request.targets)
      const same = await findSame(tx, request, at)
      const [newest] = same
      if (!newest) {
        const targets = newTargets(request, at, deps)
        const { created } = await createPost(tx, { ...post, targets })
        if (created) deps.log.info(logged(post.id, request, asked), 'queued a post')
        return created ? { kind: 'queued' } : { kind: 'known' }
      }
      const draft = { ...post, copyOf: newest.postId, targets: [] }
      const { id, created } = await createPost(tx, draft, 'draft')
      return created ? { kind: 'asked', id, same } : { kind: 'known' }
    })
    switch (queued.kind) {
      case 'queued':
        return { kind: 'queued' }
      case 'known':
        return { kind: 'not queued', reply: nothing }
      case 'asked':
        return { kind: 'not queued', reply: await question(queued.id, queued.same, at, deps) }
    }
  } catch (error) {
    // The answer to the commit may be what was lost.
    const stored = await findBySource(orm, asked.key).catch(() => 'unknown' as const)
    if (stored === undefined) throw error
    deps.log.error(
      { error: (error as Error).message },
      'the database failed while a post was queued',
    )
    if (stored !== 'unknown') return { kind: 'queued' }
    return { kind: 'not queued', reply: say(UNCERTAIN) }
  }
}

/** From here on the post's id stands in every line about it, up to the last attempt. */
function logged(postId: string, { targets }: Request, { key, actor }: Asked): object {
  return { postId, key, actor: actor.id, accounts: targets.map(({ account }) => account) }
}

const UNCERTAIN =
  'The database stopped answering in the middle, so it is not certain whether this was queued. Look with the status command before you publish it again.'

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

async function question(
  draftId: string,
  same: readonly SameContent[],
  now: number,
  deps: HandleDeps,
): Promise<Reply> {
  const newest = new Map<string, SameContent>()
  for (const one of same) if (!newest.has(one.account)) newest.set(one.account, one)
  const lines = await Promise.all(
    [...newest.values()].map(async (one) => {
      const { account, status, createdAt, postId, permalink } = one
      const ago = duration(Math.max(0, now - createdAt))
      const links = [await postLink(one, deps), permalink].filter((link) => link !== undefined)
      return `• ${account}: ${ago} ago, ${STATES[status] ?? 'on its way'} (${postId})${links.map((link) => ` ${link}`).join('')}`
    }),
  )
  const live = [...newest.values()].filter(({ status }) => status === 'published')
  const text = `The same content went to the same account before, so nothing was queued:\n${lines.join('\n')}\nPublish it again anyway?`
  const names = (live.length > 0 ? live : [...newest.values()]).map(({ account }) => account)
  return copyQuestion(text, draftId, names, live.length > 0)
}

/** Where the earlier post stands, in the chat that asks. */
async function postLink(
  { chat, workspaceId, channelId, messageId }: SameContent,
  { linkTo }: HandleDeps,
): Promise<string | undefined> {
  const isHere = linkTo?.chat === chat
  if (messageId === null || !isHere) return undefined
  const teamId = workspaceId.slice(chat.length + 1)
  return linkTo.message({ teamId, channelId, messageId })
}

const STATES: Readonly<Record<string, string>> = {
  published: 'live',
  failed: 'failed; Retry failed sends it again',
  scheduled: 'scheduled',
  unconfirmed: 'perhaps live; a person has to look',
  held: 'held',
}

/** The channel shows the post itself; this tells what only the one who asked has to know. */
function receipt(
  { accounts, publishAt, note }: Examined,
  changes: readonly string[],
  deps: HandleDeps,
): Reply {
  const held = accounts.filter(({ status }) => status === 'held')
  const lines = [
    ...(publishAt === undefined
      ? []
      : [
          `Scheduled for ${inWords(publishAt, deps.timeZone)}: ${listOf(accounts.map(({ name }) => name))}.`,
        ]),
    ...(note ? [note] : []),
    ...changes,
    ...held.map(({ name, heldReason }) => {
      const why = (heldReason as { text?: string } | null)?.text ?? 'its credential is refused'
      return `${name} is disconnected (${excerpt(why, 200)}). Its part waits and goes on by itself once the credential works.`
    }),
  ]
  return lines.length > 0 ? say(lines.join('\n')) : nothing
}
