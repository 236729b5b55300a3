import { eq } from 'drizzle-orm'
import type { Orm } from './database.js'
import { workspaces } from './schema.js'

/** The time zone of a workspace's own, if it has one. @param id `<chat>:<team>` */
export async function loadWorkspaceZone(orm: Orm, id: string): Promise<string | undefined> {
  const [workspace] = await orm
    .select({ timeZone: workspaces.timeZone })
    .from(workspaces)
    .where(eq(workspaces.id, id))
  return workspace?.timeZone ?? undefined
}
