import type { PublishRequest, Steps } from '../../../src/publisher/connectors/connector.js'
import type { Answer, HttpRequest } from '../../../src/publisher/connectors/http.js'
import type { Handles } from '../../../src/publisher/core/target.js'
import { NOON } from '../../support/clock.js'
import { sampleMedia } from '../../support/sample-media.js'

/** Steps whose answers are written down beforehand, in order; they keep what was asked and saved. */
export interface ScriptedSteps extends Steps {
  readonly requests: readonly HttpRequest[]
  /** Handles as they stood after each `save` and before the mutation. */
  readonly saved: readonly Handles[]
}

/** @throws when more is asked than was written down */
export function scriptedSteps(answers: readonly Answer[], now: number = NOON): ScriptedSteps {
  const left = [...answers]
  const requests: HttpRequest[] = []
  const saved: Handles[] = []
  const request = async (outgoing: HttpRequest): Promise<Answer> => {
    requests.push(outgoing)
    const answer = left.shift()
    if (!answer) throw new Error(`nothing is written down for ${outgoing.method} ${outgoing.url}`)
    return answer
  }
  return {
    requests,
    saved,
    now: () => now,
    read: request,
    prepare: request,
    progress: async () => {},
    save: async (handles) => {
      saved.push(handles)
    },
    mutate: (outgoing, handles = {}) => {
      saved.push(handles)
      return request(outgoing)
    },
    ...sampleMedia,
  }
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return { kind: 'answer', status, headers, text: JSON.stringify(body) }
}

export function metaError(
  code: number,
  subcode?: number,
  status = 400,
  extra: object = {},
): Answer {
  const error_subcode = subcode === undefined ? {} : { error_subcode: subcode }
  const error = { message: 'Sample', type: 'OAuthException', code, ...error_subcode, ...extra }
  return json({ error }, status)
}

export function requestOf(overrides: Partial<PublishRequest> = {}): PublishRequest {
  return {
    targetId: 'target-1',
    idempotencyKey: '6f1c1a52-7d0e-4a86-9a33-3f0c35d7a001',
    content: { text: 'The harbour is open', media: [] },
    handles: {},
    attempt: 1,
    frozenAt: NOON,
    dueSince: NOON,
    otherRemoteIds: new Set(),
    ...overrides,
  }
}
