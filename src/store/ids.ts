const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz' // Crockford base32: nothing to misread aloud
const EPOCH_MS = Date.UTC(2025, 0, 1)

/**
 * A short id that sorts by time, safe in URLs, job ids and chat: prefix, 8 characters of time,
 * 5 of chance (33 million a millisecond).
 * @param random uniform in [0, 1)
 */
export function createId(
  prefix: 'p' | 't' | 'n' | 'm' | 'k',
  nowMs: number,
  random: () => number,
): string {
  let time = Math.max(0, Math.floor(nowMs - EPOCH_MS))
  let head = ''
  for (let i = 0; i < 8; i++) {
    head = ALPHABET[time % 32] + head
    time = Math.floor(time / 32)
  }
  let tail = ''
  for (let i = 0; i < 5; i++) tail += ALPHABET[Math.floor(random() * 32)]
  return prefix + head + tail
}

/** A token that nobody else has, for whoever claims something at this moment. */
export function claimToken(nowMs: number, random: () => number): string {
  return `${nowMs.toString(36)}.${random().toString(36).slice(2)}`
}
