import { listAccounts, type StoredAccount } from '../../store/accounts.js'
import type { Conversation } from '../../store/create-post.js'
import { openNotes } from '../../store/notes.js'
import { aboutOf } from '../notes.js'
import { type FormAccount, type Reply, say } from '../reply.js'
import type { HandleDeps } from './deps.js'

/** The publishing form, with the channel's accounts chosen and what was noted about them. */
export async function openForm(conversation: Conversation, deps: HandleDeps): Promise<Reply> {
  const { orm } = deps.database
  const list = await listAccounts(orm)
  if (list.length === 0)
    return say('No accounts are set up yet, so there is nowhere to publish to.')
  const names = deps.channelTargets(conversation.chat, conversation.channelId)
  const chosen = names ? list.filter(({ name }) => names.includes(name)) : list
  const workspaceId = `${conversation.chat}:${conversation.teamId}`
  const notes = await openNotes(orm, { workspaceId, destinations: chosen, limit: 5 })
  return {
    kind: 'form',
    form: {
      kind: 'publish',
      accounts: list.map(formAccount),
      ...(names ? { chosen: chosen.map(({ name }) => name) } : {}),
      notes: notes.map((note) => `${aboutOf(note)}: ${note.text}`),
      zone: deps.timeZone,
    },
  }
}

/** The accounts whose name or platform contains what was typed, for a search in the form. */
export async function searchAccounts(query: string, deps: HandleDeps): Promise<FormAccount[]> {
  const wanted = query.trim().toLowerCase()
  const list = await listAccounts(deps.database.orm)
  return list
    .filter(({ name, platform }) => `${name} ${platform}`.toLowerCase().includes(wanted))
    .map(formAccount)
}

function formAccount({ name, platform, status, heldReason }: StoredAccount): FormAccount {
  if (status !== 'held') return { name, platform }
  const held = (heldReason as { text?: string } | null)?.text ?? 'its credential is refused'
  return { name, platform, held }
}
