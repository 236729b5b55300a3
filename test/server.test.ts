import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLog, createRedactor } from '../src/log.js'
import { createSlackWorkspace } from '../src/sandbox/slack/index.js'
import { type Route, type Server, startServer } from '../src/server.js'

const log = createLog({ level: 'silent', redactor: createRedactor() })
/** What no address can be made of. */
const UNREADABLE = ['//', '///', '//?x', '//[', '//a:99999/', '/\\']

describe('the HTTP server', () => {
  const slack = createSlackWorkspace()
  const hello: Route = (_request, response, path) => {
    if (path !== '/hello') return false
    response.end('hello\n')
    return true
  }
  let server: Server

  beforeEach(async () => {
    const { upgrade } = slack
    server = await startServer({ port: 0, host: '127.0.0.1', routes: [hello], upgrade, log })
  })
  afterEach(() => server.close())

  /** What is answered to these bytes, until the server hangs up. */
  async function send(head: string): Promise<string> {
    const socket = connect(server.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(`${head}\r\n\r\n`)
    return text(socket)
  }
  const ask = (target: string) =>
    send(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close`)
  const upgrade = (target: string) =>
    send(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket`)

  it.each(UNREADABLE)('refuses %s, and goes on', async (target) => {
    expect(await ask(target)).toMatch(/^HTTP\/1\.1 400 /)
    expect(await ask('/hello?x')).toMatch(/^HTTP\/1\.1 200 .*hello\n$/s)
  })

  it.each(UNREADABLE)('hangs up on who asks for %s as a socket, and goes on', async (target) => {
    expect(await upgrade(target)).toBe('')
    expect(await ask('/hello')).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('has nothing at an address that nobody serves', async () => {
    for (const target of ['/', '/a//b', '/%', '*', '//x/y']) {
      expect(await ask(target)).toMatch(/^HTTP\/1\.1 404 /)
    }
  })
})
