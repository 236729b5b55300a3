import { createHmac } from 'node:crypto'

/**
 * The headers that prove a message comes from here and is not an old one sent again: HMAC-SHA256 over
 * `<id>.<seconds>.<body>`, once for each valid secret, so that secrets can be changed without a gap.
 * Pure.
 * @param secrets the newest first; `whsec_` and base64, or any text
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signedHeaders(
  message: { id: string; body: string; at: number },
  secrets: readonly string[],
): Record<string, string> {
  const seconds = String(Math.floor(message.at / 1000))
  const signatures = secrets.map((secret) => {
    const mac = createHmac('sha256', keyOf(secret))
    return `v1,${mac.update(`${message.id}.${seconds}.${message.body}`).digest('base64')}`
  })
  return {
    'webhook-id': message.id,
    'webhook-timestamp': seconds,
    'webhook-signature': signatures.join(' '),
  }
}

function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret)
}
