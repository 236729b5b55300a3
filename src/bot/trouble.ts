import type { Command } from './command.js'
import { say } from './reply.js'

/** Whether the answer to a command is a form, which a chat opens at once or not at all. */
export function opensForm({ kind }: Pick<Command, 'kind'>): boolean {
  return ['openForm', 'editRetry', 'addNote', 'addLink', 'reschedule'].includes(kind)
}

/** Told to somebody who has waited for a while. */
export const SLOW = say(
  'This takes longer than usual, and still goes on. Look with /publish status before you send it again.',
)

export const TOO_LATE =
  'The form could not be opened in time, because the database is slow to answer or does not answer. Nothing was queued; try again, or write the post after the command.'

/** What somebody is told when their command ended in an error. */
export function failureWords({ kind }: Command): string {
  const why = 'its database does not answer, or something else is wrong with it'
  return kind === 'publish' || kind === 'openForm'
    ? `Pressroom could not do that: ${why}. Nothing was queued; try again in a moment.`
    : `Pressroom could not do that: ${why}. Try again in a moment; doing it twice does no harm.`
}

/** The same, where what was asked for stands written down and could not be crossed off. */
export const UNSURE = say(
  'Pressroom could not do that: its database does not answer. It may still be done when the database answers, and you are told so here; look with /publish status before you ask again.',
)

/**
 * What somebody is told whose command was given up because the program stops.
 * @param queues whether it may have been queued
 */
export function givenUpWords({ kind }: Command, queues: boolean): string {
  if (kind !== 'publish') {
    return 'Pressroom is being restarted, so this may not have been done. Try again in a moment; doing it twice does no harm.'
  }
  return queues
    ? 'Pressroom is being restarted, and it is not certain whether this was queued. If it was, the channel shows the post in a moment: look there before you publish it again.'
    : 'Pressroom is being restarted, so nothing was queued. Publish it again in a moment.'
}
