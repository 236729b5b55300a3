import { describe, expect, it } from 'vitest'
import { postCard } from '../../../src/bot/card.js'
import type { Chat, PostResult } from '../../../src/bot/chat.js'
import { textOf } from '../../../src/bot/discord/marker.js'
import { type Mirrored, mirrorAsDiscord } from '../../../src/bot/discord/mirror.js'
import { createMirror } from '../../../src/sandbox/page/mirror.js'
import { STATES, target, view } from '../view.js'

const card = postCard(view([target('ta', STATES.failed)]))

function chatThat(posts: PostResult): Chat {
  return {
    name: 'slack',
    pace: { post: [], edit: [], find: [] },
    post: async () => posts,
    edit: async () => ({ kind: 'edited' }),
    find: async () => ({ kind: 'absent' }),
    remove: async () => {},
  }
}

describe('what a chat shows, as Discord would', () => {
  it('follows what was posted and edited, and nothing else', async () => {
    const seen: Mirrored[] = []
    const show = (mirrored: Mirrored) => void seen.push(mirrored)
    const posted = mirrorAsDiscord(chatThat({ kind: 'posted', messageId: '1.5' }), show)
    expect(await posted.post({ channelId: 'C1', card })).toMatchObject({ kind: 'posted' })
    await posted.edit({ channelId: 'C1', messageId: '1.5', card: { ...card, excerpt: 'New' } })
    const refused = mirrorAsDiscord(chatThat({ kind: 'unknown', why: 'lost' }), show)
    await refused.post({ channelId: 'C1', card })
    expect(
      seen.map(({ messageId, message }) => [messageId, textOf(message).split('\n')[0]]),
    ).toEqual([
      ['1.5', '**Hello world**'],
      ['1.5', '**New**'],
    ])
  })

  it('names the files of what is posted by hand', async () => {
    const seen: Mirrored[] = []
    const chat = mirrorAsDiscord(chatThat({ kind: 'posted', messageId: 'F1' }), (one) =>
      seen.push(one),
    )
    const media = { kind: 'media', postId: 'p1', key: 'p1/m', account: 'a', media: [] } as const
    await chat.post({ channelId: 'C1', rootId: '1.5', card: { ...media, text: 'x' } })
    expect(seen).toMatchObject([
      { messageId: 'F1', rootId: '1.5', message: { content: expect.stringContaining('**a**') } },
    ])
  })

  it('is remembered', () => {
    let memory = new Uint8Array()
    const changed = (bytes: Uint8Array) => {
      memory = new Uint8Array(bytes)
    }
    createMirror({ changed, now: () => 7 }).show({ messageId: '1', message: {}, files: [] })
    createMirror({ memory, changed }).show({ messageId: '1', message: { content: 'x' }, files: [] })
    expect(JSON.parse(Buffer.from(memory).toString())).toEqual([
      ['1', { messageId: '1', message: { content: 'x' }, files: [], at: 7 }],
    ])
  })
})
