import { describe, expect, it, onTestFinished } from 'vitest'
import { keepConnected } from '../../../src/bot/discord/connection.js'
import { createChannelOf } from '../../../src/bot/discord/place.js'
import { createRest } from '../../../src/bot/discord/rest.js'
import { createLog, createRedactor } from '../../../src/log.js'
import { openBareGateway } from './bare-gateway.js'

async function connect() {
  const bare = await openBareGateway()
  const taken: unknown[] = []
  const logged: string[] = []
  const connection = keepConnected(bare.settings, {
    rest: createRest(bare.settings),
    log: createLog({
      level: 'info',
      redactor: createRedactor(),
      destination: { write: (line) => logged.push(JSON.parse(line).msg) },
    }),
    random: Math.random,
    take: (interaction) => taken.push(interaction),
  })
  onTestFinished(() => connection.stop())
  await connection.start()
  return { ...bare, taken, logged }
}

describe('a Discord that says the least it may', () => {
  it('brings interactions that discord.js could not read', async () => {
    const { dispatch, taken } = await connect()
    // Without `entitlements` discord.js throws, and nobody would catch it.
    dispatch('INTERACTION_CREATE', { id: '1', type: 2, token: 't', data: { type: 1 } })
    await expect.poll(() => taken).toMatchObject([{ id: '1' }])
  })

  it('is listened to further after an event that discord.js cannot read', async () => {
    const { dispatch, taken, logged } = await connect()
    dispatch('CHANNEL_UPDATE', null)
    dispatch('INTERACTION_CREATE', { id: '2' })
    await expect.poll(() => taken).toEqual([{ id: '2' }])
    expect(logged).toContain('discord.js could not read an event')
  })

  it('gets the commands also where it does not list them', async () => {
    const { asked } = await connect()
    expect(asked.filter((call) => call.startsWith('PUT'))).toHaveLength(1)
  })

  it('leaves a place what it is when nobody knows more', async () => {
    const { settings } = await connect()
    expect(await createChannelOf(createRest(settings))('42')).toBe('42')
  })
})
