import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createSlackWorkspace,
  type SlackWorkspace,
  type WorkspaceOptions,
} from '../../../src/sandbox/slack/index.js'
import { webClient } from './bolt-app.js'

const channel = 'C1'
const options: WorkspaceOptions = {
  rateLimits: 'off',
  users: [
    { id: 'U1', name: 'ana', tz: 'Asia/Kolkata' },
    { id: 'U2', name: 'ben', tz: 'Etc/UTC' },
  ],
  channels: [
    { id: 'C1', name: 'social' },
    { id: 'C2', name: 'private', botIsMember: false },
  ],
  usergroups: [{ id: 'S1', handle: 'press', name: 'Press', users: ['U1'] }],
}
const divider = { type: 'divider' as const }
const metadata = { event_type: 'pressroom_post', event_payload: { postId: 'p1' } }

let slack: SlackWorkspace
let client: ReturnType<typeof webClient>

async function start(over: WorkspaceOptions = {}): Promise<void> {
  slack = createSlackWorkspace({ ...options, ...over })
  client = webClient(slack, (await slack.listen()).apiUrl)
}

beforeEach(() => start())
afterEach(() => slack.close())

const post = async (text: string, thread_ts?: string): Promise<string> => {
  const answer = await client.chat.postMessage({ channel, text, ...(thread_ts && { thread_ts }) })
  return answer.ts ?? ''
}

describe('posting', () => {
  it('answers with the message as history shows it', async () => {
    const posted = await client.chat.postMessage({
      channel,
      text: 'Hi',
      blocks: [divider],
      metadata,
    })
    const history = await client.conversations.history({ channel, include_all_metadata: true })
    expect(history.messages?.[0]).toEqual(posted.message)
    expect(posted.message).toMatchObject({ text: 'Hi', bot_id: 'B0000000BOT', metadata })
  })

  it.each([
    [{ channel: 'C404', text: 'x' }, 'channel_not_found'],
    [{ channel: 'social', text: 'x' }, 'channel_not_found'],
    [{ channel: 'C2', text: 'x' }, 'not_in_channel'],
    [{ channel, text: '' }, 'no_text'],
    [{ channel, text: 'x', thread_ts: '1.000001' }, 'thread_not_found'],
    [{ channel, text: 'x', metadata: { event_type: 'a' } }, 'invalid_metadata_format'],
    [
      { channel, text: 'x', metadata: { event_type: 'a', event_payload: { x: 'y'.repeat(8200) } } },
      'metadata_too_large',
    ],
    [{ channel, text: 'x', blocks: [{ type: 'poem' }] }, 'invalid_blocks'],
    [{ channel, text: 'x', blocks: 'not json' }, 'invalid_blocks_format'],
    [{ channel, text: 'x', colour: 'red' }, 'invalid_arguments'],
  ])('refuses %j with %s', async (args, error) => {
    await expect(client.apiCall('chat.postMessage', args)).rejects.toThrow(error)
    expect(slack.messages('C1')).toEqual([])
    expect(slack.calls('chat.postMessage')).toMatchObject([{ ok: false, error }])
  })

  it('names the path of what is wrong with blocks', async () => {
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3001) } }]
    await expect(
      client.apiCall('chat.postMessage', { channel, text: 'x', blocks }),
    ).rejects.toMatchObject({
      data: { response_metadata: { messages: [expect.stringContaining('/blocks/0/text/text')] } },
    })
  })

  it('threads under a first message only, and counts the replies', async () => {
    const ts = await post('first')
    const reply = await post('reply', ts)
    await expect(post('below a reply', reply)).rejects.toThrow('cannot_reply_to_message')
    expect(slack.messages(channel)[0]).toMatchObject({ reply_count: 1, latest_reply: reply })
    expect(slack.replies(channel, ts)).toMatchObject([{ text: 'reply', thread_ts: ts }])
  })

  it('shows an ephemeral message to one member, outside of history', async () => {
    await client.chat.postEphemeral({ channel, user: 'U1', text: 'psst' })
    await expect(client.chat.postEphemeral({ channel, user: 'U9', text: 'psst' })).rejects.toThrow(
      'user_not_in_channel',
    )
    expect(slack.ephemerals('U1')).toMatchObject([{ text: 'psst' }])
    expect(slack.ephemerals('U2')).toEqual([])
    expect(slack.messages(channel)).toEqual([])
    const ts = slack.ephemerals()[0]?.ts ?? ''
    await expect(client.chat.update({ channel, ts, text: 'x' })).rejects.toThrow(
      'message_not_found',
    )
  })

  it('opens direct messages for a person', async () => {
    const posted = await client.chat.postMessage({ channel: 'U1', text: 'Hi' })
    const opened = await client.conversations.open({ users: 'U1' })
    expect(opened.channel?.id).toBe(posted.channel)
    expect(slack.messages(posted.channel ?? '')).toMatchObject([{ text: 'Hi' }])
  })
})

describe('editing', () => {
  it('removes the blocks when only text is sent, and keeps metadata that is left out', async () => {
    const { ts = '' } = await client.chat.postMessage({
      channel,
      text: 'a',
      blocks: [divider],
      metadata,
    })
    await client.chat.update({ channel, ts, text: 'b' })
    expect(slack.messages(channel)[0]).toMatchObject({ text: 'b', metadata, edited: {} })
    expect(slack.messages(channel)[0]).not.toHaveProperty('blocks')
  })

  it('replaces metadata, or removes it when it is empty', async () => {
    const { ts = '' } = await client.chat.postMessage({ channel, text: 'a', metadata })
    const next = { ...metadata, event_payload: { postId: 'p2' } }
    await client.chat.update({ channel, ts, text: 'b', metadata: next })
    expect(slack.messages(channel)[0]?.metadata).toEqual(next)
    await client.apiCall('chat.update', { channel, ts, text: 'b', metadata: {} })
    expect(slack.messages(channel)[0]).not.toHaveProperty('metadata')
  })

  it('is for own messages of at most 4,000 characters', async () => {
    const theirs = slack.as('U1').say('mine', channel)
    const ts = await post('own')
    const update = (over: object) =>
      client.apiCall('chat.update', { channel, ts, text: 'x', ...over })
    await expect(update({ ts: theirs.ts })).rejects.toThrow('cant_update_message')
    await expect(update({ ts: '1.000001' })).rejects.toThrow('message_not_found')
    await expect(update({ text: 'x'.repeat(4001) })).rejects.toThrow('msg_too_long')
    await expect(update({ text: '' })).rejects.toThrow('no_text')
    await expect(client.chat.delete({ channel, ts: theirs.ts })).rejects.toThrow('cant_delete')
  })

  it('leaves a tombstone where replies are, and nothing elsewhere', async () => {
    const parent = await post('parent')
    await post('reply', parent)
    const alone = await post('alone')
    await client.chat.delete({ channel, ts: parent })
    await client.chat.delete({ channel, ts: alone })
    expect(slack.messages(channel)).toMatchObject([{ subtype: 'tombstone' }, { text: 'reply' }])
  })
})

describe('reading', () => {
  it('pages through history, newest first, without replies and metadata', async () => {
    for (const text of ['1', '2', '3']) await post(text)
    const parent = slack.messages(channel)[0]?.ts ?? ''
    await client.chat.postMessage({ channel, text: 'reply', thread_ts: parent, metadata })
    const first = await client.conversations.history({ channel, limit: 2 })
    expect(first.messages?.map((m) => m.text)).toEqual(['3', '2'])
    expect(first.has_more).toBe(true)
    const cursor = first.response_metadata?.next_cursor ?? ''
    const second = await client.conversations.history({ channel, limit: 2, cursor })
    expect(second.messages?.map((m) => m.text)).toEqual(['1'])
    expect(second.has_more).toBe(false)
    const plain = await client.conversations.replies({ channel, ts: parent })
    expect(plain.messages?.[1]).not.toHaveProperty('metadata')
    const full = await client.conversations.replies({
      channel,
      ts: parent,
      include_all_metadata: true,
    })
    expect(full.messages).toMatchObject([
      { text: '1', reply_count: 1 },
      { text: 'reply', metadata },
    ])
  })

  it('keeps within oldest and latest, inclusive only when asked', async () => {
    const [a = '', b = '', c = ''] = [await post('a'), await post('b'), await post('c')]
    const texts = async (range: object) => {
      const { messages } = await client.conversations.history({ channel, ...range })
      return messages?.map((m) => m.text)
    }
    expect(await texts({ oldest: a, latest: c })).toEqual(['b'])
    expect(await texts({ oldest: a, latest: b, inclusive: true })).toEqual(['b', 'a'])
    await expect(texts({ oldest: 'yesterday' })).rejects.toThrow('invalid_ts_oldest')
  })

  it('knows people with their time zones, groups and members', async () => {
    const { user } = await client.users.info({ user: 'U1' })
    expect(user).toMatchObject({ name: 'ana', tz: 'Asia/Kolkata', tz_offset: 19_800 })
    await expect(client.users.info({ user: 'U9' })).rejects.toThrow('user_not_found')
    const { users } = await client.usergroups.users.list({ usergroup: 'S1' })
    expect(users).toEqual(['U1'])
    const { members } = await client.conversations.members({ channel })
    expect(members).toEqual(['U1', 'U2', slack.botUserId])
    const { channels } = await client.conversations.list({ types: 'public_channel' })
    expect(channels).toMatchObject([{ is_member: true }, { is_member: false }])
  })

  it('links to a message and its thread', async () => {
    const ts = await post('first')
    const reply = await post('reply', ts)
    const { permalink } = await client.chat.getPermalink({ channel, message_ts: reply })
    expect(permalink).toContain(`/archives/C1/p${reply.replace('.', '')}?thread_ts=${ts}`)
  })
})

describe('tokens', () => {
  it('are needed, known and of the right kind', async () => {
    const { apiUrl } = await slack.listen()
    const call = async (method: string, token?: string) => {
      const headers = token ? { authorization: `Bearer ${token}` } : undefined
      const response = await fetch(apiUrl + method, { method: 'POST', ...(headers && { headers }) })
      return (await response.json()).error
    }
    expect(await call('auth.test')).toBe('not_authed')
    expect(await call('auth.test', 'xoxb-other')).toBe('invalid_auth')
    expect(await call('auth.test', slack.appToken)).toBe('not_allowed_token_type')
    expect(await call('apps.connections.open', slack.botToken)).toBe('not_allowed_token_type')
    expect(await call('chat.shout', slack.botToken)).toBe('unknown_method')
  })

  it('carry only the granted scopes', async () => {
    await slack.close()
    await start({ scopes: ['chat:write'] })
    await post('allowed')
    await expect(client.conversations.history({ channel })).rejects.toMatchObject({
      data: { error: 'missing_scope', needed: 'channels:history', provided: 'chat:write' },
    })
  })

  it('never show in the log of calls', async () => {
    await client.apiCall('chat.postMessage', { channel, text: 'x', token: slack.botToken })
    expect(JSON.stringify(slack.calls())).not.toContain(slack.botToken)
  })
})
