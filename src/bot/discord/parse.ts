import { z } from 'zod'
import type { Actor } from '../../publisher/core/target.js'
import type { Conversation } from '../../store/create-post.js'
import { type Command, type CommandBody, commandOfAction } from '../command.js'
import { FORMS } from './form.js'
import { fieldSchema, parseForm, readFilled } from './parse-form.js'
import {
  bodyOfTyped,
  optionSchema,
  readTyped,
  resolvedSchema,
  type Typed,
} from './parse-options.js'
import { THREADS } from './place.js'
import { ASK_SUFFIX } from './render.js'

/** Something a person did in Discord. */
export type Arrived =
  /** A typed command, a button or a submitted form. */
  | { readonly kind: 'command'; readonly incoming: Incoming }
  /** A button that has to be asked about once more before it acts. */
  | {
      readonly kind: 'ask'
      readonly incoming: Incoming
      readonly action: string
      readonly id: string
    }
  /** An option is being typed. */
  | { readonly kind: 'suggest'; readonly incoming: Incoming; readonly typed: Typed }

export interface Incoming {
  readonly command: Command
  readonly actor: Actor
  readonly conversation: Conversation
  readonly address: Address
  /** Ids of the roles that the person has in the server. */
  readonly roles: readonly string[]
  /** For the publishing form: what was written into an earlier one, see `createDrafts`. */
  readonly draftId?: string
}

/** How one person can be answered: for fifteen minutes, and by nobody without the token. */
export interface Address {
  readonly interactionId: string
  readonly token: string
  readonly userId: string
  /** Where it happened: the channel itself or one of its threads. */
  readonly placeId: string
  /** Whether Discord has told which of the two it is. */
  readonly placeTold: boolean
  readonly from: 'typed' | 'button' | 'form'
  /** The button is on a message that only this person sees. */
  readonly onPrivate: boolean
  /** What the bot may do in that place, as a permission bit set; 0 when Discord did not tell. */
  readonly permissions: bigint
}

const userSchema = z.looseObject({
  id: z.string(),
  username: z.string().optional(),
  global_name: z.string().nullish(),
})

const interactionSchema = z.looseObject({
  id: z.string(),
  token: z.string(),
  type: z.number(),
  guild_id: z.string().optional(),
  channel_id: z.string().optional(),
  channel: z
    .looseObject({ id: z.string(), type: z.number().optional(), parent_id: z.string().nullish() })
    .optional(),
  member: z
    .looseObject({
      user: userSchema,
      nick: z.string().nullish(),
      roles: z.array(z.string()).optional().catch(undefined),
    })
    .optional(),
  user: userSchema.optional(),
  app_permissions: z.string().regex(/^\d+$/).optional().catch(undefined),
  message: z.looseObject({ flags: z.number().optional() }).optional(),
  data: z.unknown(),
})
type RawInteraction = z.infer<typeof interactionSchema>

const typedSchema = z.looseObject({
  name: z.string(),
  options: z.array(optionSchema).default([]),
  resolved: resolvedSchema.default({}),
})
const buttonSchema = z.looseObject({ custom_id: z.string() })
const submittedSchema = z.looseObject({
  custom_id: z.string(),
  components: z.array(fieldSchema).default([]),
  resolved: resolvedSchema.default({}),
})

const TYPED = 2
const PRESSED = 3
const SUGGEST = 4
const SUBMITTED = 5

/**
 * What an interaction asks for.
 * @param parentOf the channel a thread belongs to, where the interaction does not say it
 * @throws ZodError when it is not what Discord documents
 */
export function parseInteraction(
  payload: unknown,
  parentOf: (channelId: string) => string | undefined = () => undefined,
): Arrived {
  const raw = interactionSchema.parse(payload)
  switch (raw.type) {
    case TYPED: {
      const { name, options, resolved } = typedSchema.parse(raw.data)
      const body = bodyOfTyped(readTyped(name, options), resolved)
      return { kind: 'command', incoming: incoming(raw, 'typed', body, parentOf) }
    }
    case SUGGEST: {
      const { name, options } = typedSchema.parse(raw.data)
      const body = { kind: 'unsupported', what: 'suggestions' } as const
      const typed = readTyped(name, options)
      return { kind: 'suggest', incoming: incoming(raw, 'typed', body, parentOf), typed }
    }
    case PRESSED:
      return parsePressed(raw, parentOf)
    case SUBMITTED: {
      const { custom_id, components, resolved } = submittedSchema.parse(raw.data)
      const [form = '', id = ''] = split(custom_id)
      const body = parseForm(form, id, readFilled(components), resolved)
      return { kind: 'command', incoming: incoming(raw, 'form', body, parentOf) }
    }
    default: {
      const body = { kind: 'unsupported', what: `interactions of type ${raw.type}` } as const
      return { kind: 'command', incoming: incoming(raw, 'typed', body, parentOf) }
    }
  }
}

type ParentOf = (channelId: string) => string | undefined

function parsePressed(raw: RawInteraction, parentOf: ParentOf): Arrived {
  const { custom_id } = buttonSchema.parse(raw.data)
  const asks = custom_id.endsWith(ASK_SUFFIX)
  const [action = '', id = ''] = split(asks ? custom_id.slice(0, -ASK_SUFFIX.length) : custom_id)
  const body: CommandBody =
    action === FORMS.publish ? { kind: 'openForm' } : commandOfAction(action, id)
  const draft = body.kind === 'openForm' && id !== '' ? { draftId: id } : {}
  const parsed = { ...incoming(raw, 'button', body, parentOf), ...draft }
  return asks
    ? { kind: 'ask', incoming: parsed, action, id }
    : { kind: 'command', incoming: parsed }
}

/** `<action or form>:<id>` */
function split(customId: string): [string, string] {
  const colon = customId.indexOf(':')
  return colon < 0 ? [customId, ''] : [customId.slice(0, colon), customId.slice(colon + 1)]
}

const EPHEMERAL = 1 << 6

function incoming(
  raw: RawInteraction,
  from: Address['from'],
  body: CommandBody,
  parentOf: ParentOf,
): Incoming {
  const user = raw.member?.user ?? raw.user ?? { id: '' }
  const name = raw.member?.nick || user.global_name || user.username
  const placeId = raw.channel?.id ?? raw.channel_id ?? ''
  const isThread = THREADS.has(raw.channel?.type ?? 0)
  const parent = (isThread ? raw.channel?.parent_id : undefined) ?? parentOf(placeId)
  return {
    command: { ...body, key: `discord:${raw.id}` },
    actor: { kind: 'person', id: user.id, ...(name ? { name } : {}) },
    roles: raw.member?.roles ?? [],
    conversation: {
      chat: 'discord',
      teamId: raw.guild_id ?? '',
      channelId: parent ?? placeId,
    },
    address: {
      interactionId: raw.id,
      token: raw.token,
      userId: user.id,
      placeId,
      placeTold: raw.channel?.type !== undefined || parent !== undefined,
      from,
      onPrivate: ((raw.message?.flags ?? 0) & EPHEMERAL) !== 0,
      permissions: BigInt(raw.app_permissions ?? '0'),
    },
  }
}
