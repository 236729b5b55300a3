import { notInArray } from 'drizzle-orm'
import type { Orm } from './database.js'
import { workspaces } from './schema.js'

/** Brings the workspaces' own time zones in line with the accounts file. */
export async function syncWorkspaces(
  orm: Orm,
  list: readonly { chat: string; team: string; timeZone?: string | undefined }[],
  now: number,
): Promise<void> {
  const named = list.map(({ chat, team, timeZone = null }) => ({
    id: `${chat}:${team}`,
    chat,
    teamId: team,
    timeZone,
    createdAt: new Date(now),
  }))
  await orm.transaction(async (tx) => {
    const others = notInArray(
      workspaces.id,
      named.map(({ id }) => id),
    )
    await tx
      .update(workspaces)
      .set({ timeZone: null })
      .where(named.length > 0 ? others : undefined)
    for (const row of named) {
      const set = { timeZone: row.timeZone }
      await tx.insert(workspaces).values(row).onConflictDoUpdate({ target: workspaces.id, set })
    }
  })
}
