import type { Database } from '../../src/store/database.js'
import { channels, events, incidents, posts, targets, workspaces } from '../../src/store/schema.js'
import type { FoundIncident } from '../../src/store/scorecard-asides.js'
import type { TargetHistory } from '../../src/store/scorecard-history.js'

/** The channel that stored histories belong to unless another is named. */
export const HERE = { chat: 'slack', channelId: 'C1' } as const

/** Puts histories into the store as they would stand there, each as a post of its own. */
export async function storeHistories(
  { orm }: Database,
  histories: readonly TargetHistory[],
  found: readonly FoundIncident[] = [],
  channel: { chat: string; channelId: string } = HERE,
): Promise<void> {
  const firstAt = new Date(Math.min(...histories.map(({ dueAt }) => dueAt)))
  const workspaceId = `${channel.chat}:T1`
  await orm
    .insert(workspaces)
    .values({ id: workspaceId, chat: channel.chat, teamId: 'T1', createdAt: firstAt })
    .onConflictDoNothing()
  await orm
    .insert(channels)
    .values({ ...channel, workspaceId, createdAt: firstAt })
    .onConflictDoNothing()
  for (const { targetId, postId, account, platform, dueAt, events: list } of histories) {
    const createdAt = new Date(dueAt)
    await orm.insert(posts).values({
      id: postId,
      status: 'open',
      ...channel,
      workspaceId,
      authorId: 'U1',
      text: `The text of ${postId}`,
      request: {},
      createdAt,
    })
    await orm.insert(targets).values({
      id: targetId,
      postId,
      position: 0,
      account,
      platform,
      status: list.at(-1)?.to ?? 'queued',
      state: {},
      dueSince: createdAt,
      content: {},
      contentHash: targetId,
      idempotencyKey: targetId,
      createdAt,
      updatedAt: createdAt,
    })
    const rows = list.map(({ at, type, from, to, attempt, reason, copies }) => ({
      at: new Date(at),
      targetId,
      postId,
      account,
      platform,
      type,
      fromStatus: from,
      toStatus: to,
      attempt,
      reason,
      evidence:
        copies > 0 ? { kind: 'found', copies: Array.from({ length: copies }, () => ({})) } : null,
    }))
    if (rows.length > 0) await orm.insert(events).values(rows)
  }
  for (const { type, targetId, postId, account, platform, at } of found) {
    const key = `${targetId}/${type}/1`
    const detail = type === 'duplicate' ? { type, copies: [] } : { type, how: '' }
    const row = { key, targetId, postId, account, platform, type, detail, at: new Date(at) }
    await orm.insert(incidents).values(row)
  }
}
