/**
 * Start-up time and idle memory of the embedded mode, beside an empty Node process in the same run:
 * `npm run bench`. Times are medians of several starts; memory is the resident set once it is idle.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, type Product, residentMb, startProduct, stop } from './product.js'

const STARTS = 3
const IDLE_AFTER_MS = 10_000

type Start = Pick<Product, 'child' | 'ms'>

/** An empty Node process that says when it runs: what everything else stands on. */
async function startBare(): Promise<Start> {
  const began = performance.now()
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e6)'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
  return { ms: performance.now() - began, child }
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
    await stop(started.child, 'SIGKILL')
  }
  return { ms: times.sort((a, b) => a - b)[Math.floor(STARTS / 2)] ?? 0, mb }
}

async function main(): Promise<void> {
  build()
  const folders: string[] = []
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), 'pressroom-bench-'))
    folders.push(made)
    return made
  }
  const kept = folder()
  await stop((await startProduct(kept)).child, 'SIGKILL') // the first start of this folder, not counted
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
