import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Content } from '../../publisher/connectors/connector.js'
import { awaitApproval } from '../../publisher/core/approval.js'
import type { Actor } from '../../publisher/core/target.js'
import type { NewTarget } from '../../store/create-post.js'
import { createId } from '../../store/ids.js'
import { contentSchema } from '../../store/stored-target.js'
import type { HandleDeps } from './deps.js'

/** What is kept of a request: enough to publish a draft or a new copy without asking again. */
export const requestSchema = z.object({
  text: z.string(),
  publishAt: z.number().optional(),
  targets: z.array(
    z.object({
      account: z.string(),
      platform: z.string(),
      content: contentSchema,
      contentHash: z.string(),
    }),
  ),
})
export type Request = z.infer<typeof requestSchema>

/** Tells the same content from other content: the text, the media's bytes and their descriptions. */
export function hashContent(content: Content, mediaHashes: ReadonlyMap<string, string>): string {
  const media = content.media.map(({ id, alt }) => [mediaHashes.get(id) ?? id, alt ?? ''])
  return createHash('sha256')
    .update(JSON.stringify([content.text, media]))
    .digest('hex')
}

/**
 * The targets of a request, ready to be stored: due at its time, or now; in a channel with approvals
 * they wait for somebody other than `by`.
 */
export function newTargets(request: Request, at: number, by: Actor, deps: HandleDeps): NewTarget[] {
  const { publishAt } = request
  const waitMs = deps.rules?.approvalMs
  return request.targets.map((target) => {
    const id = createId('t', at, deps.random)
    return {
      id,
      ...target,
      state:
        waitMs !== undefined
          ? awaitApproval(at, { by, waitMs, publishAt }, deps.policy)
          : publishAt === undefined
            ? { status: 'queued', dueAt: at }
            : { status: 'scheduled', publishAt },
      idempotencyKey: keyOf(id, target.contentHash),
    }
  })
}

/** Said in a channel with approvals after what was done; nothing elsewhere. */
export function approvalWords({ rules }: Pick<HandleDeps, 'rules'>): string {
  return rules?.approvalMs === undefined
    ? ''
    : ' Somebody else has to approve it before it is sent.'
}

/** The idempotency key, a version 8 UUID (RFC 9562, custom): always the same for the same content. */
export function keyOf(targetId: string, contentHash: string): string {
  const bytes = createHash('sha256')
    .update(targetId + contentHash)
    .digest()
    .subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
