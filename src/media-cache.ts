/** Bytes of media that several targets want at the same time, read once. */
export interface MediaCache {
  /** @throws what `load` throws; it is asked again the next time */
  bytes(id: string): Promise<Uint8Array>
}

/** @param maxBytes what is kept at most, the longest unused going first */
export function createMediaCache(
  load: (id: string) => Promise<Uint8Array>,
  maxBytes: number,
): MediaCache {
  const kept = new Map<string, { readonly bytes: Promise<Uint8Array>; size: number }>()

  const forget = () => {
    let total = [...kept.values()].reduce((sum, { size }) => sum + size, 0)
    for (const [id, { size }] of kept) {
      if (total <= maxBytes) return
      kept.delete(id)
      total -= size
    }
  }
  return {
    bytes(id) {
      const known = kept.get(id)
      const entry = known ?? { bytes: load(id), size: 0 }
      // The newest stands last.
      kept.delete(id)
      kept.set(id, entry)
      if (!known) {
        entry.bytes.then(
          ({ byteLength }) => {
            entry.size = byteLength
            forget()
          },
          () => kept.delete(id),
        )
      }
      return entry.bytes
    },
  }
}
