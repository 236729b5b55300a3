import { describe, expect, it } from 'vitest'
import { signedHeaders } from '../../../src/api/webhooks/sign.js'

describe('signing a message', () => {
  it('gives what the standard gives for its own example', () => {
    const headers = signedHeaders(
      {
        id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        at: 1_614_265_330_000,
        body: '{"test": 2432232314}',
      },
      ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    )
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })

  it('signs with both secrets while they are changed', () => {
    const message = { id: 'e1', at: 0, body: '{}' }
    const sign = (...secrets: string[]) => signedHeaders(message, secrets)['webhook-signature']
    expect(sign('the newer secret', 'the older secret')).toBe(
      `${sign('the newer secret')} ${sign('the older secret')}`,
    )
    expect(sign('the newer secret')).not.toBe(sign('the older secret'))
  })
})
