import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createSecretBox, SecretKeyError } from '../../src/store/secret-box.js'

describe('createSecretBox', () => {
  const key = randomBytes(32)
  const box = createSecretBox(key)
  const account = { name: 'facebook', accessToken: 'EAAB-very-secret ☕' }

  it('opens what it sealed, and another box with the same key does too', () => {
    const sealed = box.seal(account)
    expect(box.open(sealed)).toEqual(account)
    expect(createSecretBox(key).open(sealed)).toEqual(account)
  })

  it('shows nothing of the value, and never the same text twice', () => {
    const sealed = box.seal(account)
    expect(sealed).not.toContain('secret')
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('EAAB')
    expect(box.seal(account)).not.toBe(sealed)
  })

  it('refuses another key and says what to do, without the value', () => {
    const other = createSecretBox(randomBytes(32))
    expect(() => other.open(box.seal(account))).toThrow(SecretKeyError)
    expect(() => other.open(box.seal(account))).toThrow(/PRESSROOM_SECRET_KEY/)
  })

  it('opens with the key of before what was sealed by then, and seals with the new one', () => {
    const newKey = randomBytes(32)
    const changed = createSecretBox(newKey, key)
    expect(changed.open(box.seal(account))).toEqual(account)
    expect(createSecretBox(newKey).open(changed.seal(account))).toEqual(account)
  })

  it('refuses a value that was changed or cut', () => {
    const parts = box.seal(account).split('.')
    for (const part of [1, 2, 3]) {
      const changed = parts.map((text, i) =>
        i === part ? `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}` : text,
      )
      expect(() => box.open(changed.join('.'))).toThrow(SecretKeyError)
    }
    expect(() => box.open(parts.slice(0, 3).join('.'))).toThrow(SecretKeyError)
    expect(() => box.open('v2.a.b.c')).toThrow(SecretKeyError)
    expect(() => box.open('')).toThrow(SecretKeyError)
  })

  it('tells values apart by a fingerprint that only the same key can make', () => {
    expect(box.fingerprint(account)).toBe(createSecretBox(key).fingerprint({ ...account }))
    expect(box.fingerprint(account)).not.toBe(box.fingerprint({ ...account, accessToken: 'x' }))
    expect(box.fingerprint(account)).not.toBe(createSecretBox(randomBytes(32)).fingerprint(account))
  })
})
