import { type Answer, parseJson } from '../http.js'
import type { ContainerApi } from './containers.js'
import { type GraphError, graphError, leavesDoubt } from './errors.js'

/** The container is not ready yet. */
export function isNotReady(api: ContainerApi, answer: Answer): boolean {
  const error = errorOf(answer)
  return error !== undefined && api.isNotReady(error)
}

/** The container is not known, or not any more; said in doubt it is not the last word on it. */
export function isUnknown(api: ContainerApi, answer: Answer): boolean {
  const error = errorOf(answer)
  return error !== undefined && api.isUnknown(error) && !isInDoubt(answer)
}

/** Whether a refused publish may have taken effect, whatever the refusal says. */
export function isInDoubt(answer: Answer): boolean {
  const error = errorOf(answer)
  return answer.kind === 'answer' && error !== undefined && leavesDoubt(error, answer.status)
}

function errorOf(answer: Answer): GraphError | undefined {
  return answer.kind === 'answer' ? graphError(parseJson(answer.text)) : undefined
}
