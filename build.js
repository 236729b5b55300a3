// Compiles src/ into dist/: one file per source, so that files keep finding their assets next to
// them, and the local page as a bundle for the browser. `--if-needed` skips when nothing changed;
// `--page <folder>` builds only the page, into that folder.
import { createHash, randomUUID } from 'node:crypto'
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const src = join(root, 'src')
const dist = join(root, 'dist')
const pageSource = join(src, 'sandbox/page/browser')

const sources = await listFiles(src)
const fingerprint = await fingerprintOf([...sources, 'package.json', 'build.js'])
const built = await readFile(join(dist, '.fingerprint'), 'utf8').catch(() => '')
if (process.argv.includes('--if-needed') && built === fingerprint) process.exit(0)

const startedAt = performance.now()
const esbuild = await import('esbuild').catch(() => {
  console.error('esbuild is missing: run "npm install" with development dependencies')
  process.exit(1)
})

const pageFlag = process.argv.indexOf('--page')
if (pageFlag > 0) {
  await buildPage(process.argv[pageFlag + 1] ?? '')
  process.exit(0)
}

// Built aside and moved into place at once, so that a process starting meanwhile sees all or nothing.
const out = join(root, `dist-${randomUUID()}`)
await mkdir(out)
const isPage = (/** @type {string} */ file) => join(root, file).startsWith(pageSource)
try {
  await Promise.all([
    esbuild.build({
      entryPoints: sources
        .filter((file) => /\.ts$/.test(file) && !/\.d\.ts$/.test(file) && !isPage(file))
        .map((file) => join(root, file)),
      outbase: src,
      outdir: out,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'linked',
      sourcesContent: false,
      logLevel: 'warning',
    }),
    buildPage(join(out, 'sandbox/page/browser')),
    ...sources
      .filter((file) => !/\.tsx?$/.test(file) && !isPage(file))
      .map((file) => cp(join(root, file), join(out, relative(src, join(root, file))))),
  ])
} catch (error) {
  // What is still being written must not bury the message.
  await rm(out, { recursive: true, force: true, maxRetries: 5 })
  throw error
}
await chmod(join(out, 'main.js'), 0o755)
await writeFile(join(out, '.fingerprint'), fingerprint)
await replaceDist()
console.log(`built dist/ in ${Math.round(performance.now() - startedAt)} ms`)

/** @param {string} outdir */
async function buildPage(outdir) {
  await esbuild.build({
    entryPoints: [join(pageSource, 'main.tsx'), join(pageSource, 'discord.ts')],
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    logLevel: 'warning',
  })
  for (const page of ['index.html', 'discord.html']) {
    await cp(join(pageSource, page), join(outdir, page))
  }
}

/** Another build may finish at the same moment; either result is good. */
async function replaceDist() {
  const old = `${out}-old`
  await rename(dist, old).catch(() => undefined)
  await rename(out, dist).catch(() => rm(out, { recursive: true, force: true }))
  await rm(old, { recursive: true, force: true })
}

/**
 * @param {string} folder
 * @returns {Promise<string[]>} paths of all files below, relative to the root
 */
async function listFiles(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .sort()
}

/** @param {string[]} files */
async function fingerprintOf(files) {
  const hash = createHash('sha256')
  for (const file of files) {
    const { mtimeMs, size } = await stat(join(root, file))
    hash.update(`${file} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex')
}
