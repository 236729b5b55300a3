import { z } from 'zod'
import { parse } from './block-kit/validate.js'
import { pushView, replaceView } from './methods/views.js'
import { type State, setViews } from './state.js'
import { type Delivery, type JsonObject, SlackApiError, type View } from './types.js'

/**
 * Does to a person's open modals what the app answered to a submission.
 * @throws SlackApiError when the answer is not one a modal understands
 * @see https://docs.slack.dev/surfaces/modals "Updating modals", "Displaying errors"
 */
export function applyViewAnswer(
  state: State,
  user: string,
  view: View,
  answer: JsonObject | undefined,
): Partial<Delivery> {
  const stack = state.views.get(user) ?? []
  const isOpen = stack.some((v) => v.id === view.id)
  const responseAction = answer?.response_action
  if (responseAction === undefined) {
    if (isOpen)
      setViews(
        state,
        user,
        stack.filter((v) => v.id !== view.id),
      )
    return {}
  }
  switch (responseAction) {
    case 'clear':
      setViews(state, user, [])
      return { responseAction: 'clear' }
    case 'errors': {
      const inputs = view.blocks.filter((b) => b.type === 'input').map((b) => b.block_id)
      const errors = parse(
        z.record(z.string(), z.string().min(1)),
        answer?.errors,
        '/errors',
        'invalid_arguments',
      )
      const stray = Object.keys(errors).find((id) => !inputs.includes(id))
      if (stray || Object.keys(errors).length === 0) {
        throw new SlackApiError('invalid_arguments', [`[ERROR] no input block "${stray ?? ''}"`])
      }
      return { responseAction: 'errors', errors }
    }
    case 'update':
      if (isOpen) replaceView(state, view, answer?.view)
      return { responseAction: 'update' }
    case 'push':
      pushView(state, user, answer?.view)
      return { responseAction: 'push' }
    default:
      throw new SlackApiError('invalid_arguments', ['[ERROR] unknown response_action'])
  }
}
