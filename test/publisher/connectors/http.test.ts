import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { send } from '../../../src/publisher/connectors/http.js'
import { waitFor } from '../../support/wait-for.js'
import { answering, startTcpServer } from './tcp-server.js'

const post = (url: string, rest: Partial<Parameters<typeof send>[1]> = {}) =>
  send({ method: 'POST', url, body: { json: { text: 'Hello' } } }, { timeoutMs: 5_000, ...rest })
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'

describe('a request is certainly not sent', () => {
  it('when the connection is refused', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    await new Promise((resolve) => server.close(resolve))
    const answer = await post(`http://127.0.0.1:${port}/`)
    expect(answer).toEqual({ kind: 'notSent', why: 'the connection was refused' })
  })

  it('when the host name means nothing', async () => {
    const answer = await post('http://pressroom.invalid/')
    expect(answer).toEqual({ kind: 'notSent', why: 'the host name could not be resolved' })
  })

  it.each(['', 'nonsense', 'ftp://127.0.0.1/', 'https://'])(
    'when the address is "%s"',
    async (url) => {
      expect(await post(url)).toMatchObject({ kind: 'notSent' })
    },
  )

  it('when a header cannot be sent, whose value is not repeated', async () => {
    const server = await startTcpServer(answering(OK))
    const headers = { authorization: 'Bearer secret\nsecret' }
    const answer = await send({ method: 'POST', url: server.url, headers }, { timeoutMs: 1_000 })
    expect(answer).toMatchObject({ kind: 'notSent', why: expect.not.stringContaining('secret') })
    expect(server.received()).toBe('')
  })

  it('when the server speaks no TLS', async () => {
    const server = await startTcpServer((socket) => socket.end('220 mail.example ESMTP\r\n'))
    const answer = await post(server.url.replace('http:', 'https:'))
    expect(answer.kind).toBe('notSent')
    expect(server.received()).not.toContain('POST')
  })

  it('when the TLS handshake fails', async () => {
    const server = createTlsServer({}) // without a certificate there is no shared cipher
    server.on('tlsClientError', () => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    expect((await post(`https://127.0.0.1:${port}/`)).kind).toBe('notSent')
  })

  it('when the time is over before TLS stands', async () => {
    const server = await startTcpServer(() => {})
    const answer = await post(server.url.replace('http:', 'https:'), { timeoutMs: 100 })
    expect(answer).toEqual({ kind: 'notSent', why: 'no answer within 100 ms' })
  })

  it('when the claim has ended by the time the connection stands: not one byte', async () => {
    const closed: Socket[] = []
    const server = await startTcpServer((socket) => {
      socket.on('close', () => closed.push(socket))
    })
    const answer = await post(server.url, { maySend: () => false })
    expect(answer).toEqual({ kind: 'notSent', why: 'the claim on this target had ended' })
    await waitFor(
      'the connection is closed',
      () => closed.length,
      (count) => count === 1,
    )
    expect(server.received()).toBe('')
  })
})

describe('there is no answer to trust', () => {
  it('when the connection is reset before the request is read', async () => {
    const accepted = new EventEmitter()
    const server = await startTcpServer((socket) => {
      socket.pause()
      accepted.emit('socket', socket)
    })
    const socket = once(accepted, 'socket')
    const maySend = () => {
      void socket.then(([connected]: Socket[]) => connected?.resetAndDestroy())
      return true
    }
    const answer = await post(server.url, { maySend })
    expect(answer).toEqual({ kind: 'noAnswer', why: 'the connection was reset' })
  })

  it.each<[string, (socket: Socket) => void]>([
    ['is reset after the request was read', (socket) => socket.resetAndDestroy()],
    ['ends without a word', (socket) => socket.end()],
    ['answers what is no HTTP', (socket) => socket.end('+OK ready\r\n')],
    ['breaks off in the headers', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-')],
    [
      'breaks off in the body',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"id":'),
    ],
    [
      'is reset in the body',
      (socket) =>
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"id":', () =>
          socket.resetAndDestroy(),
        ),
    ],
    [
      'breaks off between two chunks',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n'),
    ],
    [
      'sends a chunk that is none',
      (socket) => socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n'),
    ],
  ])('when it %s', async (_what, treat) => {
    const server = await startTcpServer((socket) => {
      socket.once('data', () => treat(socket))
    })
    expect((await post(server.url)).kind).toBe('noAnswer')
    expect(server.received()).toContain('Hello')
  })

  it('when it never comes', async () => {
    const server = await startTcpServer(() => {})
    const answer = await post(server.url, { timeoutMs: 100 })
    expect(answer).toEqual({ kind: 'noAnswer', why: 'no answer within 100 ms' })
    expect(server.received()).toContain('Hello')
  })

  it('when it comes a little at a time, for ever', async () => {
    const server = await startTcpServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n')
      const drip = setInterval(() => socket.write('.'), 10)
      socket.on('close', () => clearInterval(drip))
    })
    expect((await post(server.url, { timeoutMs: 150 })).kind).toBe('noAnswer')
  })

  it('when it is larger than any answer should be', async () => {
    const body = 'x'.repeat(2_000)
    const server = await startTcpServer(
      answering(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    )
    const answer = await post(server.url, { maxBodyBytes: 1_999 })
    expect(answer).toEqual({ kind: 'noAnswer', why: 'the answer is too large' })
    expect((await post(server.url, { maxBodyBytes: 2_000 })).kind).toBe('answer')
  })
})

describe('an answer', () => {
  it('that came in time is read, although this process was busy until it was too late', async () => {
    const busy = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400)
    const server = await startTcpServer(answering(OK, busy))
    const asked = post(server.url, { timeoutMs: 300 })
    expect(await asked).toMatchObject({ kind: 'answer', status: 200 })
  })

  it('comes with its status, its headers and its text', async () => {
    const coffee = Buffer.from('☕').toString('latin1')
    const head = 'HTTP/1.1 422 Nope\r\nX-Limit: 1\r\nX-Limit: 2\r\nContent-Length: 3\r\n\r\n'
    const server = await startTcpServer((socket) => {
      socket.once('data', () => socket.write(head + coffee, 'latin1'))
    })
    expect(await post(server.url)).toMatchObject({
      kind: 'answer',
      status: 422,
      headers: { 'x-limit': '1, 2', 'content-length': '3' },
      text: '☕',
    })
  })

  it('is handed over as it is: a redirect is not followed, an error not thrown', async () => {
    for (const status of [204, 302, 429, 500]) {
      const server = await startTcpServer(
        answering(
          `HTTP/1.1 ${status} Any\r\nLocation: /elsewhere\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n`,
        ),
      )
      const answer = await post(server.url)
      expect(answer).toMatchObject({
        kind: 'answer',
        status,
        text: '',
        headers: { 'retry-after': '7' },
      })
      expect(server.connections()).toBe(1)
    }
  })

  it('is the last one, after whatever comes before it', async () => {
    const server = await startTcpServer(
      answering(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}`),
    )
    expect(await post(server.url)).toMatchObject({ kind: 'answer', status: 200, text: '{}' })
  })

  it('gets a connection of its own each time', async () => {
    const server = await startTcpServer(answering(OK))
    await post(server.url)
    await post(server.url)
    expect(server.connections()).toBe(2)
  })
})
