import { createHash } from 'node:crypto'
import type { StoredTarget } from '../store/stored-target.js'

/** Stands for the content of these targets, short enough for a button. */
export function seenOf(targets: readonly Pick<StoredTarget, 'id' | 'contentHash'>[]): string {
  const contents = targets.map(({ id, contentHash }) => `${id}:${contentHash}`).sort()
  return createHash('sha256').update(contents.join('\n')).digest('hex').slice(0, 12)
}

/** What Approve carries: what it is about, and what was seen of it. */
export function approveValue(
  id: string,
  shown: readonly Pick<StoredTarget, 'id' | 'contentHash'>[],
): string {
  return `${id}.${seenOf(shown)}`
}

/** Buttons of older cards carry the id alone. */
export function readApproveValue(value: string): { readonly id: string; readonly seen?: string } {
  const [id = '', seen] = value.split('.')
  return { id, ...(seen ? { seen } : {}) }
}
