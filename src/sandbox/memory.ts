import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Which part of the local workspace remembers. */
export type Part = 'slack' | 'platforms' | 'discord'

/**
 * Keeps the local workspace's chat and platforms on disk, written before anything is answered: they
 * stand for servers elsewhere, and those do not forget when the bot is killed.
 */
export function openMemory(dataDir: string): {
  of(part: Part): { memory?: Uint8Array }
  write(part: Part, memory: Uint8Array): void
} {
  const folder = join(dataDir, 'local')
  mkdirSync(folder, { recursive: true })
  return {
    of(part) {
      try {
        return { memory: readFileSync(join(folder, part)) }
      } catch {
        return {}
      }
    },
    write(part, memory) {
      const path = join(folder, part)
      writeFileSync(`${path}.new`, memory)
      renameSync(`${path}.new`, path)
    },
  }
}
