import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type FetchOptions, fetchMedia } from '../../../src/bot/media/fetch.js'
import { isPublicAddress } from '../../../src/bot/media/public-address.js'
import { mp4, png } from './samples.js'

const servers: Server[] = []

afterEach(async () => {
  await Promise.all(
    servers.splice(0).map(
      (server) =>
        new Promise((done) => {
          server.close(done)
          server.closeAllConnections()
        }),
    ),
  )
})

/** @returns the server's root, and the requests it saw */
async function serve(listener: RequestListener): Promise<{ port: number; seen: string[] }> {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.headers.host} ${request.headers.authorization ?? '-'}`)
    listener(request, response)
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { port: (server.address() as AddressInfo).port, seen }
}

const picture = png(4, 4)
const open: FetchOptions = { allowPrivate: true }
const closed: FetchOptions = { allowPrivate: false }
/** A name server of our own, which leads every name to this machine. */
const toLoopback = async () => [{ address: '127.0.0.1', family: 4 }]

async function message(address: string, options: FetchOptions): Promise<string> {
  const fetched = await fetchMedia(address, options)
  return fetched.kind === 'problem' ? fetched.message : 'fetched'
}

describe('fetchMedia', () => {
  it('returns the bytes', async () => {
    const { port } = await serve((_request, response) => response.end(picture))
    const fetched = await fetchMedia(`http://127.0.0.1:${port}/a.png`, open)
    expect(fetched).toMatchObject({ kind: 'fetched', bytes: picture })
  })

  it('follows three redirects and no fourth', async () => {
    const { port } = await serve((request, response) => {
      const left = Number(request.url?.slice(1))
      if (left === 0) return response.end(picture)
      response.writeHead(302, { location: `/${left - 1}` }).end()
    })
    expect(await message(`http://127.0.0.1:${port}/3`, open)).toBe('fetched')
    expect(await message(`http://127.0.0.1:${port}/4`, open)).toContain('redirects more than 3')
  })

  it('names the status of a refusal', async () => {
    const { port } = await serve((_request, response) => response.writeHead(404).end())
    expect(await message(`http://127.0.0.1:${port}/a.png`, open)).toContain('status 404')
  })

  it('stops reading a file that is too big, announced or not', async () => {
    const caps = { image: 1000, video: 5000 }
    const film = Buffer.concat([mp4({ width: 2, height: 2, durationMs: 1 }), Buffer.alloc(3000)])
    const { port } = await serve((request, response) => {
      if (request.url === '/announced') {
        response.writeHead(200, { 'content-length': 2000 })
        return response.write(picture)
      }
      if (request.url === '/film') return response.end(film)
      response.write(picture)
      const more = setInterval(() => response.write(Buffer.alloc(200)), 1)
      response.on('close', () => clearInterval(more))
    })
    const root = `http://127.0.0.1:${port}`
    expect(await message(`${root}/announced`, { ...open, caps })).toContain('larger than')
    expect(await message(`${root}/endless`, { ...open, caps })).toContain('larger than')
    expect(await message(`${root}/film`, { ...open, caps })).toBe('fetched')
  })

  it('gives up on a host that stalls, and on a connection that breaks', async () => {
    const { port } = await serve((request, response) => {
      if (request.url === '/stall') return response.write(picture.subarray(0, 20))
      response.writeHead(200, { 'content-length': 9999 })
      response.write(picture, () => response.destroy())
    })
    const root = `http://127.0.0.1:${port}`
    expect(await message(`${root}/stall`, { ...open, timeoutMs: 200 })).toContain('too long')
    expect(await message(`${root}/break`, open)).not.toBe('fetched')
  })

  it('says so when nobody is there', async () => {
    const { port } = await serve(() => {})
    await new Promise((done) => servers.pop()?.close(done))
    expect(await message(`http://127.0.0.1:${port}/a.png`, open)).toContain(
      'refuses the connection',
    )
    const unknown = Object.assign(new Error('no such host'), { code: 'ENOTFOUND' })
    const resolve = () => Promise.reject(unknown)
    expect(await message('http://nowhere.example/', { ...open, resolve })).toContain(
      'does not exist',
    )
  })

  it.each(['ftp://example.com/a.png', 'file:///etc/passwd', 'data:image/png;base64,AA', 'a.png'])(
    'refuses %s',
    async (address) => {
      expect(await message(address, open)).not.toBe('fetched')
    },
  )

  it('refuses an address with a password in it', async () => {
    expect(await message('https://ana:secret@example.com/a.png', closed)).toContain('password')
  })
})

describe('addresses that are not public', () => {
  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::127.0.0.1]/',
    'http://10.1.2.3/',
    'http://192.168.0.1/',
    'http://172.16.0.1/',
    'http://100.64.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://168.63.129.16/',
    'http://[fd00:ec2::254]/',
    'http://[fe80::1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://0.0.0.0/',
    'http://224.0.0.1/',
  ])('refuses %s', async (address) => {
    expect(await message(address, closed)).toContain('is not a public address')
  })

  it('refuses a name that leads to this machine, without connecting', async () => {
    const { port, seen } = await serve((_request, response) => response.end(picture))
    const options = { ...closed, resolve: toLoopback }
    expect(await message(`http://pictures.example:${port}/a.png`, options)).toContain(
      'pictures.example is not a public address',
    )
    expect(seen).toEqual([])
  })

  it('refuses a name with a private address among public ones', async () => {
    const resolve = async () => [
      { address: '93.184.215.14', family: 4 },
      { address: '::1', family: 6 },
    ]
    expect(await message('http://pictures.example/a.png', { ...closed, resolve })).toContain(
      'is not a public address',
    )
  })

  it('refuses a redirect to this machine', async () => {
    const inner = await serve((_request, response) => response.end(picture))
    const outer = await serve((_request, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${inner.port}/` }).end()
    })
    // Only the outer host counts as reachable, as a public one would.
    const access = (url: URL) => (url.port === String(outer.port) ? {} : undefined)
    const address = `http://127.0.0.1:${outer.port}/a.png`
    expect(await message(address, { ...closed, access })).toContain('is not a public address')
    expect([outer.seen.length, inner.seen.length]).toEqual([1, 0])
  })

  it('asks the name server anew for each connection, so that a changed answer is caught', async () => {
    const { port, seen } = await serve((request, response) => {
      if (request.url === '/a.png') response.writeHead(302, { location: '/b.png' }).end()
      else response.end(picture)
    })
    let asked = 0
    const resolve = async () => {
      asked += 1
      return toLoopback()
    }
    // The first answer is let through, as if it had been a public address then.
    const access = () => (asked < 2 ? {} : undefined)
    const address = `http://rebind.example:${port}/a.png`
    expect(await message(address, { ...closed, resolve, access })).toContain('is not a public')
    expect([asked, seen.length]).toEqual([2, 1])
  })
})

describe('uploads', () => {
  it('send the token to the chat only, never to where it redirects', async () => {
    const elsewhere = await serve((_request, response) => response.end(picture))
    const chat = await serve((_request, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${elsewhere.port}/` }).end()
    })
    const access = (url: URL) =>
      url.port === String(chat.port) ? { authorization: 'Bearer xoxb-1' } : undefined
    await fetchMedia(`http://127.0.0.1:${chat.port}/f`, { ...open, access })
    expect(chat.seen[0]).toContain('Bearer xoxb-1')
    expect(elsewhere.seen[0]).toMatch(/ -$/)
  })
})

describe('isPublicAddress', () => {
  it.each(['93.184.215.14', '8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8'])('takes %s', (ip) => {
    expect(isPublicAddress(ip)).toBe(true)
  })
  it.each(['::ffff:10.0.0.1', '2001::1', 'fec0::1', 'ff02::1', 'nonsense', ''])(
    'refuses %s',
    (ip) => {
      expect(isPublicAddress(ip)).toBe(false)
    },
  )
})
