import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/*
 * The embedded engine hands what it writes to the operating system, which is enough when the process
 * is killed but not when the power fails. What is here puts it on the disk.
 * See https://www.postgresql.org/docs/current/wal-reliability.html
 */

/** Times in file systems are coarser than a clock. */
const COARSE_MS = 2_000

/**
 * @param folder the engine's data folder
 * @returns puts the write-ahead log on the disk, and with it every commit so far; calls at the same
 *   time share one flush that begins after all of them
 */
export function createLogFlush(folder: string, now: () => number = Date.now): () => Promise<void> {
  let flushedAt = Number.NEGATIVE_INFINITY
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined

  async function flush(): Promise<void> {
    const beganAt = now()
    for (const segment of await logSegments(folder)) {
      if ((await changedAt(segment)) >= flushedAt - COARSE_MS) await flushFile(segment)
    }
    flushedAt = beganAt
  }

  function begin(): Promise<void> {
    running = flush().finally(() => {
      running = undefined
    })
    return running
  }

  return () => {
    if (!running) return begin()
    // What runs may have passed by what was just written: wait for the one after it.
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined
        return begin()
      })
    return next
  }
}

/** What is older, systems have written to the disk by themselves. */
const RECENT_MS = 60_000

/** Puts on the disk what was written to a data folder lately. */
export async function flushRecent(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && (await changedAt(path)) >= Date.now() - RECENT_MS) await flushFile(path)
  }
}

/** Bytes of write-ahead log that the engine would have to read again after a kill, at most. */
export async function logBytes(folder: string): Promise<number> {
  const sizes = (await logSegments(folder)).map(
    async (segment) => (await stat(segment).catch(ignoreMissing))?.size ?? 0,
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

async function logSegments(folder: string): Promise<string[]> {
  const logs = join(folder, 'pg_wal')
  const names = await readdir(logs)
  return names.filter((name) => /^[0-9A-F]{24}$/.test(name)).map((name) => join(logs, name))
}

async function changedAt(path: string): Promise<number> {
  return (await stat(path).catch(ignoreMissing))?.mtimeMs ?? Number.NEGATIVE_INFINITY
}

async function flushFile(path: string): Promise<void> {
  const file = await open(path, 'r+').catch(ignoreMissing)
  if (!file) return
  try {
    await file.datasync()
  } finally {
    await file.close()
  }
}

/** Files come and go while the engine works. */
function ignoreMissing(error: { code?: string }): undefined {
  if (error.code !== 'ENOENT') throw error
}
