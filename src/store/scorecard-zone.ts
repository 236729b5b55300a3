import { and, eq } from 'drizzle-orm'
import type { Orm } from './database.js'
import { channels, workspaces } from './schema.js'
import type { ScorecardScope } from './scorecard-history.js'

/** The time zone of a workspace's own, if it has one. @param id `<chat>:<team>` */
export async function loadWorkspaceZone(orm: Orm, id: string): Promise<string | undefined> {
  const [workspace] = await orm
    .select({ timeZone: workspaces.timeZone })
    .from(workspaces)
    .where(eq(workspaces.id, id))
  return workspace?.timeZone ?? undefined
}

/** The time zone in which the weeks of a channel are meant, if its workspace has one of its own. */
export async function loadScopeZone(orm: Orm, scope: ScorecardScope): Promise<string | undefined> {
  if (scope === 'everything') return undefined
  const [found] = await orm
    .select({ timeZone: workspaces.timeZone })
    .from(channels)
    .innerJoin(workspaces, eq(workspaces.id, channels.workspaceId))
    .where(and(eq(channels.chat, scope.chat), eq(channels.channelId, scope.channelId)))
  return found?.timeZone ?? undefined
}
