import type { State } from './state.js'
import type { JsonObject, StateValues } from './types.js'

/** One entry of `actions` in a block_actions payload: the element and what was done with it. */
export function actionOf(
  state: State,
  element: JsonObject,
  block: JsonObject,
  action: JsonObject,
): JsonObject {
  return {
    ...pick(element, ['placeholder', 'initial_option', 'initial_options', 'initial_date_time']),
    action_id: element.action_id,
    block_id: block.block_id,
    type: element.type,
    ...action,
    action_ts: state.nextTs(),
  }
}

/** The state of a message or view once the element's new value is in it. */
export function withAction(
  values: StateValues,
  block: JsonObject,
  element: JsonObject,
  action: JsonObject,
): StateValues {
  const stateful = element.type !== 'button' && element.type !== 'overflow'
  if (!stateful) return values
  const id = String(block.block_id)
  return { ...values, [id]: { ...values[id], [String(element.action_id)]: action } }
}

/** The given keys of an object, where it has them. */
export function pick(source: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.filter((key) => key in source).map((key) => [key, source[key]]))
}
