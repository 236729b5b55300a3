import { parseArgs } from 'node:util'
import { type Ending, tryCrashPoints } from '../test/support/crash/crash-points.js'
import {
  openStages,
  STAGE_PLATFORMS,
  type StageOptions,
  type StagePlatform,
} from '../test/support/crash/open-stage.js'
import { takesText } from './storm/accounts.js'

/**
 * Lets the publishing process die at every named point (store writes, requests, bells, chat calls)
 * on every connector, once where the platform answers and once where its answer is lost, and looks
 * at what a second process makes of it.
 */
interface Run {
  readonly platform: StagePlatform
  readonly options: StageOptions
}

const LANES = 2

async function main(only: readonly string[]): Promise<boolean> {
  const runs = STAGE_PLATFORMS.filter((name) => only.length === 0 || only.includes(name)).flatMap(
    (platform): Run[] => {
      if (platform === 'manual') return [{ platform, options: {} }]
      const pictured = !takesText(platform)
      return [
        { platform, options: { pictured } },
        { platform, options: { pictured: true, lost: true } },
      ]
    },
  )
  print(line('connector', 'answer', 'points', 'reached', 'wrong', 'seconds'))
  let points = 0
  let wrong = 0
  const lane = async (): Promise<void> => {
    for (let run = runs.shift(); run; run = runs.shift()) {
      const { platform, options } = run
      const answer = options.lost ? 'lost' : 'given'
      // An engine of its own, so that nothing is looked at again which another run left behind.
      const stages = await openStages()
      const startedAt = Date.now()
      const endings = await tryCrashPoints(stages.on(platform, options)).catch((error: Error) => {
        throw new Error(`${platform}, answer ${answer}: ${error.message}`)
      })
      await stages.close()
      const bad = endings.filter((ending) => ending.wrong !== undefined)
      // The first ending is the one of the process that lived.
      points += endings.length - 1
      wrong += bad.length
      const seconds = ((Date.now() - startedAt) / 1_000).toFixed(0)
      const reached = endings.filter(({ died }) => died).length
      const cells = [endings.length - 1, reached, bad.length, seconds].map(String)
      print(line(platform, answer, ...cells))
      for (const ending of bad) print(`  ${describe(ending)}`)
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  print(`\n${points} points, ${wrong} wrong`)
  return wrong === 0
}

function describe({ point, status, live, wrong }: Ending): string {
  return `${point ?? 'no death'}: ${wrong} (${status}, ${live} live)`
}

function line(...cells: string[]): string {
  return cells.map((cell, at) => (at < 2 ? cell.padEnd(12) : cell.padStart(9))).join('')
}

const print = (text: string) => void process.stdout.write(`${text}\n`)

const { positionals } = parseArgs({ allowPositionals: true })
// What died never ends by itself.
process.exit((await main(positionals)) ? 0 : 1)
