import type { StoredTarget } from '../store/stored-target.js'
import type { PublishRequest } from './connectors/connector.js'

/** What a connector is told about a target, as it was frozen. */
export function requestFor(stored: StoredTarget): PublishRequest {
  return {
    targetId: stored.id,
    idempotencyKey: stored.idempotencyKey,
    content: stored.content,
    handles: stored.target.handles,
    attempt: stored.target.attempt,
    frozenAt: stored.createdAt,
    dueSince: stored.target.dueSince,
  }
}
