import { describe, expect, it } from 'vitest'
import { ADA, BEN, GENERAL, GUILD, type Running, request, startDiscord } from './support.js'

const ping = { name: 'ping', description: 'Is anybody there?' }
const option = (fields: object = {}) => ({ type: 3, name: 'text', description: 'Text', ...fields })

const pathOf = ({ discord }: Running, guildId?: string) =>
  `/applications/${discord.applicationId}${guildId ? `/guilds/${guildId}` : ''}/commands` as const

it('replaces the whole set, and a command keeps its id with its name', async () => {
  const running = await startDiscord()
  const path = pathOf(running)
  const first = await request(running, `PUT ${path}`, [ping, { ...ping, name: 'pong' }])
  const second = await request(running, `PUT ${path}`, [{ ...ping, description: 'Changed' }])
  expect(second.body).toMatchObject([{ id: first.body[0].id, description: 'Changed' }])
  expect(second.body[0].version).not.toBe(first.body[0].version)
  expect(running.discord.commands()).toHaveLength(1)
  expect((await request(running, `GET ${path}`)).body).toEqual(second.body)
})

it('creates once, then overwrites; edits and deletes by id', async () => {
  const running = await startDiscord()
  const path = pathOf(running)
  const created = await request(running, `POST ${path}`, ping)
  expect(created.status).toBe(201)
  expect((await request(running, `POST ${path}`, ping)).status).toBe(200)
  const one = `${path}/${created.body.id}` as const
  expect((await request(running, `PATCH ${one}`, { description: 'New' })).body).toMatchObject({
    id: created.body.id,
    name: 'ping',
    description: 'New',
  })
  expect((await request(running, `DELETE ${one}`)).status).toBe(204)
  expect((await request(running, `GET ${one}`)).body.code).toBe(10063)
})

it('keeps the commands of a guild apart from the global ones', async () => {
  const running = await startDiscord()
  await request(running, `PUT ${pathOf(running)}`, [ping])
  await request(running, `PUT ${pathOf(running, GUILD)}`, [{ ...ping, name: 'local' }])
  expect(running.discord.commands().map(({ name }) => name)).toEqual(['ping'])
  expect(running.discord.commands(GUILD)).toMatchObject([{ name: 'local', guild_id: GUILD }])
  const unknown = await request(running, 'PUT /applications/123/commands', [ping])
  expect(unknown.body.code).toBe(10002)
})

describe('refuses', () => {
  it.each<[string, object]>([
    ['a name in capitals', { ...ping, name: 'Ping' }],
    ['a name with a space', { ...ping, name: 'ping pong' }],
    ['a description of 101', { ...ping, description: 'x'.repeat(101) }],
    ['no description', { name: 'ping' }],
    [
      '26 options',
      { ...ping, options: Array.from({ length: 26 }, (_, nr) => option({ name: `o${nr}` })) },
    ],
    ['two options of one name', { ...ping, options: [option(), option()] }],
    [
      'a required option after an optional one',
      { ...ping, options: [option(), option({ name: 'more', required: true })] },
    ],
    [
      'a subcommand beside an option',
      { ...ping, options: [option(), { type: 1, name: 'sub', description: 'x' }] },
    ],
    ['an option type that does not exist', { ...ping, options: [option({ type: 12 })] }],
    [
      'more than 8000 characters',
      {
        ...ping,
        options: [
          option({
            choices: Array.from({ length: 25 }, (_, nr) => ({
              name: `${nr}`.padEnd(100, 'x'),
              value: 'y'.repeat(300),
            })),
          }),
        ],
      },
    ],
  ])('%s', async (_what, body) => {
    const running = await startDiscord()
    const answer = await request(running, `POST ${pathOf(running)}`, body)
    expect(answer).toMatchObject({ status: 400, body: { code: 50035 } })
    expect(running.discord.commands()).toEqual([])
  })

  it('the same name twice in one set', async () => {
    const running = await startDiscord()
    const answer = await request(running, `PUT ${pathOf(running)}`, [ping, ping])
    expect(answer.body.errors).toMatchObject({
      1: { _errors: [{ code: 'APPLICATION_COMMANDS_DUPLICATE_NAME' }] },
    })
  })
})

it('lets people send only what a Discord client would let them send', async () => {
  const running = await startDiscord()
  const { discord } = running
  await request(running, `PUT ${pathOf(running)}`, [
    { ...ping, options: [option({ required: true, max_length: 5 })] },
    { ...ping, name: 'admin', default_member_permissions: `${1 << 5}` },
    { ...ping, name: 'post', options: [{ type: 1, name: 'now', description: 'x' }] },
  ])
  const ada = discord.as(ADA)
  const ben = discord.as(BEN)
  await expect(ada.slash('unknown', {}, GENERAL)).rejects.toThrow('no command /unknown')
  await expect(ada.slash('ping', {}, GENERAL)).rejects.toThrow('needs the option "text"')
  await expect(ada.slash('ping', { options: { text: 'too long' } }, GENERAL)).rejects.toThrow(
    'at most 5',
  )
  await expect(ada.slash('ping', { options: { text: 'x', y: 1 } }, GENERAL)).rejects.toThrow(
    'no option "y"',
  )
  await expect(ada.slash('post', {}, GENERAL)).rejects.toThrow('only be used with a subcommand')
  await expect(ada.slash('post', { subcommand: 'later' }, GENERAL)).rejects.toThrow('no subcommand')
  await expect(ben.slash('admin', {}, GENERAL)).rejects.toThrow('not for user')
})
