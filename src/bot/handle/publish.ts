import type { SameContent } from '../../store/same-content.js'
import type { Publish } from '../command.js'
import { endWarning } from '../credential-end.js'
import { type FieldProblem, nothing, type Reply, say } from '../reply.js'
import { inWords } from '../when.js'
import { duration, excerpt } from '../wording.js'
import type { Asked } from './asked.js'
import { copyQuestion } from './copy.js'
import type { HandleDeps } from './deps.js'
import { approvalWords } from './draft.js'
import type { Examined } from './examine.js'
import { mainText, submit } from './submit.js'
import { listOf } from './words.js'

/**
 * Checks a post for every account and queues it, or says everything that stands against it and
 * queues nothing. A redelivered command makes no second post and gets no second answer.
 */
export async function publish(command: Publish, asked: Asked, deps: HandleDeps): Promise<Reply> {
  const submitted = await submit(command, asked, deps, { same: 'ask' })
  switch (submitted.kind) {
    case 'queued':
      return receipt(submitted.examined, submitted.changes, deps)
    case 'problems':
      return problems(submitted.problems, command)
    case 'same':
      return question(submitted.id, submitted.same, deps.now(), deps)
    case 'repeated':
      return nothing
    case 'refused':
      return say(REFUSED)
    case 'uncertain':
      return say(UNCERTAIN)
  }
}

function problems(list: readonly FieldProblem[], command: Publish): Reply {
  const written = mainText(command)
  return { kind: 'problems', problems: list, ...(written === '' ? {} : { written }) }
}

const REFUSED =
  'Pressroom was interrupted before it could queue this, and has said so meanwhile. Nothing was queued; publish it again.'

const UNCERTAIN =
  'The database stopped answering in the middle, so it is not certain whether this was queued. Look with the status command before you publish it again.'

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
          `Scheduled for ${inWords(publishAt, deps.timeZone)}: ${listOf(accounts.map(({ name }) => name))}.${approvalWords(deps)}`,
        ]),
    ...(note ? [note] : []),
    ...changes,
    ...accounts.flatMap((account) => endWarning(account, deps.now()) ?? []),
    ...held.map(({ name, heldReason }) => {
      const why = (heldReason as { text?: string } | null)?.text ?? 'its credential is refused'
      return `${name} is disconnected (${excerpt(why, 200)}). Its part waits and goes on by itself once the credential works.`
    }),
  ]
  return lines.length > 0 ? say(lines.join('\n')) : nothing
}
