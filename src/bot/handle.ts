import type { Actor } from '../publisher/core/target.js'
import type { Conversation } from '../store/create-post.js'
import type { Command } from './command.js'
import { accounts, checkCredentials } from './handle/accounts.js'
import { type Asked, withFound } from './handle/asked.js'
import { publishAnyway } from './handle/copy.js'
import { type HandleDeps, placed } from './handle/deps.js'
import { deleteCopy, keepCopies, reportedDuplicate } from './handle/duplicate.js'
import { editRetry, editSubmitted } from './handle/edit.js'
import { help } from './handle/help.js'
import { askForLink, linkSubmitted } from './handle/link.js'
import { askForNote, noteSubmitted } from './handle/note.js'
import { openForm } from './handle/open-form.js'
import { approve, cancel, confirmLive, denyLive, publishNow } from './handle/person.js'
import { publish } from './handle/publish.js'
import { askForTime, rescheduleSubmitted } from './handle/reschedule.js'
import { resolveNote } from './handle/resolve-note.js'
import { retry } from './handle/retry.js'
import { refusalOf } from './handle/standing.js'
import { statusOf, statusOfChannel } from './handle/status.js'
import { type Reply, say } from './reply.js'

export type { HandleDeps } from './handle/deps.js'
export { searchAccounts } from './handle/open-form.js'
export { precheck } from './handle/submit.js'

export type Handle = typeof handle

/**
 * Carries out what a person asked for and says what they alone have to know. Knows no chat.
 * The same command delivered again (same key) has no second effect, and what had one is answered once.
 * @throws when the store does not answer; nothing was queued or changed then
 */
export async function handle(
  command: Command,
  actor: Actor,
  conversation: Conversation,
  given: HandleDeps,
): Promise<Reply> {
  const deps = placed(given, conversation)
  const asked: Asked = { kind: command.kind, key: command.key, actor, conversation }
  const refusal = await refusalOf(asked, deps)
  if (refusal) return refusal
  switch (command.kind) {
    case 'publish':
      return publish(command, asked, deps)
    case 'openForm':
      return openForm(conversation, deps)
    case 'accounts':
      return accounts(deps)
    case 'help':
      return help
    case 'scorecard':
      return (
        deps.scorecard?.(command.period, conversation, command.key) ??
        say('There is no scorecard here.')
      )
    case 'malformed':
      return { kind: 'problems', problems: command.problems, written: command.written }
    case 'unsupported':
      deps.log.warn({ what: command.what }, 'not understood')
      return say(`I do not know ${command.what}. It may belong to an older version.`)
    case 'status':
      if (command.id === undefined) return statusOfChannel(conversation, deps)
      return withFound(command.id, asked, deps, async (found) => statusOf(found, deps))
    case 'retry':
    case 'retryFailed':
      return withFound(command.id, asked, deps, (found) => retry(found, asked, deps))
    case 'cancel':
      return withFound(command.id, asked, deps, (found) => cancel(found, asked, deps))
    case 'confirmLive':
      return withFound(command.id, asked, deps, (found) =>
        confirmLive(found, command.askedAt, asked, deps),
      )
    case 'denyLive':
      return withFound(command.id, asked, deps, (found) =>
        denyLive(found, command.askedAt, asked, deps),
      )
    case 'publishNow':
      return withFound(command.id, asked, deps, (found) => publishNow(found, asked, deps))
    case 'approve':
      return withFound(command.id, asked, deps, (found) =>
        approve(found, command.seen, asked, deps),
      )
    case 'reschedule':
      return withFound(command.id, asked, deps, async (found) => askForTime(found, deps))
    case 'rescheduleSubmitted':
      return withFound(command.id, asked, deps, (found) =>
        rescheduleSubmitted(found, command.when, asked, deps),
      )
    case 'publishAnyway':
      return withFound(command.id, asked, deps, (found) => publishAnyway(found, asked, deps))
    case 'checkCredentials':
      return withFound(command.id, asked, deps, (found) => checkCredentials(found, asked, deps))
    case 'editRetry':
      return withFound(command.id, asked, deps, (found) => editRetry(found, asked, deps))
    case 'editSubmitted':
      return withFound(command.id, asked, deps, (found) =>
        editSubmitted(found, command.text, asked, deps),
      )
    case 'addNote':
      return withFound(command.id, asked, deps, (found) => askForNote(found, deps))
    case 'noteSubmitted':
      return withFound(command.id, asked, deps, (found) =>
        noteSubmitted(found, command, asked, deps),
      )
    case 'resolveNote':
      return resolveNote(command.id, asked, deps)
    case 'duplicate': {
      const { id, link } = command
      return id === undefined
        ? reportedDuplicate(link, undefined, asked, deps)
        : withFound(id, asked, deps, (found) => reportedDuplicate(link, found, asked, deps))
    }
    case 'deleteCopy':
      return withFound(command.id, asked, deps, (found) => deleteCopy(found, asked, deps))
    case 'keepCopies':
      return withFound(command.id, asked, deps, (found) => keepCopies(found, asked, deps))
    case 'addLink':
      return withFound(command.id, asked, deps, async (found) => askForLink(found))
    case 'linkSubmitted':
      return withFound(command.id, asked, deps, (found) =>
        linkSubmitted(found, command.link, asked, deps),
      )
    default:
      return command satisfies never
  }
}
