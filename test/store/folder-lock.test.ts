import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FolderInUseError, lockFolder } from '../../src/store/folder-lock.js'

const HOLD_FOLDER = fileURLToPath(new URL('./hold-folder.ts', import.meta.url))
const DEAD_PID = 4_194_305 // above the highest pid that Linux gives

describe('lockFolder', () => {
  let folder: string
  const children: ChildProcess[] = []
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pressroom-lock-'))
  })
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    await rm(folder, { recursive: true })
  })

  const start = async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', HOLD_FOLDER, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    const [said] = await once(createInterface(child.stdout), 'line')
    return { child, said: String(said) }
  }
  const leave = (holder: object) =>
    writeFile(
      join(folder, 'lock'),
      JSON.stringify({ pid: DEAD_PID, host: hostname(), since: 'now', born: '1', ...holder }),
    )
  const age = (ms: number) => {
    const at = new Date(Date.now() - ms)
    return utimes(join(folder, 'lock'), at, at)
  }

  it('refuses a second process and names the first', async () => {
    const { child, said } = await start()
    expect(said).toBe('locked')
    await expect(lockFolder(folder)).rejects.toThrow(FolderInUseError)
    await expect(lockFolder(folder)).rejects.toThrow(
      new RegExp(`in use by process ${child.pid} on .+PRESSROOM_DATA_DIR`),
    )
  })

  it('takes over from a process that was killed', async () => {
    const { child } = await start()
    child.kill('SIGKILL')
    await once(child, 'exit')
    const unlock = await lockFolder(folder)
    expect(JSON.parse(await readFile(join(folder, 'lock'), 'utf8')).pid).toBe(process.pid)
    expect((await start()).said).toContain(`in use by process ${process.pid}`)
    await unlock()
  })

  it('can be taken again after it was given back', async () => {
    await (await lockFolder(folder))()
    await (await lockFolder(folder))()
  })

  it('goes to one of many who ask at the same moment', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)))
    const [winner, ...others] = tries.filter(({ status }) => status === 'fulfilled')
    expect(others).toEqual([])
    if (winner?.status === 'fulfilled') await winner.value()
  })

  it('goes to one of many who find a dead lock at the same moment', async () => {
    for (let round = 0; round < 30; round++) {
      await leave({})
      const tries = await Promise.allSettled(Array.from({ length: 6 }, () => lockFolder(folder)))
      const unlocks = tries.flatMap((tried) => (tried.status === 'fulfilled' ? [tried.value] : []))
      expect(unlocks).toHaveLength(1)
      await unlocks[0]?.()
    }
  })

  it('does not take a reused process id for the holder', async () => {
    await leave({ pid: process.pid, born: 'long ago' })
    await (await lockFolder(folder))()
  })

  it('goes by the beat of a holder on another machine', async () => {
    await leave({ pid: process.pid, host: 'elsewhere' })
    await expect(lockFolder(folder)).rejects.toThrow(/on elsewhere/)
    await age(31_000)
    await (await lockFolder(folder))()
  })

  it('takes over a lock that was half written', async () => {
    await writeFile(join(folder, 'lock'), '{"pid": 1')
    await age(2_000)
    await (await lockFolder(folder))()
  })
})
