import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

interface Import {
  /** The importing file, from the root: `src/bot/card.ts`. */
  readonly from: string
  /** A package name, or the imported file without its ending, from the root: `src/log`. */
  readonly to: string
  readonly typeOnly: boolean
}

const files = readdirSync('src', { recursive: true })
  .map((path) => join('src', String(path)))
  .filter((path) => /\.tsx?$/.test(path))

const STATEMENT = /^(?:import|export)\s+(type\s+)?([^;'"]*?)from\s+'([^']+)'/gm
const BARE_OR_DYNAMIC = /(?:^import|\bimport\()\s*'([^']+)'/gm

const imports: readonly Import[] = files.flatMap((from) => {
  const text = readFileSync(from, 'utf8')
  const statements = [...text.matchAll(STATEMENT)].map(([, type, names = '', to = '']) => ({
    to,
    typeOnly: type !== undefined || onlyTypes(names),
  }))
  const others = [...text.matchAll(BARE_OR_DYNAMIC)].map(([, to = '']) => ({ to, typeOnly: false }))
  return [...statements, ...others].map(({ to, typeOnly }) => ({
    from,
    to: to.startsWith('.') ? resolve(from, to) : to,
    typeOnly,
  }))
})

/** `{ type A, type B }` brings in nothing that runs. */
function onlyTypes(names: string): boolean {
  const list = /^\s*\{([^}]*)\}\s*$/.exec(names)?.[1]
  if (list === undefined) return false
  return list.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type '))
}

function resolve(from: string, to: string): string {
  return relative('.', join(dirname(from), to)).replace(/\.(js|jsx|ts|tsx)$/, '')
}

/** The imports that go from one part to another, as readable lines; none are expected. */
function broken(from: RegExp, to: RegExp, except: (found: Import) => boolean = () => false) {
  return imports
    .filter((found) => from.test(found.from) && to.test(found.to) && !except(found))
    .map((found) => `${found.from} imports ${found.to}`)
}

const ANYTHING = /^/
const PACKAGE = (name: string) => new RegExp(`^${name}(/|$)`)

describe('the directions of imports', () => {
  it('are read from every file', () => {
    expect(files.length).toBeGreaterThan(50)
    expect(imports.length).toBeGreaterThan(files.length)
    expect(imports).toContainEqual({
      from: join('src', 'store', 'record-transition.ts'),
      to: join('src', 'publisher', 'core', 'target'),
      typeOnly: true,
    })
  })

  it('core imports only itself', () => {
    expect(
      broken(/^src\/publisher\/core\//, ANYTHING, ({ to }) => to.startsWith('src/publisher/core/')),
    ).toEqual([])
  })

  it('the store imports core and itself, of the project', () => {
    expect(
      broken(/^src\/store\//, /^src\//, ({ to }) => /^src\/(store|publisher\/core)\//.test(to)),
    ).toEqual([])
  })

  it('connectors import neither the store nor the workers nor the bot', () => {
    expect(
      broken(/^src\/publisher\/connectors\//, /^src\//, ({ to }) =>
        /^src\/publisher\/(core|connectors)\//.test(to),
      ),
    ).toEqual([])
  })

  it('a connector never imports another; those of Meta share its Graph API', () => {
    const folder = (path: string) => /^src\/publisher\/connectors\/([^/]+)\//.exec(path)?.[1]
    expect(
      broken(/^src\/publisher\/connectors\/[^/]+\//, ANYTHING, ({ from, to }) => {
        const [own = '', other] = [folder(from), folder(to)]
        if (other === 'meta' && ['facebook', 'instagram', 'threads'].includes(own)) return true
        return other === undefined || other === own
      }),
    ).toEqual([])
  })

  it('the workers reach connectors only through their interface', () => {
    expect(
      broken(/^src\/publisher\/[^/]+\.ts$/, /^src\/publisher\/connectors\/(index$|[^/]+\/)/),
    ).toEqual([])
  })

  it('the bot knows of connectors only their types, and nothing of the workers', () => {
    expect(
      broken(
        /^src\/bot\//,
        /^src\/publisher\//,
        ({ to, typeOnly }) =>
          to.startsWith('src/publisher/core/') ||
          (typeOnly && to === 'src/publisher/connectors/connector'),
      ),
    ).toEqual([])
  })

  it('the workers, the store and the connectors know nothing of the bot', () => {
    expect(broken(/^src\/(publisher|store)\//, /^src\/bot\//)).toEqual([])
  })

  it('Slack and Discord never import each other', () => {
    expect(broken(/^src\/bot\/slack\//, /^src\/bot\/discord(\/|$)/)).toEqual([])
    expect(broken(/^src\/bot\/discord\//, /^src\/bot\/slack(\/|$)/)).toEqual([])
    expect(broken(/^src\/bot\/(?!slack\/)/, PACKAGE('@slack'))).toEqual([])
    expect(broken(/^src\/bot\/(?!discord\/)/, PACKAGE('discord.js'))).toEqual([])
  })

  it('only the queue imports BullMQ and Redis', () => {
    const queue = (found: Import) => found.from.startsWith('src/publisher/queue/')
    expect(broken(ANYTHING, /^(bullmq|ioredis)(\/|$)/, queue)).toEqual([])
  })

  it('only the store, and the queue that shares its database, import a database driver', () => {
    expect(
      broken(/^src\/(?!store\/|publisher\/queue\/)/, /^(postgres|pg|@electric-sql\/pglite)(\/|$)/),
    ).toEqual([])
  })

  it('nothing imports the entry, and only the entry imports the sandbox', () => {
    expect(broken(ANYTHING, /^src\/main$/)).toEqual([])
    expect(
      broken(/^src\/(?!sandbox\/)/, /^src\/sandbox\//, ({ from }) => from === 'src/main.ts'),
    ).toEqual([])
  })

  it('the sandbox imports nothing of what it stands in for', () => {
    expect(broken(/^src\/sandbox\//, /^src\/(bot|publisher|store)\//)).toEqual([])
  })

  it('only the entry and the configuration read the environment', () => {
    const readers = files.filter((path) => readFileSync(path, 'utf8').includes('process.env'))
    expect(readers.filter((path) => !['src/main.ts', 'src/config.ts'].includes(path))).toEqual([])
  })
})
