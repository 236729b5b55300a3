import pLimit from 'p-limit'

/** Reads under way: `key` says what is asked, and equal keys are answered alike. */
export type Reads = <T>(key: string, read: () => Promise<T>) => Promise<T>

/**
 * Lets `atOnce` reads happen at a time. Whoever asks for what still waits for its turn takes part in
 * that read, so that a crowd which polls one post costs one query. What has begun is shared with
 * nobody: an answer is never older than its question.
 */
export function createReads(atOnce: number): Reads {
  const limit = pLimit(atOnce)
  const waiting = new Map<string, Promise<unknown>>()
  return <T>(key: string, read: () => Promise<T>) => {
    const same = waiting.get(key)
    if (same) return same as Promise<T>
    const mine = limit(() => {
      waiting.delete(key)
      return read()
    })
    waiting.set(key, mine)
    return mine
  }
}
