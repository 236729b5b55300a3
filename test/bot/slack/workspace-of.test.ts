import { afterEach, beforeEach, expect, it } from 'vitest'
import { slackWorkspaceOf } from '../../../src/bot/slack/workspace-of.js'
import { createSlackWorkspace, type SlackWorkspace } from '../../../src/sandbox/slack/index.js'
import { scopes } from './manifest.js'

let workspace: SlackWorkspace
let workspaceOf: (channelId: string) => Promise<string | undefined>

beforeEach(async () => {
  workspace = createSlackWorkspace({
    scopes: [...scopes],
    channels: [
      { id: 'C1', name: 'social' },
      { id: 'C2', name: 'outside', botIsMember: false },
    ],
  })
  const { apiUrl } = await workspace.listen()
  workspaceOf = slackWorkspaceOf({ botToken: workspace.botToken, apiUrl })
})
afterEach(() => workspace.close())

it.each([
  ['the bot is in', 'C1', expect.stringMatching(/^T/)],
  ['the bot is not in', 'C2', undefined],
  ['does not exist', 'C0TYPO', undefined],
])('knows the team of a channel that %s', async (_which, channel, team) => {
  expect(await workspaceOf(channel)).toEqual(team)
})

it('asks about a channel that the bot is in only once', async () => {
  await workspaceOf('C1')
  const asked = workspace.calls().length
  await workspaceOf('C1')
  expect(workspace.calls()).toHaveLength(asked)
})

it('takes the channel as known while Slack does not say', async () => {
  workspace.faults.error('conversations.history', 'internal_error', { applied: false })
  expect(await workspaceOf('C2')).toMatch(/^T/)
})
