import { readdir, readFile, stat } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { POWERS } from '../src/bot/rules.js'
import { readSettings, VARIABLES } from '../src/config.js'
import { connectors } from '../src/publisher/connectors/index.js'

const root = new URL('..', import.meta.url)
const read = (path: string) => readFile(new URL(path, root), 'utf8')
const pages = async () => {
  const names = (await readdir(new URL('docs/', root))).filter((name) => name.endsWith('.md'))
  return ['README.md', 'SECURITY.md', ...names.map((name) => `docs/${name}`)]
}

/** Lines of every file of a connector. */
async function linesOf(platform: string): Promise<number[]> {
  const folder = `src/publisher/connectors/${platform}/`
  const names = await readdir(new URL(folder, root))
  const texts = await Promise.all(names.map((name) => read(folder + name)))
  return texts.map((text) => text.trimEnd().split('\n').length)
}

/** The README's table of variables: names, and what stands as a default after the last semicolon. */
async function variables(): Promise<ReadonlyMap<string, string | undefined>> {
  const rows = (await read('README.md')).matchAll(/^\| (`[A-Z][A-Z_]+`.*?) \| (.*) \|$/gm)
  return new Map(
    [...rows].flatMap(([, names = '', words = '']) => {
      const defaults = words.replaceAll('`', '').split('; ').at(-1)?.split(', ')
      return [...names.matchAll(/`(.*?)`/g)].map(([, name = ''], at) => [name, defaults?.[at]])
    }),
  )
}

describe("the README's variables", () => {
  it('are those that are read', async () => {
    expect([...(await variables()).keys()].sort()).toEqual([...VARIABLES].sort())
  })

  it('have the defaults that stand there', async () => {
    const settings = readSettings({
      PRESSROOM_SECRET_KEY: '0'.repeat(64),
      SLACK_BOT_TOKEN: 'xoxb',
      SLACK_APP_TOKEN: 'xapp',
      DISCORD_TOKEN: 'token',
      DISCORD_APPLICATION_ID: '1',
    })
    const told = await variables()
    const defaults = {
      SLACK_API_URL: settings.slack?.apiUrl,
      DISCORD_API_URL: settings.discord?.apiUrl,
      PORT: settings.port,
      PRESSROOM_DATA_DIR: settings.dataDir,
      PRESSROOM_SCORECARD_CRON: settings.scorecardCron,
      PRESSROOM_REQUEST_TIMEOUT_MS: settings.requestTimeoutMs,
      PRESSROOM_LEASE_MS: settings.leaseMs,
      PRESSROOM_SETTLE_MS: settings.settleMs,
      PRESSROOM_BACKOFF_MS: settings.backoffMs,
      PRESSROOM_MAX_ATTEMPTS: settings.maxAttempts,
      PRESSROOM_RECHECK_MS: settings.recheckMs.join(','),
      LOG_LEVEL: settings.logLevel,
    }
    for (const [name, value] of Object.entries(defaults)) {
      expect(told.get(name), name).toBe(String(value))
    }
  })
})

it('SECURITY.md says of every secret of the environment, and of every role, what becomes of it', async () => {
  const words = await read('SECURITY.md')
  const secrets = VARIABLES.filter((name) => /TOKEN|SECRET/.test(name))
  expect(secrets.filter((name) => !words.includes(`\`${name}\``))).toEqual([])
  expect(POWERS.filter((power) => !words.includes(`\`${power}\``))).toEqual([])
})

it('the files that the documents name are there', async () => {
  for (const page of await pages()) {
    const paths = (await read(page)).matchAll(/`((?:src|test|bench|docs|\.ci)\/[^`\s]*)`/g)
    for (const [, path = ''] of paths)
      await expect(stat(new URL(path, root)), path).resolves.toBeTruthy()
  }
})

it('the sections of the README that the sources point to are there', async () => {
  const folder = new URL('src/', root)
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'))
  const sources = await Promise.all(names.map((name) => read(`src/${name}`)))
  const pointed = sources.flatMap((text) => [...text.matchAll(/"([^"\n]+)" in the README/g)])
  expect(pointed.length).toBeGreaterThan(3)
  const readme = await read('README.md')
  const headings = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading)
  for (const [, heading] of pointed) expect(headings).toContain(heading)
})

it('measurements take their servers from the variables that the tests take theirs from', async () => {
  const names = (await readdir(new URL('bench/', root))).filter((name) => name.endsWith('.ts'))
  const own = /process\.env\.(DATABASE|REDIS)_URL|\b(DATABASE|REDIS)_URL\b.*= process\.env/
  for (const name of names) expect(await read(`bench/${name}`), name).not.toMatch(own)
})

describe('what a newcomer is told', () => {
  it('has every command, and how it is built first', async () => {
    const [, running = ''] = (await read('README.md')).split('## Running it')
    const names = [...(await read('src/main.ts')).matchAll(/^ {4}name: '(.*)'/gm)]
    expect(names.length).toBeGreaterThan(10)
    for (const [, name] of names) expect(running).toMatch(new RegExp(`\`${name}[ \`]`))
    expect(running.indexOf('npm run build')).toBeGreaterThan(0)
    expect(running.indexOf('npm run build')).toBeLessThan(running.indexOf('npx pressroom'))
  })

  it('spells a command in one way', async () => {
    for (const page of await pages()) {
      expect(await read(page), page).not.toMatch(/node dist\/main\.js|(^|`)pressroom [a-z]/m)
    }
  })

  it('runs only scripts that are there', async () => {
    const { scripts } = JSON.parse(await read('package.json'))
    for (const page of await pages()) {
      const run = (await read(page)).matchAll(/npm run ([\w:-]+)/g)
      for (const [, name = ''] of run) expect(scripts, page).toHaveProperty([name])
    }
  })

  it('has every folder of the sources', async () => {
    const [, where = ''] = (await read('README.md')).split('## Where things are')
    const entries = await readdir(new URL('src/', root), { withFileTypes: true })
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => `src/${name}`)
    for (const path of ['src/main.ts', ...folders, 'test', 'bench', 'docs']) {
      expect(where).toContain(`\`${path}\``)
    }
  })

  it('has the words that the code is written in', async () => {
    expect(await read('README.md')).toContain('docs/connectors.md#words')
    const [, words = ''] = (await read('docs/connectors.md')).split('## Words')
    const told = [...words.matchAll(/^- \*\*(.*?)\*\*/gm)].map(([, word]) => word)
    const wanted = ['post', 'target', 'attempt', 'outcome', 'doubt', 'look-up', 'lease', 'held']
    expect(told).toEqual(wanted)
  })

  it('links only to what is there', async () => {
    for (const page of await pages()) {
      for (const [, to = ''] of (await read(page)).matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
        const [path = '', heading] = to.split('#')
        const url = path === '' ? new URL(page, root) : new URL(path, new URL(page, root))
        const text = await readFile(url, 'utf8')
        const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map(([, words = '']) => anchorOf(words))
        if (heading !== undefined) expect(anchors, `${page}: ${to}`).toContain(heading)
      }
    }
  })
})

/** As GitHub makes it of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-')
}

describe('docs/connectors.md', () => {
  it('tells how large the two that it shows are', async () => {
    const words = await read('docs/connectors.md')
    const told = Number(/connectors\/telegram`, about (\d+) lines in seven/.exec(words)?.[1])
    const telegram = await linesOf('telegram')
    expect(telegram).toHaveLength(7)
    expect(Math.abs(telegram.reduce((a, b) => a + b) - told)).toBeLessThanOrEqual(20)
    expect(await linesOf('manual')).toEqual([expect.closeTo(30, -1)])
  })

  it('says of every file that two connectors have what it holds', async () => {
    const folder = new URL('src/publisher/connectors/', root)
    const names = await Promise.all(
      Object.keys(connectors).map((platform) => readdir(new URL(platform, folder))),
    )
    const shared = names.flat().filter((name, at, all) => all.indexOf(name) !== at)
    const rows = (await read('docs/connectors.md')).match(/^\| `.*? \|/gm)?.join('') ?? ''
    expect([...new Set(shared)].filter((name) => !rows.includes(`\`${name}\``))).toEqual([])
  })

  it('names every place where a platform is listed', async () => {
    const words = await read('docs/connectors.md')
    // `telegram` as a key or an entry: what has to be added for a platform.
    const entry = /^\s+(telegram: |'telegram',|\{ \.\.\.at\('telegram'\))/m
    for (const folder of ['src', 'bench']) {
      const all = await readdir(new URL(folder, root), { recursive: true })
      for (const name of all.filter((one) => one.endsWith('.ts'))) {
        const path = `${folder}/${name}`
        if (entry.test(await read(path))) expect(words.includes(path), path).toBe(true)
      }
    }
  })
})
