import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { channelRulesShape, rulesFor, workspaceSchema } from '../../src/bot/rules.js'

const HOUR = 3_600_000
const place = (channelId: string, teamId = 'T1') => ({ chat: 'slack', teamId, channelId }) as const

/** The rules in a place, of a workspace and of its channel C1. */
function rules(workspace: object, channel: object, where = place('C1')) {
  const channelSchema = z.object(channelRulesShape)
  return rulesFor(
    {
      workspaces: [workspaceSchema.parse({ chat: 'slack', team: 'T1', ...workspace })],
      channels: [{ chat: 'slack', channel: 'C1', ...channelSchema.parse(channel) }],
    },
    where,
  )
}

describe('the rules of a place', () => {
  it("are the channel's in place of the workspace's, thing by thing", () => {
    const workspace = { roles: { publish: ['user:U1'], cancel: ['user:U1'] } }
    const channel = { roles: { cancel: ['everyone'] } }
    expect(rules(workspace, channel).roles).toEqual({ publish: ['user:U1'], cancel: ['everyone'] })
    expect(rules(workspace, channel, place('C2')).roles).toEqual(workspace.roles)
    expect(rules(workspace, channel, place('C1', 'T2')).roles).toEqual(channel.roles)
  })

  it('ask for approval where the channel says so, for three days or as long as it says', () => {
    expect(rules({}, {}).approvalMs).toBeUndefined()
    expect(rules({}, { approval: true }).approvalMs).toBe(72 * HOUR)
    expect(rules({}, { approval: { expiresAfterHours: 2 } }).approvalMs).toBe(2 * HOUR)
    expect(rules({}, { approval: true }, place('C2')).approvalMs).toBeUndefined()
  })

  it('ask for it everywhere, also in private, where the workspace says so and a channel not otherwise', () => {
    const workspace = { approval: true }
    expect(rules(workspace, {}).approvalMs).toBe(72 * HOUR)
    expect(rules(workspace, {}, place('D0PRIVATE')).approvalMs).toBe(72 * HOUR)
    expect(rules(workspace, { approval: false }).approvalMs).toBeUndefined()
    expect(rules(workspace, { approval: { expiresAfterHours: 1 } }).approvalMs).toBe(HOUR)
  })
})
