import { setTimeout as sleep } from 'node:timers/promises'
import { accountSchema, createConnector } from '../src/publisher/connectors/index.js'
import { createSandbox, type Fault, type PlatformName } from '../src/sandbox/platforms/index.js'
import type { Database } from '../src/store/database.js'
import { loadTargetsOf } from '../src/store/load-targets.js'
import { openInMemory } from '../src/store/open-embedded.js'
import { tryCrashPoint } from '../test/support/crash/crash-points.js'
import { openStages } from '../test/support/crash/open-stage.js'
import { askFor, startWorker } from './publisher.js'
import {
  accountEntry,
  createAccounts,
  STORM_PLATFORMS,
  type StormAccount,
  sandboxAccounts,
  takesText,
} from './storm/accounts.js'

/**
 * Every connector against a platform that accepts the post and then misbehaves, through the real
 * worker, queue and store: how many copies are live, and what the target is called in the end.
 */
const FAULTS: readonly (readonly [string, Pick<Fault, 'kind' | 'times' | 'status'> | undefined])[] =
  [
    ['none', undefined],
    ['reset once', { kind: 'reset', times: 1 }],
    ['reset each time', { kind: 'reset', times: 'always' }],
    ['no answer once', { kind: 'stall', times: 1 }],
    ['500 once', { kind: 'status', status: 500, times: 1 }],
    ['503 once', { kind: 'status', status: 503, times: 1 }],
    ['504 once', { kind: 'status', status: 504, times: 1 }],
  ]

interface Cell {
  readonly live: number
  readonly status: string
  /** What is wrong with it, if anything. */
  readonly wrong?: string
}

const ENDS_WITHIN_MS = 120_000
const FINAL = ['published', 'unconfirmed', 'failed', 'held', 'cancelled']

async function main(): Promise<boolean> {
  const rows = [...(await tryFaults()), ['worker dies', await tryDeaths()] as const]
  print(line('', STORM_PLATFORMS))
  for (const [name, cells] of rows) {
    print(
      line(
        name,
        cells.map(({ live, status }) => `${live} ${status}`),
      ),
    )
  }
  const bad = rows.flatMap(([name, cells]) =>
    cells.flatMap(({ wrong }, at) => (wrong ? [`${STORM_PLATFORMS[at]}, ${name}: ${wrong}`] : [])),
  )
  print(`\n${rows.length * STORM_PLATFORMS.length} cells, ${bad.length} bad`)
  for (const one of bad) print(`  ${one}`)
  return bad.length === 0
}

/** All of them side by side: each fault has an account of its own on every platform. */
async function tryFaults(): Promise<[string, Cell[]][]> {
  const accounts = createAccounts(FAULTS.length)
  const sandbox = createSandbox({
    accounts: sandboxAccounts(accounts) ?? {},
    quotas: false,
    fetchMedia: false,
  })
  const { url, close } = await sandbox.listen()
  const of = (platform: PlatformName, row: number): StormAccount => {
    const found = accounts.filter((account) => account.platform === platform)[row]
    if (!found) throw new Error(`there is no account ${row} on ${platform}`)
    return found
  }
  FAULTS.forEach(([, fault], row) => {
    if (!fault) return
    for (const platform of STORM_PLATFORMS) {
      const { id } = of(platform, row).sandbox
      sandbox.addFault(platform, { on: 'mutation', when: 'after', account: id, ...fault })
    }
  })
  const parsed = accounts.map((account) => accountSchema.parse(accountEntry(account, url)))
  const database = await openInMemory()
  const worker = await startWorker(database, parsed)
  const posts = await Promise.all(parsed.map((account) => askFor(database, account)))
  const statuses = new Map(
    await Promise.all(
      posts.map(async ({ name, postId }) => [name, await untilFinal(database, postId)] as const),
    ),
  )
  const cell = (platform: PlatformName, row: number): Cell => {
    const { name, sandbox: twin } = of(platform, row)
    const account = parsed.find((one) => one.name === name)
    const live = sandbox.live(platform, twin.id).length
    const status = statuses.get(name) ?? 'lost'
    const met = sandbox
      .requests(platform)
      .some((request) => request.account === twin.id && request.fault !== undefined)
    const reads = account !== undefined && createConnector(account).lookUp !== undefined
    const wrong = row > 0 && !met ? 'the fault was never met' : judge(live, status, reads)
    return { live, status, ...(wrong ? { wrong } : {}) }
  }
  const table = FAULTS.map(([name], row): [string, Cell[]] => [
    name,
    STORM_PLATFORMS.map((platform) => cell(platform, row)),
  ])
  await worker.stop()
  await database.close()
  await close()
  return table
}

/** The process is gone once the platform has the post, before it can write down the answer. */
async function tryDeaths(): Promise<Cell[]> {
  const stages = await openStages()
  const cells: Cell[] = []
  for (const platform of STORM_PLATFORMS) {
    const stage = stages.on(platform, { pictured: !takesText(platform) })
    const { live, status, died, wrong } = await tryCrashPoint(stage, 'after mutation 1')
    const why = died ? wrong : 'it did not die'
    cells.push({ live, status, ...(why ? { wrong: why } : {}) })
  }
  await stages.close()
  return cells
}

/** One copy, and called so; where nobody can read the platform, a person is asked. */
function judge(live: number, status: string, reads: boolean): string | undefined {
  const honest = status === 'published' || (status === 'unconfirmed' && !reads)
  return live === 1 && honest ? undefined : `${live} live, ${status}`
}

async function untilFinal({ orm }: Database, postId: string): Promise<string> {
  const deadline = Date.now() + ENDS_WITHIN_MS
  for (;;) {
    const [stored] = await loadTargetsOf(orm, postId)
    const status = stored?.target.state.status ?? 'lost'
    if (FINAL.includes(status) || Date.now() > deadline) return status
    await sleep(200)
  }
}

function line(name: string, cells: readonly string[]): string {
  return `${name.padEnd(16)}${cells.map((cell) => cell.padEnd(15)).join('')}`.trimEnd()
}

const print = (text: string) => void process.stdout.write(`${text}\n`)

// What died never ends by itself.
process.exit((await main()) ? 0 : 1)
