import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const executablePath = '/usr/bin/chromium'
const hasBrowser = existsSync(executablePath)
const root = resolve(import.meta.dirname, '..')
/** Set to write the README's picture anew. */
const picturePath = process.env.UPDATE_PICTURE ? join(root, 'docs/thread.png') : undefined

let folder: string
let port: number
let program: ChildProcess
let printed = ''
let browser: Browser
let page: Page

/** The product as a newcomer starts it: nothing configured, in an empty folder. */
async function start(): Promise<void> {
  const { PATH, HOME } = process.env
  program = spawn(process.execPath, [join(root, 'dist/main.js'), 'start'], {
    cwd: folder,
    env: { PATH, HOME, PORT: String(port), PRESSROOM_TIME_ZONE: 'UTC' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  program.stdout?.on('data', (chunk) => {
    printed += chunk
  })
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
    if (answer?.ok) return
    if (program.exitCode !== null) throw new Error(`it stopped with exit code ${program.exitCode}`)
    await new Promise((again) => setTimeout(again, 100))
  }
}

async function kill(): Promise<void> {
  const gone = once(program, 'exit')
  program.kill('SIGKILL')
  await gone
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function open(): Promise<void> {
  await page.goto(`http://localhost:${port}`)
  await page.getByRole('heading', { name: 'Welcome to #launch' }).waitFor()
}

async function say(text: string): Promise<void> {
  await page.getByRole('textbox', { name: /Message #launch/ }).fill(text)
  await page.keyboard.press('Enter')
}

const thread = (): Locator => page.getByRole('complementary', { name: 'Thread' })
const inThread = (text: string | RegExp) => thread().getByText(text).first()

const message = (excerpt: string) =>
  page.getByLabel('Messages in #launch').locator('li[data-ts]').filter({ hasText: excerpt }).first()

async function openThread(excerpt: string): Promise<void> {
  await message(excerpt)
    .getByRole('button', { name: /replies|reply/i })
    .click()
}

const livePosts = (platform: string, text: string) =>
  page
    .getByRole('complementary', { name: 'Platforms' })
    .getByRole('listitem')
    .filter({ has: page.getByLabel(`What ${platform} does`) })
    .locator('a', { hasText: text })

describe.skipIf(!hasBrowser)(
  hasBrowser ? 'the local workspace' : `the local workspace (skipped: no ${executablePath})`,
  { timeout: 120_000 },
  () => {
    beforeAll(async () => {
      await promisify(execFile)(process.execPath, ['build.js', '--if-needed'], { cwd: root })
      folder = await mkdtemp(join(tmpdir(), 'pressroom-local-'))
      port = await freePort()
      await start()
      browser = await chromium.launch({
        executablePath,
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
      })
      page = await browser.newPage({ viewport: { width: 1280, height: 800 }, deviceScaleFactor: 2 })
      page.setDefaultTimeout(30_000)
      await open()
    }, 120_000)

    afterAll(async () => {
      await browser?.close()
      if (program?.exitCode === null) await kill()
      await rm(folder, { recursive: true, force: true })
    })

    it('says in a line of its log that it is ready, and then where to look', async () => {
      await expect.poll(() => printed, { timeout: 30_000 }).toContain(`http://localhost:${port}`)
      const [line = '', ...rest] = printed.trim().split('\n')
      expect(JSON.parse(line)).toMatchObject({ msg: 'ready', port })
      expect(rest.join('\n')).not.toContain('{')
    })

    it('opens with a thread that has a live, a failed and a waiting target', async () => {
      await page
        .getByText('1 live · 1 failed · 0 processing · 0 waiting to retry · 1 needs a person')
        .waitFor()
      await openThread('Our new roast is out')
      await inThread(/facebook: live/).waitFor()
      await inThread(/instagram: failed/).waitFor()
      await inThread(/newsletter \(by hand\): ready to be posted by hand/).waitFor()
      if (picturePath) {
        await thread()
          .getByText(/facebook: live/)
          .scrollIntoViewIfNeeded()
        await page.screenshot({ path: picturePath })
      }
    })

    it("publishes with an image, retries the one that failed alone, and takes a person's word", async () => {
      await page.getByRole('combobox', { name: /Facebook/ }).selectOption('fail_once')
      await say(
        `/publish Grand opening on Saturday media:http://127.0.0.1:${port}/sample.jpg alt:"Sunrise"`,
      )
      await message('Grand opening').waitFor()
      await openThread('Grand opening')
      await inThread(/facebook: failed/).waitFor()
      await inThread(/instagram: live/).waitFor()
      await livePosts('Instagram', 'Grand opening').waitFor({ state: 'attached' })
      expect(await livePosts('Facebook', 'Grand opening').count()).toBe(0)

      await thread()
        .locator('li[data-ts]')
        .filter({ hasText: 'facebook: failed' })
        .getByRole('button', { name: 'Retry failed' })
        .click()
      await inThread(/facebook: live/).waitFor()
      await livePosts('Facebook', 'Grand opening').waitFor({ state: 'attached' })
      expect(await livePosts('Instagram', 'Grand opening').count()).toBe(1)

      await thread()
        .locator('li[data-ts]')
        .filter({ hasText: 'newsletter' })
        .getByRole('button', { name: "I confirmed it's live" })
        .first()
        .click()
      await inThread(/newsletter.*live/).waitFor()
      await inThread(/confirmed.*Maya/i).waitFor()
      await page.getByText('3 live · 0 failed').first().waitFor()
    })

    it('loses and doubles nothing when it is killed and started again', async () => {
      await page.getByRole('combobox', { name: /Facebook/ }).selectOption('slow')
      await say('/publish Killed in the middle to:facebook')
      await message('Killed in the middle').waitFor()
      // Facebook has it, and its answer is on its way.
      await livePosts('Facebook', 'Killed in the middle').first().waitFor({ state: 'attached' })
      await kill()
      await start()
      await open()
      await openThread('Killed in the middle')
      await inThread(/facebook: live/).waitFor({ timeout: 60_000 })
      expect(await livePosts('Facebook', 'Killed in the middle').count()).toBe(1)
      await page.getByText('3 live · 0 failed').first().waitFor()
    })
  },
)
