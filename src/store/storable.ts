/**
 * Text as Postgres takes it, which refuses NUL and halves of characters that were cut. Platforms'
 * words, linked pages and imported records may hold both.
 */
export function storable(text: string): string {
  return text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\ufffd')
}

/** The same for every text in plain data, also for the names of its fields. */
export function storableData<T>(data: T): T {
  return mend(data) as T
}

function mend(data: unknown): unknown {
  if (typeof data === 'string') return storable(data)
  if (Array.isArray(data)) return data.map(mend)
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(Object.entries(data).map(([key, part]) => [storable(key), mend(part)]))
}
