import { afterEach, beforeEach, expect, it } from 'vitest'
import { createSlackClient } from '../../../src/bot/slack/chat.js'
import { createGroups } from '../../../src/bot/slack/groups.js'
import { createLog, createRedactor } from '../../../src/log.js'
import { createSlackWorkspace, type SlackWorkspace } from '../../../src/sandbox/slack/index.js'
import { scopes } from './manifest.js'

const log = createLog({ level: 'silent', redactor: createRedactor() })
const group = 'group:S1'
let workspace: SlackWorkspace
let groups: ReturnType<typeof createGroups>

beforeEach(async () => {
  workspace = createSlackWorkspace({
    scopes: [...scopes],
    usergroups: [{ id: 'S1', handle: 'press', name: 'Press', users: ['U1'] }],
  })
  const { apiUrl } = await workspace.listen()
  const client = createSlackClient(workspace.botToken, apiUrl)
  groups = createGroups({ client, now: () => 0, log })
})
afterEach(() => workspace.close())

it('tells who belongs to a group and who does not', async () => {
  expect(await groups('U1', [group])).toEqual({ is: new Set([group]), unknown: new Set() })
  expect(await groups('U2', [group])).toEqual({ is: new Set(), unknown: new Set() })
  expect(workspace.calls('usergroups.users.list')).toHaveLength(1)
})

it('does not know while Slack does not tell, for everybody who asks, and asks again then', async () => {
  workspace.faults.error('usergroups.users.list', 'internal_error', { applied: false })
  const silence = { is: new Set(), unknown: new Set([group]) }
  const asked = await Promise.all([groups('U1', [group]), groups('U1', [group])])
  expect(asked).toEqual([silence, silence])
  expect((await groups('U1', [group])).is).toEqual(new Set([group]))
})
