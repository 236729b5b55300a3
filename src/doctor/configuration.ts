import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { checkCron } from '../bot/scorecard/schedule.js'
import {
  ConfigError,
  type Environment,
  readSettings,
  type Settings,
  secretKeyPath,
} from '../config.js'
import { type Finding, findings } from './finding.js'

const about = findings('configuration')

/** The settings as far as they can be read, with everything that is wrong with the rest. */
export function readWhatWorks(environment: Environment): {
  settings: Settings | undefined
  findings: Finding[]
} {
  const found: Finding[] = []
  // Reading must leave no trace: `start` makes a key where there is none.
  let rest = withKey(environment)
  for (;;) {
    let settings: Settings
    try {
      settings = readSettings(rest)
      checkCron(settings.scorecardCron)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      found.push(...error.message.split('\n').map((line) => about('fault', line)))
      const without = withoutFaulty(rest, error.message)
      if (!without) return { settings: undefined, findings: found }
      rest = withKey(without)
      continue
    }
    const folder = settings.databaseUrl ? undefined : unwritable(settings.dataDir)
    if (folder) found.push(folder)
    const key = settings.databaseUrl && !environment.PRESSROOM_SECRET_KEY
    if (key) found.push(KEY_MISSING)
    if (found.length === 0) found.push(about('ok', 'it is complete'))
    return { settings, findings: found }
  }
}

function withKey(environment: Environment): Environment {
  if (environment.PRESSROOM_SECRET_KEY) return environment
  return { ...environment, PRESSROOM_SECRET_KEY: keptKey(environment) ?? '0'.repeat(64) }
}

function keptKey(environment: Environment): string | undefined {
  try {
    const kept = readFileSync(secretKeyPath(environment.PRESSROOM_DATA_DIR || '.pressroom'), 'utf8')
    return /^[0-9a-f]{64}$/i.exec(kept.trim())?.[0]
  } catch {
    return undefined
  }
}

const KEY_MISSING = about(
  'warning',
  'PRESSROOM_SECRET_KEY is not set: each machine and container makes a key of its own, and none can read what another stored.',
  'Make one with: openssl rand -hex 32, and give the same one to every process.',
)

/** Leaves out what an error is about, so that the rest can still be read. */
function withoutFaulty(environment: Environment, message: string): Environment | undefined {
  const named = message.split('\n').flatMap((line) => /^[A-Z][A-Z_]+/.exec(line)?.[0] ?? [])
  const group = (name: string) => /^(SLACK|DISCORD)_/.exec(name)?.[0]
  const isFaulty = (name: string) =>
    named.some((one) => one === name || (group(one) !== undefined && group(one) === group(name)))
  const kept = Object.entries(environment).filter(
    ([name, value]) => !isFaulty(name) || value === undefined,
  )
  const fewer = kept.length < Object.keys(environment).length
  return fewer ? Object.fromEntries(kept) : undefined
}

/** The data folder is made when it is not there; then its parent must take it. */
function unwritable(dataDir: string): Finding | undefined {
  let folder = resolve(dataDir)
  while (!existsSync(folder)) folder = dirname(folder)
  const next = 'Name a folder that this user can write to.'
  if (!statSync(folder).isDirectory()) {
    return about('fault', `PRESSROOM_DATA_DIR: ${folder} is not a folder.`, next)
  }
  try {
    accessSync(folder, constants.W_OK)
    return undefined
  } catch {
    return about('fault', `PRESSROOM_DATA_DIR: ${join(folder)} cannot be written to.`, next)
  }
}
