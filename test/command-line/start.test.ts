import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const MINUTE = 60_000
const root = resolve(import.meta.dirname, '../..')

describe('pressroom start, while the chat cannot be reached', { timeout: 2 * MINUTE }, () => {
  let folder: string
  let program: ChildProcess
  let said: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pressroom-start-'))
    await writeFile(
      join(folder, 'accounts.json'),
      JSON.stringify({
        accounts: [{ name: 'paper', platform: 'manual', instructions: 'Print it' }],
      }),
    )
    const { PATH, HOME } = process.env
    const entry = ['--import', import.meta.resolve('tsx'), join(root, 'src/main.ts'), 'start']
    program = spawn(process.execPath, entry, {
      cwd: folder,
      env: {
        PATH,
        HOME,
        PORT: '0',
        PRESSROOM_ACCOUNTS: join(folder, 'accounts.json'),
        SLACK_BOT_TOKEN: 'xoxb-1',
        SLACK_APP_TOKEN: 'xapp-1',
        SLACK_API_URL: 'http://127.0.0.1:9/api/',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    said = ''
    for (const stream of [program.stdout, program.stderr]) {
      stream?.on('data', (chunk) => {
        said += chunk
      })
    }
  })
  afterEach(async () => {
    if (program.exitCode === null && program.signalCode === null) {
      program.kill('SIGKILL')
      await once(program, 'exit')
    }
    await rm(folder, { recursive: true, force: true })
  })

  it('ends in good order when it is asked to', async () => {
    const ended = once(program, 'exit')
    const isTrying = () => said.includes('Slack cannot be reached')
    await expect.poll(isTrying, { timeout: MINUTE }).toBe(true)
    program.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    expect(said).toContain('stopping: nothing new is taken')
    expect(said).not.toContain('"ready"')
  })
})
