import { createServer, type IncomingHttpHeaders } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type HttpBody, parseJson, send } from '../../../src/publisher/connectors/http.js'

describe('a body', () => {
  async function sendBody(body: HttpBody | undefined) {
    const seen = { headers: {} as IncomingHttpHeaders, text: '' }
    const server = createServer(async (request, response) => {
      seen.headers = request.headers
      for await (const chunk of request.setEncoding('utf8')) seen.text += chunk
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
    await send({ method: 'POST', url, ...(body ? { body } : {}) }, { timeoutMs: 5_000 })
    return seen
  }

  it.each<[HttpBody | undefined, string | undefined, string]>([
    [{ json: { a: '☕' } }, 'application/json', '{"a":"☕"}'],
    [
      { form: { a: 'x y&z', b: '☕' } },
      'application/x-www-form-urlencoded',
      'a=x+y%26z&b=%E2%98%95',
    ],
    [{ bytes: Buffer.from('raw'), contentType: 'image/png' }, 'image/png', 'raw'],
    [undefined, undefined, ''],
  ])('%j arrives with its type and its length', async (body, type, text) => {
    const seen = await sendBody(body)
    expect(seen.headers['content-type']).toBe(type)
    expect(seen.headers['content-length']).toBe(String(Buffer.byteLength(text)))
    expect(seen.text).toBe(text)
  })

  it('in parts arrives as any server reads it, whatever the parts contain', async () => {
    const contentType = 'image/png'
    const seen = await sendBody({
      multipart: [
        { name: 'text', value: 'mentions pressroom-form and --pressroom-form-x' },
        {
          name: 'file',
          value: { bytes: Buffer.from('PNG'), filename: 'a"b\r\nX-Evil: 1.png', contentType },
        },
      ],
    })
    const headers = { 'content-type': String(seen.headers['content-type']) }
    const form = await new Response(seen.text, { headers }).formData()
    expect(form.get('text')).toBe('mentions pressroom-form and --pressroom-form-x')
    const file = form.get('file')
    if (!(file instanceof File)) throw new Error('no file arrived')
    expect([file.name, file.type, await file.text()]).toEqual([
      'abX-Evil: 1.png',
      contentType,
      'PNG',
    ])
  })
})

it('reads JSON, or nothing', () => {
  expect(parseJson('{"a":1}')).toEqual({ a: 1 })
  expect(parseJson('<html>')).toBeUndefined()
})
