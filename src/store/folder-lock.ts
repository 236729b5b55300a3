import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
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
/** A lock or a takeover that somebody is at takes milliseconds; this old, they died of it. */
const AT_IT_MS = 1_000
const TRY_FOR_MS = 3 * AT_IT_MS
const TRY_EVERY_MS = 25

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
  for (let triedMs = 0; triedMs < TRY_FOR_MS; triedMs += TRY_EVERY_MS) {
    if (await write(path, mine)) return keep(path)
    const holder = await lookAt(path)
    if (typeof holder !== 'string') {
      throw new FolderInUseError(
        `The data folder ${folder} is in use by process ${holder.pid} on ${holder.host} since ${holder.since}. ` +
          'Stop that process, or give this one a folder of its own with PRESSROOM_DATA_DIR.',
      )
    }
    if (holder === 'dead') await removeDead(path)
    else await sleep(TRY_EVERY_MS)
  }
  throw new FolderInUseError(`The data folder ${folder} is being opened by another process.`)
}

/** Who has the folder open, without taking it. */
export async function lookAtFolder(
  folder: string,
): Promise<{ readonly pid: number; readonly host: string } | 'free'> {
  const seen = await lookAt(join(folder, 'lock'))
  return typeof seen === 'string' ? 'free' : seen
}

/** @returns false when there is a lock already */
async function write(path: string, mine: Holder): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(mine), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') return false
    throw error
  }
}

function keep(path: string): () => Promise<void> {
  const beat = setInterval(() => utimes(path, new Date(), new Date()).catch(() => {}), BEAT_MS)
  beat.unref()
  return () => {
    clearInterval(beat)
    return rm(path, { force: true })
  }
}

/**
 * Removes a lock whose holder is dead. One process at a time, which looks again before it does:
 * else the second of two that saw the dead holder would remove the lock of the first.
 */
async function removeDead(path: string): Promise<void> {
  const guard = `${path}.takeover`
  try {
    await mkdir(guard)
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error
    if ((await ageMs(guard)) > AT_IT_MS) await rm(guard, { recursive: true, force: true })
    return sleep(TRY_EVERY_MS)
  }
  try {
    if ((await lookAt(path)) === 'dead') await rm(path, { force: true })
  } finally {
    await rm(guard, { recursive: true, force: true })
  }
}

async function lookAt(path: string): Promise<Holder | 'dead' | 'writing' | 'gone'> {
  const holder = await readHolder(path)
  if (holder) return (await isAlive(holder, path)) ? holder : 'dead'
  const halfWrittenMs = await ageMs(path)
  if (halfWrittenMs === Number.POSITIVE_INFINITY) return 'gone'
  return halfWrittenMs > AT_IT_MS ? 'dead' : 'writing'
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined // gone, or half written
  }
}

/** Milliseconds since it was written or touched; for ever when it is gone. */
async function ageMs(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

async function isAlive(holder: Holder, path: string): Promise<boolean> {
  // Another machine (or container) over a shared folder: its pid says nothing here, its beat does.
  if (holder.host !== hostname()) return (await ageMs(path)) < 6 * BEAT_MS
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
