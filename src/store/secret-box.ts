import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'

/** Encrypts credentials at rest: AES-256-GCM, `v1.<nonce>.<tag>.<ciphertext>` in base64url. */
export interface SecretBox {
  seal(value: unknown): string
  /** @throws SecretKeyError when the value was sealed under another key or was changed */
  open(sealed: string): unknown
  /** Tells two values apart without revealing either. */
  fingerprint(value: unknown): string
}

/** The stored credentials cannot be read with this key. */
export class SecretKeyError extends Error {
  override readonly name = 'SecretKeyError'
}

/** @param key 32 bytes */
export function createSecretBox(key: Uint8Array): SecretBox {
  return {
    seal(value) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()])
      return [
        'v1',
        ...[nonce, cipher.getAuthTag(), text].map((part) => part.toString('base64url')),
      ].join('.')
    },
    open(sealed) {
      const [version, ...parts] = sealed.split('.')
      const [nonce, tag, text] = parts.map((part) => Buffer.from(part, 'base64url'))
      if (version !== 'v1' || !nonce || !tag || !text)
        throw new SecretKeyError('not a sealed value')
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, nonce)
        decipher.setAuthTag(tag)
        return JSON.parse(Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8'))
      } catch {
        throw new SecretKeyError(
          'Stored credentials cannot be read with this PRESSROOM_SECRET_KEY. Use the key they were stored with.',
        )
      }
    },
    fingerprint: (value) =>
      createHmac('sha256', key).update(JSON.stringify(value)).digest('base64url'),
  }
}
