import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSettings } from '../../../src/config.js'
import { createLog, createRedactor } from '../../../src/log.js'
import { type Program, startProgram } from '../../../src/program.js'
import { createSandbox, type Sandbox } from '../../../src/sandbox/platforms/index.js'
import { QUICK } from '../announce/stage.js'
import type { Surface } from './surface.js'

export type Platform = 'facebook' | 'mastodon'
export const PLATFORMS: readonly Platform[] = ['facebook', 'mastodon']

/** The whole program, with chats before it and two platforms behind. */
export interface ProgramStage {
  readonly sandbox: Sandbox
  readonly dataDir: string
  /** What the program has written to its log since it was first started. */
  readonly log: readonly { readonly level: number; readonly msg: string }[]
  /** Where it answers HTTP, once it was ready. */
  port(): number
  /** @returns the names of what did not end in time */
  stop(): Promise<readonly string[]>
  /** Starts it again on the same data. */
  start(): Promise<void>
  /** Starts it, and does not wait until it is ready. */
  begin(): Program
  /** Posts with exactly this text that are live now. */
  live(platform: Platform, text: string): number
  close(): Promise<void>
}

/** What a test adds to the usual set-up. */
export interface More {
  readonly environment?: Readonly<Record<string, string>>
  /** Further parts of the accounts file. */
  readonly file?: object
  /** It is started by the test. */
  readonly isIdle?: true
}

export async function startWith(
  surfaces: readonly Surface[],
  more: More = {},
): Promise<ProgramStage> {
  const folder = await mkdtemp(join(tmpdir(), 'pressroom-program-'))
  const dataDir = join(folder, 'data')
  const sandbox = createSandbox({ processingPolls: 0 })
  const platforms = await sandbox.listen()
  const at = (name: Platform) => ({
    name,
    platform: name,
    accessToken: `sandbox-${name}-token`,
    apiUrl: sandbox.apiUrl(platforms.url, name),
  })
  const accounts = [{ ...at('facebook'), pageId: '1029' }, at('mastodon')]
  await writeFile(join(folder, 'accounts.json'), JSON.stringify({ accounts, ...more.file }))
  const environment: Record<string, string> = {
    ...Object.assign({}, ...surfaces.map((surface) => surface.environment)),
    PRESSROOM_DATA_DIR: dataDir,
    PRESSROOM_ACCOUNTS: join(folder, 'accounts.json'),
    PRESSROOM_SETTLE_MS: '20',
    PRESSROOM_BACKOFF_MS: '20',
    PRESSROOM_REQUEST_TIMEOUT_MS: '10000',
    PRESSROOM_TIME_ZONE: 'UTC',
    PORT: '0',
    ...more.environment,
  }
  const lines: { level: number; msg: string }[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const log = createLog({ level: 'info', redactor: createRedactor(), destination })
  const overrides = { log, host: '127.0.0.1', unpaced: true, telling: QUICK } as const
  let program: Program | undefined
  let port: number | null = null

  const stage: ProgramStage = {
    sandbox,
    dataDir,
    log: lines,
    begin() {
      program = startProgram(readSettings(environment), environment, 'start', overrides)
      return program
    },
    async start() {
      port = (await stage.begin().ready)?.port ?? null
    },
    port() {
      if (port === null) throw new Error('the program does not answer HTTP')
      return port
    },
    async stop() {
      const unended = await program?.stop()
      program = undefined
      return unended ?? []
    },
    live: (platform, text) => sandbox.live(platform).filter((post) => post.text === text).length,
    async close() {
      await stage.stop()
      await platforms.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  if (!more.isIdle) await stage.start()
  return stage
}
