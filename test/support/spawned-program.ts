import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import { waitFor } from './wait-for.js'

const root = resolve(import.meta.dirname, '../..')
const UP_WITHIN_MS = 60_000

/** The program in a process of its own, on data that outlast it. */
export interface SpawnedProgram {
  /** Resolves when it is ready. */
  start(): Promise<void>
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
}

/** One account, by hand, so that nothing leaves. Killed and cleaned up after the test. */
export async function spawnedProgram(
  environment: Readonly<Record<string, string>>,
): Promise<SpawnedProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'pressroom-spawned-'))
  const accounts = [{ name: 'paper', platform: 'manual', instructions: 'Print it' }]
  await writeFile(join(folder, 'accounts.json'), JSON.stringify({ accounts }))
  const { PATH = '', HOME = '' } = process.env
  let program: ChildProcess | undefined

  const kill = async () => {
    if (!program || program.exitCode !== null || program.signalCode !== null) return
    const gone = once(program, 'exit')
    program.kill('SIGKILL')
    await gone
  }
  onTestFinished(async () => {
    await kill()
    await rm(folder, { recursive: true, force: true })
  })
  return {
    kill,
    async start() {
      let said = ''
      const entry = ['--import', import.meta.resolve('tsx'), join(root, 'src/main.ts'), 'start']
      program = spawn(process.execPath, entry, {
        cwd: folder,
        env: {
          PATH,
          HOME,
          PORT: '0',
          PRESSROOM_ACCOUNTS: join(folder, 'accounts.json'),
          PRESSROOM_ALLOW_PRIVATE_MEDIA: '1',
          ...environment,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      for (const stream of [program.stdout, program.stderr]) {
        stream?.on('data', (chunk) => {
          said += chunk
        })
      }
      const isReady = () => said
      await waitFor('ready', isReady, (text) => text.includes('"msg":"ready"'), UP_WITHIN_MS)
    },
  }
}
