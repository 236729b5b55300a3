import type { Content, Media, Problem } from '../../publisher/connectors/connector.js'
import type { StoredAccount } from '../../store/accounts.js'
import type { Conversation } from '../../store/create-post.js'
import type { Publish, WhenAsked } from '../command.js'
import type { BotDeps } from '../deps.js'
import type { Field, FieldProblem } from '../reply.js'
import { checkInstant, parseWhen, type When } from '../when.js'
import type { HandleDeps } from './deps.js'
import { listOf } from './words.js'

export interface Examined {
  readonly accounts: readonly StoredAccount[]
  /** Undefined: now. */
  readonly publishAt: number | undefined
  /** Something about the time that is worth saying. */
  readonly note: string | undefined
  readonly problems: readonly FieldProblem[]
}

/** Everything about a request that can be judged before its media are fetched. Pure given `now`. */
export function examine(
  command: Publish,
  known: readonly StoredAccount[],
  conversation: Conversation,
  deps: HandleDeps,
): Examined {
  const problems: FieldProblem[] = []
  const accounts = resolve(command, known, conversation, deps, problems)
  const when = timeOf(command.when, deps)
  if (when.kind === 'problem') {
    const { message, next } = when
    problems.push({ field: 'at', message, ...(next ? { next } : {}) })
  }
  for (const name of Object.keys(command.texts)) {
    if (command.texts[name]?.trim() && !accounts.some((account) => account.name === name)) {
      const message = `There is a text for ${name}, but ${name} is not among the chosen accounts.`
      problems.push({ field: `text:${name}`, account: name, message })
    }
  }
  const isEmpty = accounts.some(({ name }) => textFor(command, name) === '')
  if (isEmpty && command.media.length === 0) {
    const message = 'There is nothing to publish: no text and no media.'
    problems.push({ field: 'text', message })
  }
  return {
    accounts,
    publishAt: when.kind === 'at' ? when.at : undefined,
    note: when.kind === 'at' ? when.note : undefined,
    problems,
  }
}

/** What a time that was asked for means; none means now. */
export function timeOf(
  when: WhenAsked | undefined,
  { now, timeZone, askedAt = now() }: Pick<HandleDeps, 'now' | 'timeZone' | 'askedAt'>,
): When {
  if (!when) return { kind: 'at', at: undefined }
  return when.kind === 'words'
    ? parseWhen(when.words, askedAt, timeZone)
    : checkInstant(when.at, askedAt, timeZone)
}

function resolve(
  { targets }: Publish,
  known: readonly StoredAccount[],
  conversation: Conversation,
  deps: BotDeps,
  problems: FieldProblem[],
): StoredAccount[] {
  const fromChannel = targets === undefined
  const names = targets ?? deps.channelTargets(conversation.chat, conversation.channelId)
  if (known.length === 0) {
    problems.push({ field: 'targets', message: 'No accounts are set up yet.' })
    return []
  }
  if (names === undefined) return [...known]
  const next = `Known: ${listOf(known.slice(0, 50).map(({ name }) => name))}.`
  if (names.length === 0) problems.push({ field: 'targets', message: 'It names no account.', next })
  const byName = new Map(known.map((account) => [account.name.toLowerCase(), account]))
  const found = names.map((name) => byName.get(name.toLowerCase()))
  const unknown = names.filter((_name, index) => found[index] === undefined)
  if (unknown.length > 0) {
    const which = listOf(unknown.map((name) => `"${name}"`))
    const where = fromChannel ? ', which this channel publishes to,' : ''
    problems.push({
      field: 'targets',
      message: `${which}${where} ${unknown.length === 1 ? 'is not an account' : 'are not accounts'} here.`,
      next,
    })
  }
  return [...new Set(found.filter((account) => account !== undefined))]
}

/** The text an account gets: its own, or everybody's. */
export function textFor({ text, texts }: Publish, account: string): string {
  return (texts[account]?.trim() || text).trim()
}

/** What the platforms would refuse, per account, next to the field that it is about. */
export function checkContents(
  command: Publish,
  accounts: readonly StoredAccount[],
  mediaOf: (account: string) => readonly Media[],
  deps: BotDeps,
): FieldProblem[] {
  return accounts.flatMap(({ name }) => {
    const content: Content = { text: textFor(command, name), media: mediaOf(name) }
    return deps.platforms
      .check(name, content)
      .map((problem) => ({ ...problem, account: name, field: fieldOf(problem, name, command) }))
  })
}

function fieldOf({ field }: Problem, account: string, command: Publish): Field {
  switch (field) {
    case 'text':
      return command.texts[account]?.trim() ? `text:${account}` : 'text'
    case 'media':
      return command.media.some(({ from }) => from === 'upload') ? 'media' : 'media_url'
    case 'account':
      return 'targets'
    case 'alt':
      return 'alt'
  }
}
