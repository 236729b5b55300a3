import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')

/** Compiles the product where its sources are newer. */
export function build(): void {
  execFileSync(process.execPath, ['build.js', '--if-needed'], { cwd: ROOT, stdio: 'inherit' })
}

export interface Product {
  readonly child: ChildProcess
  readonly port: number
  /** From the start of the process until it takes commands. */
  readonly ms: number
}

/**
 * Starts the product in a folder, as anybody does, and waits until it takes commands.
 * @throws Error when it ends before that
 */
export async function startProduct(
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Product> {
  const port = await freePort()
  const began = performance.now()
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [join(ROOT, 'dist/main.js'), 'start'], {
    cwd: folder,
    env: { PATH, HOME, PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
    if (answer?.ok) return { child, port, ms: performance.now() - began }
    if (child.exitCode !== null) throw new Error(`it stopped with exit code ${child.exitCode}`)
    await new Promise((again) => setTimeout(again, 20))
  }
}

/** Ends a process. @returns once it is gone */
export async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

/** Resident memory in MB: from /proc where there is one, else from ps. */
export function residentMb({ pid }: ChildProcess): number {
  try {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return Number(line?.[1]) / 1024
  } catch {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)])) / 1024
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
