import type { App, webApi } from '@slack/bolt'
import type { Log } from '../../log.js'
import { within } from '../../wait.js'
import { type HandleDeps, handle, precheck, searchAccounts } from '../handle.js'
import {
  type Entry,
  isKept,
  type Ledger,
  type Left,
  NO_ENTRY,
  NO_LEDGER,
  type Resume,
} from '../ledger.js'
import { type FieldProblem, type Reply, say } from '../reply.js'
import { resume } from '../resume.js'
import { opensForm, TOO_LATE } from '../trouble.js'
import { createUnderWay } from '../under-way.js'
import { answer } from './answer.js'
import { accountOption, LONGEST_INPUT, renderForm } from './form.js'
import { keptOf, revive } from './kept.js'
import { createMembership } from './membership.js'
import {
  type Incoming,
  parseAction,
  parseSlash,
  parseSubmission,
  parseSuggestion,
  type Submission,
} from './parse.js'
import { formErrors } from './reply.js'
import { completeUploads } from './uploads.js'

/** A trigger lives three seconds, and the call that spends it needs its share. */
const FORM_WITHIN_MS = 2_200
/** A submission must be acknowledged within three seconds. */
const CHECK_WITHIN_MS = 2_000

export interface Listeners {
  register(app: App): void
  /** @param name what the bot is called, for telling people whom to invite */
  introduce(name: string): void
  /** Carries out or answers what a process left that is gone. */
  readonly resume: Resume
  /** Waits for what is under way; what still is at `giveUp` is given up, and the person told. */
  drain(giveUp: AbortSignal): Promise<void>
}

/**
 * What people do in Slack, to commands and back. Whatever arrives is written down and acknowledged
 * before anything else is awaited; only a submitted form is looked at first, briefly, so that its
 * problems can stand beside its fields.
 */
export function createListeners(parts: {
  client: webApi.WebClient
  log: Log
  deps: HandleDeps
  ledger?: Ledger | undefined
}): Listeners {
  const { client, log, deps, ledger = NO_LEDGER } = parts
  const underWay = createUnderWay(log)
  const isMember = createMembership(client, deps.now)
  let botName = 'pressroom'

  const told = (reply: Reply, { address }: Incoming) => answer(reply, address, { client, log })
  const run = async (incoming: Incoming, given: Pick<HandleDeps, 'mayQueue' | 'askedAt'> = {}) =>
    handle(await completeUploads(incoming.command, client), incoming.actor, incoming.conversation, {
      ...deps,
      async tell(reply) {
        await told(reply, { ...incoming, address: { ...incoming.address, replaces: false } })
      },
      ...given,
    })

  /** After the acknowledgement: nothing is thrown from here, whatever fails is told. */
  function carryOut(
    incoming: Incoming,
    work: (mayQueue: () => void) => Promise<Reply>,
    entry: Entry = NO_ENTRY,
  ): Promise<void> {
    const end = (reply: Reply) => told(reply, incoming)
    const tell = async (reply: Reply) => void (await end(reply))
    return underWay.carryOut(incoming.command, work, { tell, end }, entry)
  }

  /** Written down, then acknowledged, then carried out: no death in between loses it. */
  async function take(incoming: Incoming, ack: () => Promise<void>): Promise<void> {
    const { command } = incoming
    const request = { key: command.key, chat: 'slack', content: keptOf(incoming) }
    const keeping = isKept(command) ? ledger.keep(request) : Promise.resolve(NO_ENTRY)
    // In a stop the connection is about to close, and all that was heard is waited for.
    if (!deps.stopping?.aborted) await keeping
    const isHeard = await acknowledged(ack)
    const entry = await keeping
    if (!isHeard) return void (await entry.settle())
    entry.seize()
    await carryOut(incoming, (mayQueue) => respond(incoming, { mayQueue }), entry)
  }

  async function hear(parse: () => Incoming, ack: () => Promise<void>): Promise<void> {
    let incoming: Incoming
    try {
      incoming = parse()
    } catch (error) {
      await acknowledged(ack)
      throw error
    }
    await underWay.track(take(incoming, ack))
  }

  async function takeUp({ content, at, mayDo, entry }: Left): Promise<void> {
    const incoming = revive(content, !mayDo)
    const work = (mayQueue: () => void) =>
      resume(
        incoming.command,
        { mayDo, at },
        () => respond(incoming, { mayQueue, askedAt: at }),
        deps,
      )
    await carryOut(incoming, work, entry)
  }

  async function respond(
    incoming: Incoming,
    given: Pick<HandleDeps, 'mayQueue' | 'askedAt'>,
  ): Promise<Reply> {
    if (opensForm(incoming.command)) return openInTime(incoming)
    if (incoming.command.kind === 'publish' && !(await isMember(incoming.address.channelId))) {
      return say(invite(botName))
    }
    return run(incoming, given)
  }

  async function openInTime(incoming: Incoming): Promise<Reply> {
    const { channelId } = incoming.address
    const asksForChannel = incoming.command.kind === 'openForm'
    const outcome = await within(
      FORM_WITHIN_MS,
      Promise.all([run(incoming), asksForChannel ? isMember(channelId) : true]),
    )
    if (outcome === undefined) return say(TOO_LATE)
    const [reply, isInside] = outcome
    if (!isInside) return say(invite(botName))
    return reply.kind === 'form' ? open(reply, incoming) : reply
  }

  async function open(
    { form }: Extract<Reply, { kind: 'form' }>,
    { address, triggerId }: Incoming,
  ): Promise<Reply> {
    if (form.kind === 'edit' && form.text.length > LONGEST_INPUT) {
      return say(
        `The text for ${form.account} has ${form.text.length} characters, and Slack's forms hold ${LONGEST_INPUT}. Publish it anew with a shorter text.`,
      )
    }
    const thread = address.threadTs === undefined ? {} : { thread: address.threadTs }
    const view = renderForm(form, { channel: address.channelId, ...thread })
    try {
      await client.views.open({ trigger_id: triggerId, view })
      return { kind: 'nothing' }
    } catch (error) {
      const why = (error as { data?: { error?: string } }).data?.error ?? (error as Error).message
      // The same command delivered again: its form stands open already.
      if (why === 'exchanged_trigger_id') return { kind: 'nothing' }
      log.warn({ form: form.kind, why }, 'a form could not be opened')
      return say(why === 'expired_trigger_id' ? TOO_LATE : `Slack did not open the form (${why}).`)
    }
  }

  async function onSubmission(submission: Submission, ack: Ack): Promise<void> {
    const { command } = submission
    if (command.kind === 'malformed') return refuse(command.problems, submission, ack)
    if (command.kind !== 'publish') return onSmallForm(submission, ack)
    const problems = await within(CHECK_WITHIN_MS, precheck(command, submission, deps)).catch(
      () => undefined,
    )
    // The form stays open, so nothing that was typed is lost.
    if (problems === undefined) return refuse([UNREACHABLE], submission, ack)
    if (problems.length > 0) return refuse(problems, submission, ack)
    await take(submission, ack)
  }

  /** Forms whose answer takes one short transaction: problems stand beside the field. */
  async function onSmallForm(submission: Submission, ack: Ack): Promise<void> {
    const work = run(submission)
    const reply = await within(CHECK_WITHIN_MS, work).catch(() => 'failed' as const)
    if (reply === 'failed') return refuse([UNREACHABLE], submission, ack)
    if (reply?.kind === 'problems') return refuse(reply.problems, submission, ack)
    await ack()
    await carryOut(submission, () => work)
  }

  async function onSuggestion(payload: unknown, ack: Ack): Promise<void> {
    const { query } = parseSuggestion(payload)
    const found = await within(CHECK_WITHIN_MS, searchAccounts(query, deps)).catch(() => undefined)
    await ack({ options: (found ?? []).slice(0, 100).map(accountOption) })
  }

  /** Without an acknowledgement Slack tells the person it failed, so then nothing may happen. */
  async function acknowledged(ack: () => Promise<void>): Promise<boolean> {
    try {
      await ack()
      return true
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'Slack could not be told that it was heard')
      return false
    }
  }

  return {
    introduce: (name) => {
      botName = name
    },
    register(app) {
      app.command(/^\//, async ({ ack, body }) => {
        await hear(
          () => parseSlash(body),
          () => ack(),
        )
      })
      app.action(/./, async ({ ack, body }) => {
        // Inputs of open forms count when they are submitted.
        if ('view' in body && body.view) return void (await acknowledged(() => ack()))
        await hear(
          () => parseAction(body),
          () => ack(),
        )
      })
      app.view({ type: 'view_submission', callback_id: /./ }, async ({ ack, body }) =>
        underWay.track(onSubmission(parseSubmission(body), ack as Ack)),
      )
      app.options(/./, async ({ ack, body }) => onSuggestion(body, ack as Ack))
      app.error(async (error) => {
        log.error({ error: error.message }, 'an event from Slack could not be handled')
      })
    },
    resume: takeUp,
    drain: underWay.drain,
  }
}

type Ack = (response?: object) => Promise<void>

function refuse(
  problems: readonly FieldProblem[],
  { fields }: Submission,
  ack: Ack,
): Promise<void> {
  return ack({ response_action: 'errors', errors: formErrors(problems, fields) })
}

const UNREACHABLE: FieldProblem = {
  field: 'text',
  message: 'The database does not answer, so nothing was queued or changed. Try again in a moment.',
}

function invite(name: string): string {
  return `Pressroom is not in this channel, so it could not show how the post is doing. Type /invite @${name} here, then try again. Nothing was queued.`
}
