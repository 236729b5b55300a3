import { z } from 'zod'
import { checkModal } from '../block-kit/validate.js'
import { findView, type State, setViews } from '../state.js'
import { SlackApiError, type View } from '../types.js'
import { initialValues } from '../view-values.js'
import { type Method, method, structured } from './method.js'

/** Slack calls a trigger "short-lived"; 3 s is the figure everybody uses. */
const triggerLifeMs = 3000
/** views.push: "After a modal is opened, the app is limited to pushing 2 additional views." */
const maxStack = 3

/** @throws SlackApiError `invalid_trigger_id`, `expired_trigger_id`, `exchanged_trigger_id` */
function exchangeTrigger(state: State, id: string): { user: string; viewId?: string } {
  const trigger = state.triggers.get(id)
  if (!trigger) throw new SlackApiError('invalid_trigger_id')
  if (trigger.exchanged) throw new SlackApiError('exchanged_trigger_id')
  if (state.now() - trigger.at > triggerLifeMs) throw new SlackApiError('expired_trigger_id')
  trigger.exchanged = true
  return trigger
}

/** Builds a view as payloads show it; `previous` is what it replaces or stands on. */
export function makeView(state: State, given: unknown, replaced?: View): View {
  const checked = checkModal(structured(given, 'invalid_arguments'), () => state.newId(''))
  const external = checked.external_id ?? ''
  for (const view of [...state.views.values()].flat()) {
    if (external && view.external_id === external && view.id !== replaced?.id) {
      throw new SlackApiError('duplicate_external_id')
    }
  }
  const id = replaced?.id ?? state.newId('V')
  const values = initialValues(checked.blocks)
  for (const [block, fields] of Object.entries(replaced?.state.values ?? {})) {
    for (const [action, value] of Object.entries(fields)) {
      const fresh = values[block]?.[action]
      // What a person typed survives an update as long as block and action keep their ids.
      if (fresh && fresh.type === value.type) values[block] = { ...values[block], [action]: value }
    }
  }
  return {
    id,
    team_id: state.team.id,
    type: 'modal',
    blocks: checked.blocks,
    private_metadata: checked.private_metadata ?? '',
    callback_id: checked.callback_id ?? '',
    state: { values },
    hash: `${state.nextTs()}.${id.slice(-4)}`,
    title: checked.title,
    clear_on_close: checked.clear_on_close ?? false,
    notify_on_close: checked.notify_on_close ?? false,
    close: checked.close ?? null,
    submit: checked.submit ?? null,
    previous_view_id: replaced?.previous_view_id ?? null,
    root_view_id: replaced?.root_view_id ?? id,
    app_id: state.appId,
    external_id: external,
    app_installed_team_id: state.team.id,
    bot_id: state.bot.botId,
  }
}

/** Replaces an open view in its stack. */
export function replaceView(state: State, old: View, given: unknown): View {
  const found = findView(state, old.id)
  if (!found) throw new SlackApiError('not_found')
  const next = makeView(state, given, found.view)
  const stack = state.views.get(found.user) ?? []
  setViews(
    state,
    found.user,
    stack.map((view) => (view.id === old.id ? next : view)),
  )
  return next
}

/** @throws SlackApiError `push_limit_reached` */
export function pushView(state: State, user: string, given: unknown): View {
  const stack = state.views.get(user) ?? []
  const [root] = stack
  const top = stack.at(-1)
  if (!root || !top) throw new SlackApiError('not_found')
  if (stack.length >= maxStack) throw new SlackApiError('push_limit_reached')
  const view = { ...makeView(state, given), root_view_id: root.id, previous_view_id: top.id }
  setViews(state, user, [...stack, view])
  return view
}

const opening = z.strictObject({ trigger_id: z.string(), view: z.unknown() })

export const viewMethods: Record<string, Method> = {
  'views.open': method({
    tier: 4,
    args: opening,
    run(args, state) {
      const view = makeView(state, args.view)
      const { user } = exchangeTrigger(state, args.trigger_id)
      setViews(state, user, [view])
      return { view: structuredClone(view) }
    },
  }),

  'views.push': method({
    tier: 4,
    args: opening,
    run(args, state) {
      const { user, viewId } = exchangeTrigger(state, args.trigger_id)
      if (!viewId) throw new SlackApiError('not_found')
      return { view: structuredClone(pushView(state, user, args.view)) }
    },
  }),

  'views.update': method({
    tier: 4,
    args: z.strictObject({
      view_id: z.string().optional(),
      external_id: z.string().optional(),
      hash: z.string().optional(),
      view: z.unknown(),
    }),
    run(args, state) {
      const view = [...state.views.values()]
        .flat()
        .find((v) => (args.view_id ? v.id === args.view_id : v.external_id === args.external_id))
      if (!view || (!args.view_id && !args.external_id)) throw new SlackApiError('not_found')
      if (args.hash && args.hash !== view.hash) throw new SlackApiError('hash_conflict')
      return { view: structuredClone(replaceView(state, view, args.view)) }
    },
  }),
}
