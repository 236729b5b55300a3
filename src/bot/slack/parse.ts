import { z } from 'zod'
import type { Actor } from '../../publisher/core/target.js'
import type { Conversation } from '../../store/create-post.js'
import { type Command, type CommandBody, commandOfAction } from '../command.js'
import { parsePublish } from '../command-text.js'
import { questionAsked } from './action-rows.js'
import { parseForm } from './parse-form.js'

/** One thing a person did in Slack, and where the answer goes. */
export interface Incoming {
  readonly command: Command
  readonly actor: Actor
  readonly conversation: Conversation
  readonly address: Address
  /** Opens a form, within three seconds and once. */
  readonly triggerId: string
}

/** Where one person can be told something privately. */
export interface Address {
  readonly channelId: string
  readonly userId: string
  readonly responseUrl?: string
  readonly threadTs?: string
  /** The click was on a private message, which the answer replaces. */
  readonly replaces: boolean
  /** They may be gone by now, and an ephemeral message with them: it is told in a direct message. */
  readonly lasting?: boolean
}

const slashSchema = z.looseObject({
  command: z.string(),
  text: z.string().default(''),
  team_id: z.string(),
  channel_id: z.string(),
  user_id: z.string(),
  user_name: z.string().nullish(),
  trigger_id: z.string(),
  response_url: z.string().nullish(),
})

/** @throws ZodError when Slack's payload is not what it is documented to be */
export function parseSlash(payload: unknown): Incoming {
  const body = slashSchema.parse(payload)
  const text = unescapeText(body.text)
  return incoming(body.trigger_id, bodyOfSlash(body.command, text), {
    user: { id: body.user_id, name: body.user_name },
    teamId: body.team_id,
    channelId: body.channel_id,
    responseUrl: body.response_url,
  })
}

function bodyOfSlash(command: string, text: string): CommandBody {
  switch (command) {
    case '/publish':
      return parsePublish(text)
    case '/scorecard':
      return { kind: 'scorecard', period: text.trim() }
    default:
      return { kind: 'unsupported', what: `the command ${command}` }
  }
}

const userSchema = z.looseObject({
  id: z.string(),
  name: z.string().nullish(),
  username: z.string().nullish(),
  team_id: z.string().nullish(),
})
const teamSchema = z.looseObject({ id: z.string() }).nullish()

const actionSchema = z.looseObject({
  user: userSchema,
  team: teamSchema,
  trigger_id: z.string(),
  response_url: z.string().nullish(),
  channel: z.looseObject({ id: z.string() }).nullish(),
  container: z
    .looseObject({
      channel_id: z.string().nullish(),
      thread_ts: z.string().nullish(),
      is_ephemeral: z.boolean().nullish(),
    })
    .nullish(),
  message: z.looseObject({ thread_ts: z.string().nullish() }).nullish(),
  actions: z
    .array(
      z.looseObject({
        action_id: z.string(),
        value: z.string().nullish(),
        block_id: z.string().nullish().catch(undefined),
      }),
    )
    .min(1),
})

/** A pressed button. @throws ZodError */
export function parseAction(payload: unknown): Incoming {
  const body = actionSchema.parse(payload)
  const [action] = body.actions
  const { container } = body
  const value = action?.value ?? ''
  const askedAt = questionAsked(action?.block_id, value)
  return incoming(body.trigger_id, commandOfAction(action?.action_id ?? '', value, askedAt), {
    user: body.user,
    teamId: body.team?.id ?? body.user.team_id ?? '',
    channelId: body.channel?.id ?? container?.channel_id ?? '',
    responseUrl: body.response_url,
    threadTs: container?.thread_ts ?? body.message?.thread_ts,
    replaces: container?.is_ephemeral ?? false,
  })
}

const submissionSchema = z.looseObject({
  user: userSchema,
  team: teamSchema,
  trigger_id: z.string(),
  view: z.looseObject({
    callback_id: z.string(),
    private_metadata: z.string(),
    blocks: z.array(z.looseObject({ type: z.string(), block_id: z.string().nullish() })).nullish(),
    state: z.looseObject({ values: z.record(z.string(), z.record(z.string(), z.unknown())) }),
  }),
})

/** What a form remembers of where it was opened, and what it is about. */
export const metadataSchema = z.object({
  channel: z.string(),
  thread: z.string().optional(),
  id: z.string().optional(),
})
export type FormMetadata = z.infer<typeof metadataSchema>

export interface Submission extends Incoming {
  /** Block ids beside which a problem can be shown. */
  readonly fields: readonly string[]
}

/** A submitted form. @throws ZodError */
export function parseSubmission(payload: unknown): Submission {
  const { user, team, trigger_id, view } = submissionSchema.parse(payload)
  const { channel, thread, id } = metadataSchema.parse(JSON.parse(view.private_metadata))
  const command = parseForm(view.callback_id, id ?? '', view.state.values)
  return {
    ...incoming(trigger_id, command, {
      user,
      teamId: team?.id ?? user.team_id ?? '',
      channelId: channel,
      threadTs: thread,
    }),
    fields:
      view.blocks?.flatMap(({ type, block_id }) =>
        type === 'input' && block_id ? [block_id] : [],
      ) ?? Object.keys(view.state.values),
  }
}

const suggestionSchema = z.looseObject({ value: z.string().default('') })

/** What is typed into a search for accounts. @throws ZodError */
export function parseSuggestion(payload: unknown): { query: string } {
  return { query: suggestionSchema.parse(payload).value }
}

function incoming(
  triggerId: string,
  body: CommandBody,
  from: {
    user: { id: string; name?: string | null | undefined; username?: string | null | undefined }
    teamId: string
    channelId: string
    responseUrl?: string | null | undefined
    threadTs?: string | null | undefined
    replaces?: boolean
  },
): Incoming {
  const name = from.user.name ?? from.user.username
  return {
    command: { ...body, key: `slack:${triggerId}` },
    actor: { kind: 'person', id: from.user.id, ...(name ? { name } : {}) },
    conversation: { chat: 'slack', teamId: from.teamId, channelId: from.channelId },
    address: {
      channelId: from.channelId,
      userId: from.user.id,
      ...(from.responseUrl ? { responseUrl: from.responseUrl } : {}),
      ...(from.threadTs ? { threadTs: from.threadTs } : {}),
      replaces: from.replaces ?? false,
    },
    triggerId,
  }
}

/**
 * What a person typed, before Slack marked it up: addresses and mentions stand in `<…>`, and `&`,
 * `<` and `>` are escaped. A bare domain that Slack made into a link is given back as it was typed,
 * but after `media:` it is the whole address that counts.
 * @see https://docs.slack.dev/interactivity/implementing-slash-commands
 * @see https://docs.slack.dev/messaging/formatting-message-text
 */
export function unescapeText(text: string): string {
  return text
    .replaceAll(/(media:)?<([^<>|\s]+)(?:\|([^<>]*))?>/gi, (_all, media, target, label) =>
      media ? media + target : unwrap(target, label),
    )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

function unwrap(target: string, label: string | undefined): string {
  const [sign = '', rest = ''] = [target.slice(0, 1), target.slice(1)]
  if (sign === '@' || sign === '#') return `${sign}${label?.replace(/^[@#]/, '') ?? rest}`
  if (sign === '!') return label ?? `@${rest.replace(/^subteam\^/, '')}`
  if (label === undefined || label === '') return target.replace(/^(mailto|tel):/, '')
  const isAutomatic = target.replace(/^(https?:\/\/|mailto:|tel:)/, '').replace(/\/$/, '') === label
  return isAutomatic || target === label ? label : `${label} (${target})`
}
