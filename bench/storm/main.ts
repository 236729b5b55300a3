import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compile } from './compile.js'
import { readOptions, type StormOptions, USAGE } from './options.js'
import { compare, describe, isClean } from './report.js'

const print = (line: string) => void process.stdout.write(`${line}\n`)

async function main(options: StormOptions): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'pressroom-storm-'))
  const compiled = await compile()
  // The waits are read when their module is loaded, here and in the programs that are started.
  process.env.STORM_SLOW ||= options.engine === 'embedded' ? '3' : '1'
  const [{ runStorm }, { runNaive }] = await Promise.all([
    import('./run.js'),
    import('./run-naive.js'),
  ])
  print(
    `storm of ${options.posts} posts, ${options.engine}, seed ${options.seed}; logs in ${folder}`,
  )
  let clean = false
  try {
    const place = { folder, entry: compiled.entry, print }
    const ours = await runStorm(options, place)
    clean = isClean(ours, options)
    print('')
    for (const line of [...compare(ours), '', ...describe(ours)]) print(line)
    if (options.naive) {
      print('\nthe naive worker in the same storm, for as long')
      const naive = await runNaive(options, place, ours.seconds * 1_000)
      for (const line of ['', ...compare(ours, naive)]) print(line)
    }
    return clean
  } finally {
    print(`\nseed ${options.seed}${clean ? '' : `; logs and data in ${folder}`}`)
    await compiled.remove()
    if (clean && !options.keep) await rm(folder, { recursive: true, force: true })
  }
}

try {
  const options = readOptions(process.argv.slice(2), process.env)
  if (options === 'help') print(USAGE)
  else process.exitCode = (await main(options)) ? 0 : 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`)
  process.exitCode = 1
}
