import { AttachmentBuilder } from 'discord.js'
import { describe, expect, it } from 'vitest'
import {
  ADA,
  BEN,
  EDITORS,
  GENERAL,
  GUILD,
  login,
  OTHER,
  type Running,
  request,
  startDiscord,
} from './support.js'

const HOUR = 3_600_000
const MINUTE = 60_000

/** A server whose clock a test can move. It still runs, as the client's own does. */
async function withClock() {
  let offsetMs = 0
  const running = await startDiscord({ clock: () => Date.now() + offsetMs, rateLimits: [] })
  const pass = (ms: number) => {
    offsetMs += ms
  }
  return { ...running, pass }
}

const post = (running: Running, body: object, channel = GENERAL) =>
  request(running, `POST /channels/${channel}/messages`, body)

describe('an enforced nonce', () => {
  const card = { content: 'card', nonce: 'n-1', enforce_nonce: true }

  it('finds the earlier message for a few minutes, also from another channel', async () => {
    const running = await withClock()
    const first = await post(running, card)
    running.pass(2 * MINUTE)
    const second = await post(running, { ...card, content: 'changed' }, OTHER)
    expect(second.body).toMatchObject({ id: first.body.id, content: 'card', nonce: 'n-1' })
    expect(running.discord.messages(GENERAL)).toHaveLength(1)
    expect(running.discord.messages(OTHER)).toEqual([])
  })

  it('is forgotten after that', async () => {
    const running = await withClock()
    const first = await post(running, card)
    running.pass(6 * MINUTE)
    expect((await post(running, card)).body.id).not.toBe(first.body.id)
  })

  it('protects nobody when it is not enforced', async () => {
    const running = await withClock()
    await post(running, { content: 'card', nonce: 'n-1' })
    await post(running, { content: 'card', nonce: 'n-1' })
    expect(running.discord.messages(GENERAL)).toHaveLength(2)
  })

  it('holds for requests that arrive at once', async () => {
    const running = await withClock()
    const answers = await Promise.all([1, 2, 3, 4].map(() => post(running, card)))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
  })

  it('is not told again when the message is read', async () => {
    const running = await withClock()
    const { body } = await post(running, card)
    const read = await request(running, `GET /channels/${GENERAL}/messages/${body.id}`)
    expect(read.body).not.toHaveProperty('nonce')
    expect(running.discord.messages(GENERAL)).toMatchObject([{ nonce: 'n-1' }])
  })
})

describe('reading a channel', () => {
  it('gives the newest first, around, before or after a message', async () => {
    const running = await withClock()
    const ids: string[] = []
    for (const nr of [0, 1, 2, 3, 4]) ids.push((await post(running, { content: `${nr}` })).body.id)
    const read = async (query: string) => {
      const { body } = await request(running, `GET /channels/${GENERAL}/messages?${query}`)
      return body.map(({ content }: { content: string }) => content).join('')
    }
    expect(await read('')).toBe('43210')
    expect(await read('limit=2')).toBe('43')
    expect(await read(`before=${ids[2]}&limit=1`)).toBe('1')
    expect(await read(`after=${ids[1]}&limit=2`)).toBe('32')
    expect(await read(`around=${ids[2]}&limit=2`)).toBe('321')
    expect(await request(running, `GET /channels/${GENERAL}/messages?limit=101`)).toMatchObject({
      status: 400,
      body: { code: 50035 },
    })
  })

  it('shows nothing to a bot that may not read the history', async () => {
    const running = await withClock()
    await post(running, { content: 'x' })
    const restore = running.discord.denyPermission(GENERAL, 'READ_MESSAGE_HISTORY')
    const read = () => request(running, `GET /channels/${GENERAL}/messages`)
    expect((await read()).body).toEqual([])
    restore()
    expect((await read()).body).toHaveLength(1)
  })
})

describe('changing a message', () => {
  it('keeps what the edit does not name', async () => {
    const running = await withClock()
    const { body } = await post(running, { content: 'a', embeds: [{ title: 't' }] })
    const path = `/channels/${GENERAL}/messages/${body.id}`
    const edited = await request(running, `PATCH ${path}`, { content: 'b' })
    expect(edited.body).toMatchObject({ content: 'b', embeds: [{ title: 't' }] })
    expect(edited.body.edited_timestamp).not.toBeNull()
    expect((await request(running, `PATCH ${path}`, { embeds: [] })).body.embeds).toEqual([])
    expect(await request(running, `PATCH ${path}`, { content: null })).toMatchObject({
      body: { code: 50006 },
    })
  })

  it('cannot take the Components V2 flag back', async () => {
    const running = await withClock()
    const components = [{ type: 10, content: 'x' }]
    const { body } = await post(running, { flags: 1 << 15, components })
    const path = `/channels/${GENERAL}/messages/${body.id}`
    const edited = await request(running, `PATCH ${path}`, { flags: 0, components })
    expect(edited.body.flags & (1 << 15)).not.toBe(0)
    expect((await request(running, `PATCH ${path}`, { content: 'x' })).body.code).toBe(50035)
  })

  it('is refused for the message of somebody else, and for one that is gone', async () => {
    const running = await withClock()
    const { discord } = running
    const said = discord.as(ADA).say(GENERAL, 'mine')
    const path = `/channels/${GENERAL}/messages/${said.id}`
    expect((await request(running, `PATCH ${path}`, { content: 'x' })).body.code).toBe(50005)
    expect((await request(running, `DELETE ${path}`)).body.code).toBe(50013)
    const { body } = await post(running, { content: 'card' })
    discord.as(BEN).deleteMessage(body)
    const gone = `/channels/${GENERAL}/messages/${body.id}`
    expect(await request(running, `PATCH ${gone}`, { content: 'x' })).toMatchObject({
      status: 404,
      body: { code: 10008 },
    })
    expect((await request(running, `DELETE ${gone}`)).body.code).toBe(10008)
  })
})

describe('permissions', () => {
  it.each([
    ['VIEW_CHANNEL', { content: 'x' }, 50001],
    ['SEND_MESSAGES', { content: 'x' }, 50013],
    ['EMBED_LINKS', { embeds: [{ title: 'x' }] }, 50013],
  ] as const)('a bot without %s may not post', async (permission, body, code) => {
    const running = await withClock()
    running.discord.denyPermission(GENERAL, permission)
    expect(await post(running, body)).toMatchObject({ status: 403, body: { code } })
    expect((await post(running, body, OTHER)).status).toBe(200)
  })

  it('can be narrow from the start', async () => {
    const running = await startDiscord({
      permissions: ['VIEW_CHANNEL'],
      guilds: [{ id: GUILD, name: 'A', channels: [{ id: GENERAL, name: 'g' }], members: [] }],
    })
    expect((await post(running, { content: 'x' })).body.code).toBe(50013)
    const client = await login(running)
    const channel = await client.channels.fetch(GENERAL)
    if (!channel?.isTextBased() || channel.isDMBased()) throw new Error('not a guild channel')
    expect(channel.permissionsFor(client.user)?.has('SendMessages')).toBe(false)
  })

  it('a channel that is gone is unknown, and a wrong token lets nobody in', async () => {
    const running = await withClock()
    running.discord.as(ADA).deleteChannel(GENERAL)
    expect(await post(running, { content: 'x' })).toMatchObject({
      status: 404,
      body: { code: 10003 },
    })
    const headers = { authorization: 'Bot nobody' }
    expect((await fetch(`${running.apiUrl}/v10/users/@me`, { headers })).status).toBe(401)
  })
})

describe('mentions', () => {
  it('ring when a message is new, never when it is edited', async () => {
    const running = await withClock()
    const { discord } = running
    const { body } = await post(running, { content: `done, <@${ADA}>` })
    expect(body.mentions).toMatchObject([{ id: ADA }])
    await request(running, `PATCH /channels/${GENERAL}/messages/${body.id}`, {
      content: `done, <@${BEN}>`,
    })
    expect(discord.messages(GENERAL)).toMatchObject([{ mentions: [{ id: BEN }] }])
    expect(discord.notifications(ADA)).toMatchObject([{ messageId: body.id }])
    expect(discord.notifications(BEN)).toEqual([])
  })

  it('stay within what is allowed', async () => {
    const running = await withClock()
    const content = `<@${ADA}> <@${BEN}> <@&${EDITORS}> @everyone`
    await post(running, { content, allowed_mentions: { parse: [] } })
    await post(running, { content, allowed_mentions: { users: [BEN] } })
    expect(running.discord.notifications(ADA)).toEqual([])
    expect(running.discord.notifications(BEN)).toHaveLength(1)
  })
})

describe('files', () => {
  const PNG = Buffer.from('89504e470d0a1a0a', 'hex')

  it('go up with the message and come back from a signed link that lasts a day', async () => {
    const running = await withClock()
    const channel = await (await login(running)).channels.fetch(GENERAL)
    if (!channel?.isSendable()) throw new Error('not a channel to write to')
    const chart = new AttachmentBuilder(PNG, { name: 'score card.png', description: 'A chart' })
    const embeds = [{ image: { url: 'attachment://score_card.png' } }]
    const sent = await channel.send({ files: [chart], embeds })
    const [message] = running.discord.messages(GENERAL)
    const [attachment] = message?.attachments ?? []
    expect(attachment).toMatchObject({
      filename: 'score_card.png',
      content_type: 'image/png',
      description: 'A chart',
      size: 8,
    })
    expect(message?.embeds[0]?.image?.url).toBe(attachment?.url)
    const url = sent.attachments.first()?.url ?? ''
    const got = await fetch(url)
    expect(Buffer.from(await got.arrayBuffer())).toEqual(PNG)
    expect((await fetch(url.replace('hm=', 'hm=0'))).status).toBe(404)
    running.pass(25 * HOUR)
    expect((await fetch(url)).status).toBe(404)
    expect((await fetch((await sent.fetch(true)).attachments.first()?.url ?? '')).status).toBe(200)
  })

  it('may not be larger than ten megabytes, nor be shown without being there', async () => {
    const running = await withClock()
    const channel = await (await login(running)).channels.fetch(GENERAL)
    if (!channel?.isSendable()) throw new Error('not a channel to write to')
    const large = new AttachmentBuilder(Buffer.alloc(10 * 1024 * 1024 + 1), { name: 'large.bin' })
    await expect(channel.send({ files: [large] })).rejects.toMatchObject({ code: 40005 })
    const embeds = [{ image: { url: 'attachment://missing.png' } }]
    expect((await post(running, { embeds })).body.code).toBe(50035)
    expect(running.discord.messages(GENERAL)).toEqual([])
  })

  it('stay or go with the attachments an edit lists', async () => {
    const running = await withClock()
    const channel = await (await login(running)).channels.fetch(GENERAL)
    if (!channel?.isSendable()) throw new Error('not a channel to write to')
    const files = ['a.png', 'b.png'].map((name) => new AttachmentBuilder(PNG, { name }))
    const sent = await channel.send({ content: 'two', files })
    const [first] = [...sent.attachments.values()]
    await sent.edit({ content: 'still two' })
    expect(running.discord.messages(GENERAL)[0]?.attachments).toHaveLength(2)
    await sent.edit({
      attachments: first ? [first] : [],
      files: [new AttachmentBuilder(PNG, { name: 'c.png' })],
    })
    const names = running.discord.messages(GENERAL)[0]?.attachments.map(({ filename }) => filename)
    expect(names).toEqual(['a.png', 'c.png'])
  })
})
