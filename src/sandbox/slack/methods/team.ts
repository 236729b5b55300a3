import { z } from 'zod'
import type { State } from '../state.js'
import { type JsonObject, SlackApiError, type SlackUser } from '../types.js'
import { flag, integer, type Method, method, page } from './method.js'

/** @returns seconds east of UTC */
function zoneOffsetS(tz: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: tz, timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find((part) => part.type === 'timeZoneName')?.value
  const [, sign, hours, minutes] = /GMT([+-])(\d+):(\d+)/.exec(parts ?? '') ?? []
  if (!sign) return 0
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60)
}

/** A person as `users.info` shows them. */
function wireUser(user: SlackUser, state: State): JsonObject {
  return {
    id: user.id,
    team_id: state.team.id,
    name: user.name,
    deleted: false,
    real_name: user.realName,
    tz: user.tz,
    tz_label: user.tz,
    tz_offset: zoneOffsetS(user.tz, state.now()),
    profile: {
      real_name: user.realName,
      display_name: user.name,
      real_name_normalized: user.realName,
      display_name_normalized: user.name,
      team: state.team.id,
    },
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: false,
    is_ultra_restricted: false,
    is_bot: user.isBot,
    is_app_user: false,
    updated: 0,
  }
}

export const teamMethods: Record<string, Method> = {
  'auth.test': method({
    tier: 4,
    args: z.strictObject({}),
    run: (_args, { team, bot, baseUrl }) => ({
      url: `${baseUrl}/`,
      team: team.name,
      user: bot.name,
      team_id: team.id,
      user_id: bot.userId,
      bot_id: bot.botId,
      is_enterprise_install: false,
    }),
  }),

  'team.info': method({
    scope: 'team:read',
    tier: 3,
    args: z.strictObject({ team: z.string().optional(), domain: z.string().optional() }),
    run(args, { team }) {
      if (args.team !== undefined && args.team !== team.id)
        throw new SlackApiError('team_not_found')
      return { team: { ...team, email_domain: '', icon: { image_default: true } } }
    },
  }),

  'bots.info': method({
    scope: 'users:read',
    tier: 3,
    args: z.strictObject({ bot: z.string() }),
    run(args, { bot, appId }) {
      if (args.bot !== bot.botId) throw new SlackApiError('bot_not_found')
      const { botId: id, userId: user_id, name } = bot
      return { bot: { id, deleted: false, name, updated: 0, app_id: appId, user_id, icons: {} } }
    },
  }),

  'users.info': method({
    scope: 'users:read',
    tier: 4,
    args: z.strictObject({ user: z.string(), include_locale: flag }),
    run(args, state) {
      const user = state.users.get(args.user)
      if (!user) throw new SlackApiError('user_not_found')
      return { user: wireUser(user, state) }
    },
  }),

  'users.list': method({
    scope: 'users:read',
    tier: 2,
    args: z.strictObject({
      limit: integer,
      cursor: z.string().optional(),
      include_locale: flag,
    }),
    run(args, state) {
      const { items, nextCursor } = page([...state.users.values()], args.cursor, args.limit ?? 100)
      return {
        members: items.map((user) => wireUser(user, state)),
        cache_ts: Math.floor(state.now() / 1000),
        response_metadata: { next_cursor: nextCursor },
      }
    },
  }),

  'usergroups.list': method({
    scope: 'usergroups:read',
    tier: 2,
    args: z.strictObject({
      include_count: flag,
      include_disabled: flag,
      include_users: flag,
    }),
    run: (args, state) => ({
      usergroups: state.usergroups.map((group) => ({
        id: group.id,
        team_id: state.team.id,
        is_usergroup: true,
        name: group.name,
        handle: group.handle,
        date_delete: 0,
        ...(args.include_users ? { users: group.users } : {}),
        ...(args.include_count ? { user_count: group.users.length } : {}),
      })),
    }),
  }),

  'usergroups.users.list': method({
    scope: 'usergroups:read',
    tier: 2,
    args: z.strictObject({
      usergroup: z.string(),
      include_disabled: flag,
    }),
    run(args, state) {
      const group = state.usergroups.find((g) => g.id === args.usergroup)
      if (!group) throw new SlackApiError('no_such_subteam')
      return { users: [...group.users] }
    },
  }),
}
