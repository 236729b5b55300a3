import { type APIInteractionResponse, InteractionResponseType, type REST } from 'discord.js'
import type { Log } from '../../log.js'
import { within } from '../../wait.js'
import type { Command } from '../command.js'
import { type HandleDeps, handle } from '../handle.js'
import {
  type Entry,
  isKept,
  type Ledger,
  type Left,
  NO_ENTRY,
  NO_LEDGER,
  type Resume,
} from '../ledger.js'
import { type Reply, type ReplyButton, say } from '../reply.js'
import { resume } from '../resume.js'
import { failureWords, opensForm, TOO_LATE } from '../trouble.js'
import { createUnderWay } from '../under-way.js'
import { acknowledge, HEARD, THINKING } from './acknowledge.js'
import { createAnswer } from './answer.js'
import { askAgain } from './ask.js'
import { createDrafts, type Draft } from './drafts.js'
import { FORMS, LONGEST_INPUT, renderForm } from './form.js'
import { help } from './help.js'
import { keptOf, revive } from './kept.js'
import { type Arrived, type Incoming, parseInteraction } from './parse.js'
import { createChannelOf } from './place.js'
import { renderReply } from './reply.js'
import { lackingIn, type Right, VITAL } from './rights.js'
import { suggest } from './suggest.js'

/** A form is the first answer, so what it shows must be known in time; and the call needs its share. */
const FORM_WITHIN_MS = 1_800
const SUGGEST_WITHIN_MS = 2_000

export interface Listener {
  /** Takes an interaction as the gateway delivers it. Nothing is thrown. */
  take(payload: unknown): void
  /** Carries out or answers what a process left that is gone. */
  readonly resume: Resume
  /** Waits for what is under way; what still is at `giveUp` is given up, and the person told. */
  drain(giveUp: AbortSignal): Promise<void>
}

/**
 * What people do in Discord, to commands and back. Whatever arrives is written down and acknowledged
 * before anything else is awaited; only a form, which has to be the first answer itself, is made before, briefly.
 */
export function createListener(parts: {
  rest: REST
  applicationId: string
  log: Log
  deps: HandleDeps
  ledger?: Ledger | undefined
  parentOf: (channelId: string) => string | undefined
}): Listener {
  const { rest, applicationId, log, deps, ledger = NO_LEDGER, parentOf } = parts
  const channelOf = createChannelOf(rest)
  const underWay = createUnderWay(log)
  const drafts = createDrafts()
  const first = ({ address }: Incoming, body: APIInteractionResponse) =>
    acknowledge(address, body, { rest, log })

  async function onArrived(arrived: Arrived): Promise<void> {
    const { incoming } = arrived
    if (arrived.kind === 'suggest') return onSuggest(arrived)
    if (arrived.kind === 'ask') {
      await first(incoming, askAgain(arrived.action, arrived.id, incoming.address.onPrivate))
    } else if (opensForm(incoming.command)) await openInTime(incoming)
    else await take(incoming)
  }

  /** Written down, then acknowledged, then carried out: no death in between loses it. */
  async function take(incoming: Incoming): Promise<void> {
    const { command, address } = incoming
    const request = { key: command.key, chat: 'discord', content: keptOf(incoming) }
    const entry = isKept(command) ? await ledger.keep(request) : NO_ENTRY
    const isOurs = await first(incoming, address.from === 'button' ? HEARD : THINKING)
    if (!isOurs) return void (await entry.settle())
    entry.seize()
    await carryOut(incoming, (lent) => run(incoming, lent), entry)
  }

  async function takeUp({ content, at, mayDo, entry }: Left): Promise<void> {
    const incoming = revive(content)
    const work = (lent: Lent) =>
      resume(incoming.command, { mayDo, at }, () => run(incoming, { ...lent, askedAt: at }), deps)
    await carryOut(incoming, work, entry)
  }

  /** After the acknowledgement: nothing is thrown from here, whatever fails is told. */
  function carryOut(
    incoming: Incoming,
    given: (lent: Lent) => Promise<Reply>,
    entry: Entry,
  ): Promise<void> {
    const { address, command } = incoming
    const answer = createAnswer(incoming, { rest, applicationId, log })
    const work = (mayQueue: () => void) => given({ tell: answer.tell, mayQueue })
    const end = async (reply: Reply) => {
      if (reply.kind === 'problems') drafts.keep(address.interactionId, command)
      return answer.end(reply, address.from === 'form' ? formAgain(incoming) : [])
    }
    return underWay.carryOut(command, work, { tell: answer.tell, end }, entry)
  }

  async function run(incoming: Incoming, lent: Lent = {}): Promise<Reply> {
    const { command, actor, address } = incoming
    const conversation = await locate(incoming)
    if (conversation.teamId === '') return say('Use this in a channel of a server.')
    if (command.kind === 'help') return help
    const missing = missingRights(incoming)
    const publishes = command.kind === 'publish' || command.kind === 'openForm'
    if (publishes && missing.some((right) => VITAL.includes(right))) {
      return say(`${lacks(missing)} Nothing was queued.`)
    }
    const roles = new Set(incoming.roles.map((role) => `role:${role}`))
    const reply = await handle(command, actor, conversation, {
      ...deps,
      // Discord tells them with every interaction.
      memberships: async (_actorId, among) => ({
        is: new Set(among.filter((who) => roles.has(who))),
        unknown: new Set(),
      }),
      ...lent,
    })
    const isPost = command.kind === 'publish' && address.from !== 'button'
    if (!isPost || missing.length === 0 || reply.kind !== 'nothing') return reply
    return say(`Queued. ${lacks(missing)}`)
  }

  async function locate({ conversation, address }: Incoming): Promise<Incoming['conversation']> {
    if (address.placeTold || conversation.channelId === '') return conversation
    return { ...conversation, channelId: await channelOf(address.placeId) }
  }

  /** A form is opened at once or not at all; whatever else there is to say is said instead. */
  async function openInTime(incoming: Incoming): Promise<void> {
    const reply = await within(FORM_WITHIN_MS, run(incoming)).catch((error: unknown) =>
      failed(incoming.command, error),
    )
    await first(incoming, firstAnswer(reply ?? say(TOO_LATE), drafts.find(incoming.draftId)))
  }

  async function onSuggest({ typed, incoming }: Extract<Arrived, { kind: 'suggest' }>) {
    const looked = locate(incoming).then((where) => suggest(typed, where, deps))
    const found = within(SUGGEST_WITHIN_MS, looked)
    const choices = (await found.catch(() => undefined)) ?? []
    await first(incoming, {
      type: InteractionResponseType.ApplicationCommandAutocompleteResult,
      data: { choices },
    })
  }

  function failed(command: Command, error: unknown): Reply {
    log.error({ kind: command.kind, error: (error as Error).message }, 'failed')
    return say(failureWords(command))
  }

  return {
    take(payload) {
      const done = Promise.resolve()
        .then(() => onArrived(parseInteraction(payload, parentOf)))
        .catch((error: unknown) => {
          log.error(
            { error: (error as Error).message },
            'an interaction from Discord could not be handled',
          )
        })
      void underWay.track(done)
    },
    resume: takeUp,
    drain: underWay.drain,
  }
}

type Lent = Pick<HandleDeps, 'tell' | 'mayQueue' | 'askedAt'>

/** The form itself, or what there is to say instead. */
function firstAnswer(reply: Reply, draft?: Draft): APIInteractionResponse {
  if (reply.kind === 'form') {
    const { form } = reply
    if (form.kind !== 'edit' || form.text.length <= LONGEST_INPUT) {
      return { type: InteractionResponseType.Modal, data: renderForm(form, draft) }
    }
    return firstAnswer(
      say(
        `The text for ${form.account} has ${form.text.length} characters, and Discord's forms hold ${LONGEST_INPUT}. Publish it anew with a shorter text.`,
      ),
    )
  }
  const [message = { content: 'There is nothing to do.' }] = renderReply(reply)
  return { type: InteractionResponseType.ChannelMessageWithSource, data: message }
}

/** Opens the form once more after it was refused: Discord closes it whatever is wrong. */
function formAgain({ command, address }: Incoming): ReplyButton[] {
  const again = (action: string, value: string): ReplyButton[] => [
    { action, value, label: 'Open the form again', style: 'primary' },
  ]
  switch (command.kind) {
    case 'publish':
    case 'malformed':
      return again(FORMS.publish, address.interactionId)
    case 'editSubmitted':
      return again('edit_retry', command.id)
    case 'noteSubmitted':
      return again('add_note', command.id)
    case 'linkSubmitted':
      return again('add_link', command.id)
    case 'rescheduleSubmitted':
      return again('reschedule', command.id)
    default:
      return []
  }
}

/** Rights the bot lacks where the command was typed; none when Discord did not tell. */
function missingRights({ address, conversation }: Incoming): Right[] {
  const isChannel = address.placeId === conversation.channelId
  return isChannel && address.permissions > 0n ? lackingIn(address.permissions) : []
}

function lacks(missing: readonly Right[]): string {
  return `Pressroom cannot show posts here properly: it lacks ${missing.join(', ')} in this channel.`
}
