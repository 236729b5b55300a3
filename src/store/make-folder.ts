import { rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'

/**
 * Makes a new data folder for the embedded engine, whole or not at all: aside first, then renamed.
 * Making one takes several times the memory that using it takes, and gives none of it back; so a
 * thread does it, and its memory goes with it.
 */
export async function makeFolder(folder: string): Promise<void> {
  const draft = `${folder}.new`
  await rm(draft, { recursive: true, force: true }) // left by a process that died meanwhile
  await inThread({ engine: createRequire(import.meta.url).resolve('@electric-sql/pglite'), draft })
  await rename(draft, folder)
}

// Text instead of a file: a thread finds compiled files only, and this has to run from source too.
const MAKE = `
const { workerData } = require('node:worker_threads')
const { PGlite } = require(workerData.engine)
PGlite.create(workerData.draft).then((made) => made.close())
`

function inThread(workerData: { engine: string; draft: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(MAKE, { eval: true, workerData })
    thread.once('error', reject)
    thread.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`the data folder could not be made (${code})`)),
    )
  })
}
