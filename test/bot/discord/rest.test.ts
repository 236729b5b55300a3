// First, as nothing keeps it from being: Slack's library brings a newer undici along.
import '@slack/bolt'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createRest } from '../../../src/bot/discord/rest.js'

test('a file goes up, whichever HTTP client the process loaded first', async () => {
  let received = ''
  const server = createServer(async (request, response) => {
    for await (const chunk of request) received += chunk
    response.setHeader('content-type', 'application/json')
    response.end('{"id":"7"}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  try {
    const rest = createRest({ apiUrl: `http://127.0.0.1:${port}/api`, token: 'token' })
    const files = [{ name: 'chart.png', data: Buffer.from('the picture') }]
    const answer = await rest.post('/channels/1/messages', { body: { content: 'Hello' }, files })
    expect(answer).toEqual({ id: '7' })
    expect(received).toContain('the picture')
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
