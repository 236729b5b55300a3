import { expect, it } from 'vitest'
import { ADA, GENERAL, type Running, request, startDiscord } from './support.js'

const HOUR = 3_600_000

async function withThread(options: { maxActiveThreads?: number } = {}) {
  let offsetMs = 0
  const clock = () => Date.now() + offsetMs
  const running = await startDiscord({ clock, rateLimits: [], ...options })
  const card = await request(running, `POST /channels/${GENERAL}/messages`, { content: 'card' })
  const path: `/${string}` = `/channels/${GENERAL}/messages/${card.body.id}/threads`
  const started = await request(running, `POST ${path}`, { name: 'x', auto_archive_duration: 60 })
  const pass = (ms: number) => {
    offsetMs += ms
  }
  return { ...running, card: card.body, path, started, pass }
}

const say = (running: Running, channel: string, content: string) =>
  request(running, `POST /channels/${channel}/messages`, { content })

it('has the id of its message, and there is only one', async () => {
  const running = await withThread()
  expect(running.started).toMatchObject({
    status: 201,
    body: { id: running.card.id, type: 11, parent_id: GENERAL, message_count: 0 },
  })
  expect(await request(running, `POST ${running.path}`, { name: 'again' })).toMatchObject({
    status: 400,
    body: { code: 160004 },
  })
  const parent = await request(running, `GET /channels/${GENERAL}/messages/${running.card.id}`)
  expect(parent.body).toMatchObject({ flags: 32, thread: { id: running.card.id } })
})

it('begins with a line of its own, which counts for nothing', async () => {
  const running = await withThread()
  await say(running, running.card.id, 'facebook: live')
  const { body } = await request(running, `GET /channels/${running.card.id}/messages`)
  expect(body.map(({ type }: { type: number }) => type)).toEqual([0, 21])
  expect(running.discord.messages(running.card.id)).toMatchObject([{ content: 'facebook: live' }])
  expect(running.discord.threads(GENERAL)).toMatchObject([{ message_count: 1 }])
})

it('can stand alone, private unless a type says otherwise', async () => {
  const running = await withThread()
  const path = `/channels/${GENERAL}/threads` as const
  expect((await request(running, `POST ${path}`, { name: 'a' })).body.type).toBe(12)
  expect((await request(running, `POST ${path}`, { name: 'b', type: 11 })).body.type).toBe(11)
  expect((await request(running, `POST ${path}`, { name: '' })).body.code).toBe(50035)
  expect((await request(running, `POST ${path}`, { name: 'x'.repeat(101) })).body.code).toBe(50035)
  expect(running.discord.threads(GENERAL)).toHaveLength(3)
})

it('is refused when the guild has too many', async () => {
  const running = await withThread({ maxActiveThreads: 1 })
  const another = await say(running, GENERAL, 'second card')
  const path: `/${string}` = `/channels/${GENERAL}/messages/${another.body.id}/threads`
  const start = () => request(running, `POST ${path}`, { name: 'y' })
  expect(await start()).toMatchObject({ status: 400, body: { code: 160006 } })
  running.discord.as(ADA).archiveThread(running.card.id)
  expect((await start()).status).toBe(201)
})

it('archives when it has been quiet; then edits are refused and a new message wakes it', async () => {
  const running = await withThread()
  const line = await say(running, running.card.id, 'facebook: waiting')
  const edit = (content: string) =>
    request(running, `PATCH /channels/${running.card.id}/messages/${line.body.id}`, { content })
  running.pass(HOUR / 2)
  expect((await edit('facebook: publishing')).status).toBe(200)
  running.pass(HOUR)
  expect(await edit('facebook: live')).toMatchObject({ status: 400, body: { code: 50083 } })
  expect(running.discord.threads(GENERAL)).toMatchObject([{ thread_metadata: { archived: true } }])
  await say(running, running.card.id, 'facebook: live')
  expect(running.discord.threads(GENERAL)).toMatchObject([{ thread_metadata: { archived: false } }])
  expect((await edit('facebook: live')).status).toBe(200)
})

it('can be unarchived without posting, but not when a moderator locked it', async () => {
  const running = await withThread()
  const wake = () => request(running, `PATCH /channels/${running.card.id}`, { archived: false })
  running.discord.as(ADA).archiveThread(running.card.id)
  expect(await wake()).toMatchObject({
    status: 200,
    body: { thread_metadata: { archived: false } },
  })
  running.discord.as(ADA).archiveThread(running.card.id, { locked: true })
  expect((await wake()).body.code).toBe(50013)
  expect((await say(running, running.card.id, 'x')).body.code).toBe(160005)
})

it('needs its own permissions', async () => {
  const running = await withThread()
  running.discord.denyPermission(GENERAL, 'SEND_MESSAGES_IN_THREADS')
  expect((await say(running, running.card.id, 'x')).body.code).toBe(50013)
  const another = await say(running, GENERAL, 'second card')
  running.discord.denyPermission(GENERAL, 'CREATE_PUBLIC_THREADS')
  const path: `/${string}` = `/channels/${GENERAL}/messages/${another.body.id}/threads`
  expect((await request(running, `POST ${path}`, { name: 'y' })).body.code).toBe(50013)
})

it('goes when it is deleted, and its message stays', async () => {
  const running = await withThread()
  running.discord.as(ADA).deleteChannel(running.card.id)
  expect((await say(running, running.card.id, 'x')).body.code).toBe(10003)
  expect(running.discord.messages(GENERAL)).toHaveLength(1)
})
