/**
 * Start-up time and idle memory of the embedded mode, beside an empty Node process in the same run:
 * `npm run bench`. Times are medians of several starts; memory is the resident set once it is idle.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')
const STARTS = 3
const IDLE_AFTER_MS = 10_000

interface Start {
  readonly ms: number
  readonly child: ChildProcess
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

/** Starts the product in a folder and waits until it takes commands. */
async function startProduct(folder: string): Promise<Start> {
  const port = await freePort()
  const began = performance.now()
  const child = spawn(process.execPath, [join(ROOT, 'dist/main.js'), 'start'], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(port) },
    stdio: 'ignore',
  })
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
    if (answer?.ok) return { ms: performance.now() - began, child }
    if (child.exitCode !== null) throw new Error(`it stopped with exit code ${child.exitCode}`)
    await new Promise((again) => setTimeout(again, 20))
  }
}

/** An empty Node process that says when it runs: what everything else stands on. */
async function startBare(): Promise<Start> {
  const began = performance.now()
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e6)'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
  return { ms: performance.now() - began, child }
}

/** Resident memory in MB: from /proc where there is one, else from ps. */
function residentMb({ pid }: ChildProcess): number {
  try {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return Number(line?.[1]) / 1024
  } catch {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)])) / 1024
  }
}

async function stop({ child }: Start): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

async function measure(start: () => Promise<Start>): Promise<{ ms: number; mb: number }> {
  const times: number[] = []
  let mb = 0
  for (let i = 0; i < STARTS; i++) {
    const started = await start()
    times.push(started.ms)
    if (i === STARTS - 1) {
      await new Promise((idle) => setTimeout(idle, IDLE_AFTER_MS))
      mb = residentMb(started.child)
    }
    await stop(started)
  }
  return { ms: times.sort((a, b) => a - b)[Math.floor(STARTS / 2)] ?? 0, mb }
}

async function main(): Promise<void> {
  execFileSync(process.execPath, ['build.js', '--if-needed'], { cwd: ROOT, stdio: 'inherit' })
  const folders: string[] = []
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), 'pressroom-bench-'))
    folders.push(made)
    return made
  }
  const kept = folder()
  await stop(await startProduct(kept)) // the first start of this folder, not counted
  const bare = await measure(startBare)
  const rows = [
    { what: 'an empty Node process', ...bare },
    {
      what: 'pressroom, first start in a new folder',
      ...(await measure(() => startProduct(folder()))),
    },
    { what: 'pressroom, later starts', ...(await measure(() => startProduct(kept))) },
  ]
  console.log('embedded mode: start until ready, and resident memory when idle\n')
  console.log(
    `${'what'.padEnd(42)}${'start'.padStart(10)}${'ratio'.padStart(8)}${'memory'.padStart(10)}${'ratio'.padStart(8)}`,
  )
  for (const { what, ms, mb } of rows) {
    console.log(
      `${what.padEnd(42)}${`${Math.round(ms)} ms`.padStart(10)}${(ms / bare.ms).toFixed(1).padStart(8)}` +
        `${`${Math.round(mb)} MB`.padStart(10)}${(mb / bare.mb).toFixed(1).padStart(8)}`,
    )
  }
  for (const made of folders) rmSync(made, { recursive: true, force: true })
}

await main()
