import { cp, mkdir, readdir, rm } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const IS_PAGE = /^src\/sandbox\/page\/browser\//

/**
 * Compiles the product and the programs of the storm once, file by file, into a folder of its own:
 * so that processes start quickly, and a long run sees one version however often they start.
 * @returns where the compiled file of a source stands, and how to throw everything away
 */
export async function compile(): Promise<{
  entry(source: string): string
  remove(): Promise<void>
}> {
  // Inside node_modules, so that packages are found from there.
  const out = join(ROOT, 'node_modules/.cache', `pressroom-storm-${process.pid}`)
  const files = (await Promise.all(['src', 'bench/storm'].map(list))).flat()
  const sources = files.filter((file) => !IS_PAGE.test(file))
  await mkdir(out, { recursive: true })
  await build({
    entryPoints: sources.filter((file) => file.endsWith('.ts')).map((file) => join(ROOT, file)),
    outbase: ROOT,
    outdir: out,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  })
  for (const file of sources.filter((name) => !/\.tsx?$/.test(name))) {
    await mkdir(dirname(join(out, file)), { recursive: true })
    await cp(join(ROOT, file), join(out, file))
  }
  await cp(join(ROOT, 'package.json'), join(out, 'package.json')) // names the version
  return {
    entry: (source) => join(out, source.replace(/\.ts$/, '.js')),
    remove: () => rm(out, { recursive: true, force: true }),
  }
}

async function list(folder: string): Promise<string[]> {
  const found = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })
  return found
    .filter((item) => item.isFile())
    .map((item) => relative(ROOT, join(item.parentPath, item.name)))
}
