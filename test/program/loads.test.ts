import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const LARGE = ['@slack/bolt', 'discord.js', 'bullmq', 'sharp']

/** Which of the large libraries a process has loaded once it has loaded these files. */
async function loadedBy(files: readonly string[]): Promise<string[]> {
  const script = `
    Promise.all(${JSON.stringify(files)}.map((file) => import(file))).then(() => {
      const loaded = Object.keys(require('node:module')._cache)
      const has = (name) => loaded.some((path) => path.includes('/node_modules/' + name + '/'))
      process.stdout.write(JSON.stringify(${JSON.stringify(LARGE)}.filter(has)))
    })`
  const node = promisify(execFile)(process.execPath, ['--import', 'tsx', '--eval', script])
  return JSON.parse((await node).stdout)
}

/** Each takes a good part of a start, and memory for as long as the process runs. */
describe('large libraries', () => {
  it.each([
    { who: 'a worker, besides its queue', file: './src/program/start-workers.ts' },
    { who: 'a bot, before it is known which chats it has', file: './src/program/start-bot.ts' },
  ])('are not loaded by $who', async ({ file }) => {
    expect(await loadedBy(['./src/program.ts', file])).toEqual([])
  })

  it('are loaded with the chat that needs them', async () => {
    expect(await loadedBy(['./src/bot/slack/index.ts'])).toEqual(['@slack/bolt'])
    expect(await loadedBy(['./src/bot/discord/index.ts'])).toEqual(['discord.js'])
  })
})
