import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { webClient } from '../slack/bolt-app.js'
import { type LocalStack, picture, retryButton, startLocalStack } from './scripted-bot.js'

const executablePath = '/usr/bin/chromium'
const hasBrowser = existsSync(executablePath)

let assetsDir: string
let stack: LocalStack
let browser: Browser
let page: Page
const problems: string[] = []
const outside: string[] = []

describe.skipIf(!hasBrowser)(
  hasBrowser ? 'the page in a browser' : `the page (skipped: no ${executablePath})`,
  () => {
    beforeAll(async () => {
      assetsDir = await mkdtemp(join(tmpdir(), 'pressroom-page-'))
      await promisify(execFile)(process.execPath, ['build.js', '--page', assetsDir])
      stack = await startLocalStack(assetsDir)
      browser = await chromium.launch({
        executablePath,
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
      })
      page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
      page.on('pageerror', (error) => problems.push(error.message))
      page.on('request', (request) => {
        if (!request.url().startsWith(stack.url)) outside.push(request.url())
      })
      await page.goto(stack.url)
      await page.getByRole('heading', { name: 'Welcome to #social' }).waitFor()
    })

    afterAll(async () => {
      await browser?.close()
      await stack?.stop()
      await rm(assetsDir, { recursive: true, force: true })
    })

    it('completes a command, shows the form, its errors, and sends it', async () => {
      await page.keyboard.type('/pub')
      await page.getByRole('list', { name: 'Commands' }).waitFor()
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      const form = page.getByRole('dialog', { name: 'Publish' })
      await form.waitFor()

      await page.keyboard.type('Hi')
      await form.getByRole('button', { name: 'Publish' }).click()
      await form.getByRole('alert').filter({ hasText: 'Say a little more.' }).waitFor()

      await form.getByLabel('Text').fill('Hello')
      await form.getByLabel('Where').fill('blue')
      await form.getByRole('option', { name: 'bluesky' }).click()
      await form.getByLabel('When').fill('2030-01-02T03:04')
      await form
        .getByLabel('Media')
        .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: picture })
      await form.getByText('a.png').waitFor()
      await form.getByRole('button', { name: 'Publish' }).click()
      await form.waitFor({ state: 'detached' })
      await page.getByText('Hello', { exact: true }).waitFor()
      expect(stack.submitted).toMatchObject([
        {
          targets: { targets: { selected_options: [{ value: 'facebook' }, { value: 'bluesky' }] } },
          at: { at: { selected_date_time: new Date('2030-01-02T03:04').getTime() / 1000 } },
          media: { media: { files: [{ name: 'a.png', mimetype: 'image/png' }] } },
        },
      ])
      await page.getByRole('img', { name: 'A chart' }).waitFor({ state: 'attached' })
    })

    it('presses the button that was meant, asks where asked to, and shows edits live', async () => {
      const [first, second] = ['Retry one', 'Retry two']
      await page.getByRole('button', { name: first }).click()
      await page.getByText('Edited 1').waitFor()
      await page.getByRole('button', { name: second }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'No' }).click()
      await page.getByRole('button', { name: second }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Yes' }).click()
      await page.getByText('Edited 2').waitFor()
      expect(stack.pressed).toEqual(['first one', 'second two'])
    })

    it('opens the thread', async () => {
      await page.getByRole('button', { name: /^2 replies/ }).click()
      const thread = page.getByRole('complementary', { name: 'Thread' })
      await thread.getByText('again: two').waitFor()
      await thread.getByLabel('Message the thread').fill('Thanks')
      await page.keyboard.press('Enter')
      await thread.getByText('Thanks').waitFor()
    })

    it('shows an ephemeral message to one person only', async () => {
      await page.getByLabel('Message #social').fill('/publish help')
      await page.keyboard.press('Enter')
      await page.getByText('Just you').waitFor()
      await page.getByText('Only visible to you').waitFor()
      await page.getByLabel('Ben').check()
      await page.getByText('Just you').waitFor({ state: 'detached' })
      await page.getByText('Edited 2').first().waitFor()
      await stack.slack.as('U000000ANA').slash('/publish', 'help', 'C00000SOCIAL')
      await stack.slack.waitFor(() => stack.slack.ephemerals('U000000ANA').length === 2)
      stack.slack.as('U000000ANA').say('For everybody', 'C00000SOCIAL')
      await page.getByText('For everybody').waitFor()
      expect(await page.getByText('Just you').count()).toBe(0)
    })

    it('presses what was shown when it asked, also when that has changed meanwhile', async () => {
      const client = webClient(stack.slack, `${stack.url}/slack/api/`)
      const card = (said: string, block_id: string) => ({
        channel: 'C00000SOCIAL',
        text: said,
        blocks: [
          { type: 'section' as const, text: { type: 'mrkdwn' as const, text: said } },
          { type: 'actions' as const, block_id, elements: [retryButton('three', 'danger')] },
        ],
      })
      const { ts = '' } = await client.chat.postMessage(card('Once', 'question.1'))
      await page.getByRole('button', { name: 'Retry three' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.waitFor()
      await client.chat.update({ ts, ...card('Anew', 'question.2') })
      await page.getByText('Anew', { exact: true }).waitFor()
      await dialog.getByRole('button', { name: 'Yes' }).click()
      await stack.slack.waitFor(() => stack.pressed.length === 3)
      expect(stack.pressed.at(-1)).toBe('question.1 three')
    })

    it('switches faults and lists what is live', async () => {
      await page.getByLabel('What Bluesky does').selectOption('accept_then_drop')
      const link = page.getByRole('link', { name: 'Live there' })
      expect(await link.getAttribute('href')).toBe('http://127.0.0.1:1/posts/1')
      await page.locator('.faulty').filter({ hasText: 'Bluesky' }).waitFor()
      expect(stack.faults.get('bluesky')).toBe('accept_then_drop')
    })

    it('refuses what another site asks for', async () => {
      const asked = await fetch(`${stack.url}/page/fault`, {
        method: 'POST',
        headers: { origin: 'https://elsewhere.example' },
        body: JSON.stringify({ platform: 'facebook', mode: 'slow' }),
      })
      expect(asked.status).toBe(403)
      expect(stack.faults.get('facebook')).toBe('ok')
    })

    it('shows a post and its thread as Discord would, and follows what changes', async () => {
      const text = (content: string) => ({
        components: [
          { type: 17, accent_color: 0x2e9e5b, components: [{ type: 10, content }] },
          { type: 1, components: [{ type: 2, style: 1, label: 'Retry failed' }] },
        ],
      })
      stack.mirror.show({ messageId: '1', message: text('**A \\*post\\***\n0 live'), files: [] })
      const link = '[open](<https://example.com/a_b>)'
      const content = `<@123> <t:0:f> ${link}\n-# small`
      stack.mirror.show({ messageId: '2', rootId: '1', message: { content }, files: ['a.txt'] })
      stack.mirror.show({ messageId: '3', message: text('Another post'), files: [] })
      const discord = await browser.newPage()
      discord.on('pageerror', (error) => problems.push(error.message))
      discord.on('request', (request) => {
        const isOwn = request.url().startsWith(stack.url) || request.url().startsWith('data:')
        if (!isOwn) outside.push(request.url())
      })
      await discord.goto(`${stack.url}/discord.html?root=1`)
      await discord.getByText('A *post*').waitFor()
      await discord.locator('discord-button', { hasText: 'Retry failed' }).waitFor()
      await discord.getByText('Thread', { exact: true }).waitFor()
      await discord.getByRole('link', { name: 'open' }).waitFor()
      await discord.locator('.small', { hasText: 'a.txt' }).waitFor()
      await discord.locator('discord-time', { hasText: '1 January 1970' }).waitFor()
      expect(await discord.getByText('Another post').count()).toBe(0)
      stack.mirror.show({ messageId: '1', message: text('1 live now'), files: [] })
      await discord.getByText('1 live now').waitFor()
      expect(await discord.locator('discord-message').count()).toBe(2)
      await discord.close()
    })

    it('ran without errors and asked nothing of the internet but the picture', () => {
      expect(problems).toEqual([])
      expect([...new Set(outside)]).toEqual(['https://pictures.invalid/chart.png'])
    })
  },
)
