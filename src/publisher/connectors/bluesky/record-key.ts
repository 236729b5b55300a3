import { createHash } from 'node:crypto'
import type { Instant } from '../../core/target.js'

const ALPHABET = '234567abcdefghijklmnopqrstuvwxyz'
const LENGTH = 13

/**
 * The record key of a target: a TID, the same for every attempt. Its time is that of `frozenAt`;
 * the microseconds and the clock id, which a clock would supply, come from the target's id.
 * @see bluesky-social/atproto packages/syntax/src/tid.ts
 */
export function recordKey(targetId: string, frozenAt: Instant): string {
  const digest = createHash('sha256').update(targetId).digest()
  const microseconds = BigInt(Math.trunc(frozenAt)) * 1000n + BigInt(digest.readUInt16BE(0) % 1000)
  const clockId = BigInt(digest.readUInt16BE(2) % 1024)
  // 53 bits of time keep the first bit of the 64 at zero, as a TID must.
  let rest = ((microseconds % (1n << 53n)) << 10n) | clockId
  let key = ''
  for (let place = 0; place < LENGTH; place++) {
    key = ALPHABET.charAt(Number(rest & 31n)) + key
    rest >>= 5n
  }
  return key
}
