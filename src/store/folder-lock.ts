import { open, readFile, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

/** Another process has the embedded store open; the message says which. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError'
}

const holderSchema = z.object({
  pid: z.number(),
  host: z.string(),
  since: z.string(),
  born: z.string(),
})
type Holder = z.infer<typeof holderSchema>

const BEAT_MS = 5_000

/**
 * Takes the folder for this process. A lock left behind by a killed process is taken over.
 * @returns a function that gives it back
 * @throws FolderInUseError
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'lock')
  const mine: Holder = {
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    born: await bornAt(process.pid),
  }
  for (let tries = 0; tries < 2; tries++) {
    try {
      const file = await open(path, 'wx')
      await file.writeFile(JSON.stringify(mine))
      await file.close()
      const beat = setInterval(() => utimes(path, new Date(), new Date()).catch(() => {}), BEAT_MS)
      beat.unref()
      return () => {
        clearInterval(beat)
        return rm(path, { force: true })
      }
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error
      const holder = await readHolder(path)
      if (holder && (await isAlive(holder, path))) {
        throw new FolderInUseError(
          `The data folder ${folder} is in use by process ${holder.pid} on ${holder.host} since ${holder.since}. ` +
            'Stop that process, or give this one a folder of its own with PRESSROOM_DATA_DIR.',
        )
      }
      await rm(path, { force: true })
    }
  }
  throw new FolderInUseError(`The data folder ${folder} is being opened by another process.`)
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined // half written by a process that died
  }
}

async function isAlive(holder: Holder, path: string): Promise<boolean> {
  // Another machine (or container) over a shared folder: its pid says nothing here, its beat does.
  if (holder.host !== hostname()) return Date.now() - (await stat(path)).mtimeMs < 6 * BEAT_MS
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if ((error as { code?: string }).code !== 'EPERM') return false
  }
  return (await bornAt(holder.pid)) === holder.born
}

/** Start time of a process where the system tells it, so that a reused pid is not taken for the holder. */
async function bornAt(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
