import { describe, expect, it } from 'vitest'
import { channels, workspaces } from '../../src/store/schema.js'
import { loadScopeZone } from '../../src/store/scorecard-zone.js'
import { testDatabases } from '../support/database.js'

describe.each(testDatabases())('the time zone of a scorecard on $engine', ({ use }) => {
  const database = use()

  it("is that of the channel's workspace, and none of its own for everything", async () => {
    const { orm } = database()
    const createdAt = new Date(0)
    const workspace = { id: 'slack:T1', chat: 'slack', teamId: 'T1', createdAt }
    await orm.insert(workspaces).values({ ...workspace, timeZone: 'Europe/Madrid' })
    await orm
      .insert(channels)
      .values({ chat: 'slack', channelId: 'C1', workspaceId: workspace.id, createdAt })
    expect(await loadScopeZone(orm, { chat: 'slack', channelId: 'C1' })).toBe('Europe/Madrid')
    expect(await loadScopeZone(orm, { chat: 'slack', channelId: 'C2' })).toBeUndefined()
    expect(await loadScopeZone(orm, 'everything')).toBeUndefined()
  })
})
