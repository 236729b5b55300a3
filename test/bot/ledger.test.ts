import { describe, expect, it } from 'vitest'
import { isKept } from '../../src/bot/ledger.js'

describe('what is kept', () => {
  it('is what has an effect, or was written by somebody; not what only reads or opens a form', () => {
    const kept = { kind: 'publish', text: '', texts: {}, media: [], key: 'k' } as const
    expect(isKept(kept)).toBe(true)
    expect(isKept({ kind: 'retryFailed', id: 'p1', key: 'k' })).toBe(true)
    expect(isKept({ kind: 'malformed', problems: [], written: 'Hello', key: 'k' })).toBe(true)
    for (const kind of ['status', 'accounts', 'help', 'openForm'] as const) {
      expect(isKept({ kind, key: 'k' })).toBe(false)
    }
    expect(isKept({ kind: 'editRetry', id: 't1', key: 'k' })).toBe(false)
  })
})
