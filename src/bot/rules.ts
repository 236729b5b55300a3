import { z } from 'zod'
import { isTimeZone } from '../config.js'
import type { Conversation } from '../store/create-post.js'

/** What people can be allowed to do, one by one. */
export const POWERS = ['publish', 'retry', 'confirm', 'cancel', 'approve', 'configure'] as const
export type Power = (typeof POWERS)[number]

const whoSchema = z
  .string()
  .regex(
    /^(everyone|(user|group|role|channel):[\w-]+)$/,
    'is not everyone, user:<id>, group:<id> (a Slack user group), role:<id> (a Discord role) or channel:<id>',
  )

/** For each thing: who may do it. What is not named here, everybody in the channel may do. */
const rolesSchema = z.partialRecord(z.enum(POWERS), z.array(whoSchema).min(1, 'names nobody'))
export type Roles = Readonly<z.infer<typeof rolesSchema>>

/** Names kinds of people that the chat does not have, as a sentence; undefined when all is well. */
export function misplaced(chat: string, roles: Roles): string | undefined {
  const foreign = chat === 'slack' ? /^role:/ : /^(group|channel):/
  const found = Object.values(roles)
    .flat()
    .find((who) => foreign.test(who))
  const instead = chat === 'slack' ? 'group: or channel:' : 'role:'
  return found && `"${found}" is nothing that ${chat} has; use ${instead} or user:`
}

const DAY_HOURS = 24

/** A post waits until somebody other than its author has approved it; null: it does not. */
const approvalSchema = z
  .union([
    z.boolean().transform((on) => (on ? { expiresAfterHours: 3 * DAY_HOURS } : null)),
    z.strictObject({
      expiresAfterHours: z.coerce
        .number()
        .positive()
        .max(365 * DAY_HOURS),
    }),
  ])
  .optional()

/** A Slack team or Discord guild, as far as it has rules of its own. */
export const workspaceSchema = z.strictObject({
  chat: z.enum(['slack', 'discord']),
  team: z.string().min(1),
  timeZone: z
    .string()
    .refine(isTimeZone, 'is not an IANA time zone such as Europe/Vienna')
    .optional(),
  /** In every channel, and in private. */
  roles: rolesSchema.default({}),
  approval: approvalSchema,
})
export type WorkspaceEntry = z.infer<typeof workspaceSchema>

/** What a channel may say besides its accounts. It stands in place of the workspace's, thing by thing. */
export const channelRulesShape = { roles: rolesSchema.default({}), approval: approvalSchema }
const channelRulesSchema = z.object(channelRulesShape)
type ChannelRules = z.infer<typeof channelRulesSchema>

/** What holds in one channel. */
export interface Rules {
  /** IANA name; undefined: the installation's. */
  readonly timeZone?: string
  readonly roles: Roles
  /** How long a request for approval stands, milliseconds; undefined: none is needed. */
  readonly approvalMs?: number
}

export const NO_RULES: Rules = { roles: {} }

/** The rules of the place where somebody asks for something. Pure. */
export function rulesFor(
  file: {
    readonly workspaces: readonly WorkspaceEntry[]
    readonly channels: readonly ({ chat: string; channel: string } & Partial<ChannelRules>)[]
  },
  { chat, teamId, channelId }: Conversation,
): Rules {
  const workspace = file.workspaces.find((entry) => entry.chat === chat && entry.team === teamId)
  const channel = file.channels.find((entry) => entry.chat === chat && entry.channel === channelId)
  const approval = channel?.approval === undefined ? workspace?.approval : channel.approval
  const hours = approval?.expiresAfterHours
  return {
    ...(workspace?.timeZone === undefined ? {} : { timeZone: workspace.timeZone }),
    roles: { ...workspace?.roles, ...channel?.roles },
    ...(hours === undefined ? {} : { approvalMs: hours * 3_600_000 }),
  }
}
