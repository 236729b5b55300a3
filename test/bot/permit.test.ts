import { describe, expect, it } from 'vitest'
import { type Owned, permit } from '../../src/bot/permit.js'

const here = { chat: 'slack', teamId: 'T1', channelId: 'C1' } as const
const ana = { kind: 'person', id: 'U1' } as const
const ben = { kind: 'person', id: 'U2' } as const
const post: Owned = {
  chat: 'slack',
  workspaceId: 'slack:T1',
  channelId: 'C1',
  authorId: 'U1',
  status: 'open',
}

describe('permit', () => {
  it('lets everybody in the channel act on its posts', () => {
    for (const kind of ['retry', 'confirmLive', 'cancel', 'editSubmitted', 'status'] as const) {
      expect(permit(kind, ben, here, post).kind).toBe('allowed')
    }
  })

  it.each([
    ['another channel', { ...here, channelId: 'C2' }],
    ['another workspace', { ...here, teamId: 'T2' }],
    ['another chat with the same ids', { ...here, chat: 'discord' }],
    ['the API by a person', { ...here, chat: 'api' }],
  ] as const)('refuses %s', (_where, conversation) => {
    for (const kind of ['retry', 'denyLive', 'cancel', 'publishAnyway', 'addNote'] as const) {
      expect(permit(kind, ana, conversation, post).kind).toBe('refused')
    }
  })

  it('lets only the one who was asked answer about a draft', () => {
    const draft = { ...post, status: 'draft' } as const
    for (const kind of ['publishAnyway', 'cancel'] as const) {
      expect(permit(kind, ana, here, draft).kind).toBe('allowed')
      expect(permit(kind, ben, here, draft).kind).toBe('refused')
    }
  })

  it('lets an automation with the token act for the whole installation', () => {
    const automation = { kind: 'api', id: 'api' } as const
    const api = { chat: 'api', teamId: 'api', channelId: 'api' } as const
    expect(permit('retry', automation, api, post).kind).toBe('allowed')
    expect(permit('retry', automation, { ...here, teamId: 'T2' }, post).kind).toBe('refused')
  })
})
