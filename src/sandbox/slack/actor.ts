import { z } from 'zod'
import { actionOf, pick, withAction } from './action-payload.js'
import { option } from './block-kit/objects.js'
import { elements, isObject, parse } from './block-kit/validate.js'
import type { Interactions } from './interactions.js'
import { wireMessage } from './methods/chat.js'
import { storeFile } from './methods/files.js'
import { makeResponseUrl, respond } from './response-url.js'
import { appendMessage, channelById, findView, type State, setViews, tellFailure } from './state.js'
import type {
  Delivery,
  Ephemeral,
  JsonObject,
  Message,
  SlackChannel,
  SlackFile,
  View,
} from './types.js'
import { applyViewAnswer } from './view-answers.js'
import { type FieldValue, fieldState, formErrors, initialValues, optionsOf } from './view-values.js'

/** One person at the keyboard. Every method that reaches the app resolves once it has answered. */
export interface Actor {
  slash(command: string, text: string, channel: string): Promise<Delivery>
  /**
   * Presses a button or uses another element. Given a message, the person acts on what they saw
   * then, which may be stale; given a ts, on what is there now; given a view id, inside that modal.
   * @param options `value` tells buttons with the same action id apart, or is the choice made;
   *   `blockId` is the block the button was shown in, where that may have changed since
   */
  click(
    target: Message | Ephemeral | string,
    actionId: string,
    options?: { value?: FieldValue; values?: Record<string, FieldValue>; blockId?: string },
  ): Promise<Delivery>
  /** What the app offers in an external select for what was typed. */
  suggest(target: string, actionId: string, query: string): Promise<Delivery>
  /** Submits a modal; fields left out keep what they had. */
  submit(viewId: string, values?: Record<string, FieldValue>): Promise<Delivery>
  closeView(viewId: string): Promise<Delivery | undefined>
  upload(file: { name: string; mimetype?: string; bytes: Uint8Array }): SlackFile
  /** Writes an ordinary message. */
  say(text: string, channel: string, threadTs?: string): Message
}

const optionList = z.array(option).max(100)

/** Acts as one person in the workspace. */
export function createActor(state: State, interactions: Interactions, userId: string): Actor {
  const user = state.users.get(userId)
  if (!user || user.isBot) throw new Error(`no such person: ${userId}`)
  const wireUser = {
    id: user.id,
    username: user.name,
    name: user.name,
    team_id: state.team.id,
  }
  const common = {
    user: wireUser,
    api_app_id: state.appId,
    token: 'verification-token',
    team: { id: state.team.id, domain: state.team.domain },
    enterprise: null,
    is_enterprise_install: false,
  }

  function newTrigger(viewId?: string): string {
    const id = `${state.nextTs()}.${state.newId('').toLowerCase()}`
    const trigger = { user: userId, at: state.now(), exchanged: false }
    state.triggers.set(id, viewId === undefined ? trigger : { ...trigger, viewId })
    return id
  }

  function openView(viewId: string): View {
    const found = findView(state, viewId)
    if (!found || found.user !== userId) throw new Error(`${user?.name} has no open view ${viewId}`)
    return found.view
  }

  /** Takes over what was typed into a view; external options are asked for as typing would. */
  async function fill(view: View, values: Record<string, FieldValue>): Promise<void> {
    for (const [blockId, value] of Object.entries(values)) {
      const found = elements(view.blocks).find(({ block }) => block.block_id === blockId)
      if (!found) throw new Error(`view ${view.id} has no block "${blockId}"`)
      const action = String(found.element.action_id)
      const offered = await offeredFor(view.id, found.element, value)
      const field = fieldState(state, found.element, value, offered)
      view.state.values[blockId] = { ...view.state.values[blockId], [action]: field }
    }
  }

  async function offeredFor(
    target: string,
    element: JsonObject,
    value: FieldValue,
  ): Promise<JsonObject[]> {
    if (!String(element.type).endsWith('external_select')) return []
    const action = String(element.action_id)
    const key = `${target} ${action}`
    const missing = () => {
      const known = [...(state.offered.get(key) ?? []), ...optionsOf(element)]
      return [value].flat().find((v) => v !== null && !known.some((o) => o.value === v))
    }
    for (const query of ['', String(missing() ?? '')]) {
      if (missing() !== undefined) await suggest(target, action, query)
    }
    return state.offered.get(key) ?? []
  }

  async function suggest(target: string, actionId: string, query: string): Promise<Delivery> {
    const view = openView(target)
    const found = elements(view.blocks).find(({ element }) => element.action_id === actionId)
    if (!found) throw new Error(`view ${target} has no ${actionId}`)
    return interactions.deliver({
      type: 'interactive',
      acceptsResponsePayload: true,
      payload: {
        type: 'block_suggestion',
        ...common,
        container: { type: 'view', view_id: view.id },
        action_id: actionId,
        block_id: found.block.block_id,
        value: query,
        view: structuredClone(view),
      },
      onAck(payload) {
        const groups = Array.isArray(payload?.option_groups) ? payload.option_groups : []
        const list = payload?.options ?? groups.flatMap((g) => (isObject(g) ? g.options : []))
        const options: JsonObject[] = parse(optionList, list, '/options', 'invalid_arguments')
        const key = `${view.id} ${actionId}`
        state.offered.set(key, [...(state.offered.get(key) ?? []), ...options])
        return { options }
      },
      onFailure: () => undefined,
    })
  }

  function clickInView(viewId: string, element: JsonObject, block: JsonObject, action: JsonObject) {
    const view = openView(viewId)
    return interactions.deliver({
      type: 'interactive',
      acceptsResponsePayload: false,
      payload: {
        type: 'block_actions',
        ...common,
        container: { type: 'view', view_id: view.id },
        trigger_id: newTrigger(view.id),
        view: structuredClone(view),
        actions: [actionOf(state, element, block, action)],
      },
      onAck: () => ({}),
      onFailure: () => undefined,
    })
  }

  function clickInMessage(
    seen: Message | Ephemeral,
    element: JsonObject,
    block: JsonObject,
    action: JsonObject,
  ): Promise<Delivery> {
    const channel = channelById(state, seen.channel)
    const current = channel.messages.find((m) => m.ts === seen.ts)
    const isEphemeral = !current
    if (isEphemeral && !state.ephemerals.some((e) => e.ts === seen.ts && e.user === userId)) {
      throw new Error(`${user?.name} sees no message ${seen.ts}`)
    }
    const thread = seen.thread_ts === undefined ? {} : { thread_ts: seen.thread_ts }
    return interactions.deliver({
      type: 'interactive',
      acceptsResponsePayload: false,
      payload: {
        type: 'block_actions',
        ...common,
        container: {
          type: 'message',
          message_ts: seen.ts,
          channel_id: channel.id,
          is_ephemeral: isEphemeral,
          ...thread,
        },
        trigger_id: newTrigger(),
        channel: { id: channel.id, name: channel.name },
        // Slack leaves the message out of what it sends for an ephemeral one.
        ...(current ? { message: wireMessage(current) } : {}),
        state: { values: withAction(initialValues(seen.blocks ?? []), block, element, action) },
        response_url: makeResponseUrl(state, 'actions', {
          user: userId,
          channel: channel.id,
          ts: seen.ts,
          ...thread,
        }),
        actions: [actionOf(state, element, block, action)],
      },
      onAck: () => ({}),
      onFailure: () =>
        tellFailure(
          state,
          channel.id,
          userId,
          'That did not work: the app did not answer in time.',
        ),
    })
  }

  function shownMessage(ts: string): Message | Ephemeral {
    const own = state.ephemerals.find((e) => e.ts === ts && e.user === userId)
    const visible = [...state.channels.values()].filter((c) => c.members.has(userId))
    const message = own ?? visible.flatMap((c) => c.messages).find((m) => m.ts === ts)
    if (!message) throw new Error(`${user?.name} sees no message ${ts}`)
    return message
  }

  return {
    slash(command, text, channelId) {
      const known = state.commands.some((c) => c.command === command)
      if (!known) throw new Error(`${command} is not a valid command`)
      const channel = channelById(state, channelId)
      const target = { user: userId, channel: channel.id }
      return interactions.deliver({
        type: 'slash_commands',
        acceptsResponsePayload: true,
        payload: {
          token: 'verification-token',
          team_id: state.team.id,
          team_domain: state.team.domain,
          channel_id: channel.id,
          channel_name: channel.name,
          user_id: user.id,
          user_name: user.name,
          command,
          text,
          api_app_id: state.appId,
          is_enterprise_install: 'false',
          response_url: makeResponseUrl(state, 'commands', target),
          trigger_id: newTrigger(),
        },
        onAck(payload) {
          if (payload) respond(state, { ...target, at: 0, uses: 0 }, payload)
          return {}
        },
        onFailure(error) {
          const why =
            error === 'operation_timeout' ? 'the app did not respond' : `the error "${error}"`
          tellFailure(state, channel.id, userId, `${command} failed because of ${why}.`)
        },
      })
    },

    async click(target, actionId, { value, values, blockId } = {}) {
      const isView = typeof target === 'string' && target.startsWith('V')
      const seen =
        typeof target !== 'string' ? target : isView ? openView(target) : shownMessage(target)
      if (isView && values) await fill(openView(target), values)
      const matching = elements(seen.blocks ?? []).filter(
        ({ element }) =>
          element.action_id === actionId &&
          (element.type !== 'button' || value === undefined || element.value === value),
      )
      const [found] = matching
      if (!found) throw new Error(`there is no "${actionId}" to click`)
      if (matching.length > 1) throw new Error(`several "${actionId}": say which value`)
      const { element } = found
      const block = blockId === undefined ? found.block : { ...found.block, block_id: blockId }
      const action =
        element.type === 'button'
          ? pick(element, ['text', 'value', 'style', 'url'])
          : fieldState(state, element, value ?? null, optionsOf(element))
      if (!isView) return clickInMessage(seen as Message | Ephemeral, element, block, action)
      const { state: viewState } = openView(target)
      viewState.values = withAction(viewState.values, block, element, action)
      return clickInView(target, element, block, action)
    },

    suggest,

    async submit(viewId, values = {}) {
      const view = openView(viewId)
      await fill(view, values)
      const errors = formErrors(view.blocks, view.state.values)
      const payload = {
        type: 'view_submission',
        ...common,
        trigger_id: newTrigger(view.id),
        view: structuredClone(view),
        response_urls: [],
      }
      if (!view.submit || Object.keys(errors).length > 0) {
        const nothing = { envelopeId: '', ackMs: Number.POSITIVE_INFINITY, payload }
        const refused: Delivery = {
          ...nothing,
          error: 'not_submitted',
          errors,
          redeliver: async () => refused,
        }
        return refused
      }
      return interactions.deliver({
        type: 'interactive',
        acceptsResponsePayload: true,
        payload,
        onAck: (answer) => applyViewAnswer(state, userId, view, answer),
        onFailure: () => undefined,
      })
    },

    async closeView(viewId) {
      const view = openView(viewId)
      const stack = state.views.get(userId) ?? []
      setViews(state, userId, view.clear_on_close ? [] : stack.filter((v) => v.id !== viewId))
      if (!view.notify_on_close) return undefined
      return interactions.deliver({
        type: 'interactive',
        acceptsResponsePayload: false,
        payload: {
          type: 'view_closed',
          ...common,
          view: structuredClone(view),
          is_cleared: view.clear_on_close === true,
        },
        onAck: () => ({}),
        onFailure: () => undefined,
      })
    },

    upload: ({ bytes, ...file }) =>
      structuredClone(storeFile(state, { ...file, bytes: Buffer.from(bytes) }, userId)),

    say(text, channelId, threadTs) {
      const channel: SlackChannel = channelById(state, channelId)
      const message: Message = {
        type: 'message',
        channel: channel.id,
        user: userId,
        ts: state.nextTs(),
        team: state.team.id,
        text,
        ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
      }
      appendMessage(state, channel, message)
      return structuredClone(message)
    },
  }
}
