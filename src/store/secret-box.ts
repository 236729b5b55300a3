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

/**
 * @param key 32 bytes
 * @param earlier the key before it, with which is only opened what was sealed by then
 */
export function createSecretBox(key: Uint8Array, earlier?: Uint8Array): SecretBox {
  const keys = earlier ? [key, earlier] : [key]
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
      for (const one of keys) {
        try {
          const decipher = createDecipheriv('aes-256-gcm', one, nonce)
          decipher.setAuthTag(tag)
          const opened = Buffer.concat([decipher.update(text), decipher.final()])
          return JSON.parse(opened.toString('utf8'))
        } catch {} // sealed under another key
      }
      throw new SecretKeyError(
        'Stored credentials cannot be read with this PRESSROOM_SECRET_KEY. Use the key they were stored with, or name that one as PRESSROOM_SECRET_KEY_BEFORE.',
      )
    },
    fingerprint: (value) =>
      createHmac('sha256', key).update(JSON.stringify(value)).digest('base64url'),
  }
}
