/**
 * How long a scorecard takes on Postgres as the history grows from 10,000 to 1,000,000 targets,
 * with the plans of its queries.
 *
 *   TEST_DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres npm run bench:scorecard
 *
 * The user must be allowed to create databases; the bench makes its own and drops them. With
 * `--small` it stops at 100,000.
 */
import { type SQL, sql } from 'drizzle-orm'
import { loadReport } from '../src/bot/scorecard/load-report.js'
import { weekOf } from '../src/bot/scorecard/week.js'
import { type Database, type Orm, rows } from '../src/store/database.js'
import { TAKES_LONG } from '../src/store/statement-time.js'
import { withServer } from './databases.js'

const WEEK_MS = 7 * 86_400_000
const RUNS = 7
/** The last instant of the history: a Friday at 16:00 UTC. */
const END = Date.UTC(2026, 10, 20, 16)

const url = process.env.TEST_DATABASE_URL
if (!url)
  throw new Error('TEST_DATABASE_URL is missing: name a server the bench may create databases on')
const server = url
const NO_PLAN = { Plan: { 'Shared Hit Blocks': 0, 'Shared Read Blocks': 0 } }
const small = process.argv.includes('--small')
const sizes = small ? [10_000, 100_000] : [10_000, 100_000, 1_000_000]

await growth('The history grows, the weeks stay as busy: 1,000 targets a week', (size) => ({
  targets: size,
  weeks: size / 1_000,
}))
await growth('The same year, ever busier weeks: all targets in 52 weeks', (size) => ({
  targets: size,
  weeks: 52,
}))

interface History {
  readonly targets: number
  readonly weeks: number
}

async function growth(title: string, historyOf: (size: number) => History): Promise<void> {
  console.log(`\n${title}\n`)
  console.log('| targets | events | a week | of the channel | pages | rows | of everything |')
  console.log('|---:|---:|---:|---:|---:|---:|---:|')
  for (const size of sizes) {
    const history = historyOf(size)
    await withServer(server, async (database) => {
      await fill(database, history)
      const [{ count } = { count: 0 }] = await rows<{ count: number }>(
        database.orm,
        sql`select count(*)::int as count from pressroom.events`,
      )
      const channel = await measure(database, { chat: 'slack', channelId: 'C1' })
      const everything = await measure(database, 'everything')
      const aWeek = Math.round(history.targets / history.weeks)
      console.log(
        `| ${n(size)} | ${n(count)} | ${n(aWeek)} | ${channel.words} | ${n(channel.pages)} | ${n(channel.rows)} | ${everything.words} |`,
      )
      if (size === sizes.at(-1)) await printPlans(database)
    })
  }
}

type Scope = Parameters<typeof loadReport>[1]

interface Cost {
  readonly words: string
  /** Pages of 8 kB that the queries looked at: unlike the time, the same on every machine. */
  readonly pages: number
  /** Rows that the queries gave. */
  readonly rows: number
}

async function measure(database: Database, scope: Scope): Promise<Cost> {
  const week = weekOf(END, 'Europe/Vienna')
  const times: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const startedAt = performance.now()
    await loadReport(database.orm, scope, week, END)
    times.push(performance.now() - startedAt)
  }
  times.sort((a, b) => a - b)
  const median = times[Math.floor(RUNS / 2)] ?? 0
  const words = `${median.toFixed(0)} ms (worst ${times.at(-1)?.toFixed(0)})`
  let found = 0
  let pages = 0
  await explainEach(database, scope, sql`analyze, buffers, format json`, (explained, count) => {
    const [{ Plan: plan } = NO_PLAN] = (explained[0]?.['QUERY PLAN'] ?? []) as Explained
    found += count
    pages += plan['Shared Hit Blocks'] + plan['Shared Read Blocks']
  })
  return { words, pages, rows: found }
}

type Explained = readonly (typeof NO_PLAN)[]

async function printPlans(database: Database): Promise<void> {
  const scope = { chat: 'slack', channelId: 'C1' }
  await explainEach(database, scope, sql`analyze, buffers, costs off`, (lines) => {
    console.log(`\n\`\`\`\n${lines.map((line) => line['QUERY PLAN']).join('\n')}\n\`\`\``)
  })
}

type Told = (explained: readonly { 'QUERY PLAN': unknown }[], rows: number) => void

/** Makes one report and has each of its statements explained where it is carried out. */
async function explainEach(database: Database, scope: Scope, how: SQL, told: Told): Promise<void> {
  const orm = explaining(database.orm, how, told)
  await loadReport(orm, scope, weekOf(END, 'Europe/Vienna'), END)
}

function explaining(orm: Orm, how: SQL, told: Told): Orm {
  const execute = async (statement: SQL) => {
    const result = await orm.execute(statement)
    const { rows: found } = result as unknown as { rows: readonly unknown[] }
    const isQuery = !JSON.stringify(statement.queryChunks).includes('set local')
    if (isQuery) told(await rows(orm, sql`explain (${how}) ${statement}`), found.length)
    return result
  }
  const transaction: Orm['transaction'] = (work, config) =>
    orm.transaction((tx) => work(explaining(tx, how, told) as typeof tx), config)
  const replaced: Readonly<Record<PropertyKey, unknown>> = { execute, transaction }
  return new Proxy(orm, { get: (target, name) => replaced[name] ?? Reflect.get(target, name) })
}

/**
 * Targets spread evenly over the weeks, three to a post, five accounts, four of five posts in one
 * channel. Of a hundred targets 91 are smooth, 4 are retried once, 2 lose an answer and are found,
 * 1 fails and is retried by a person two hours later, 1 fails for good, 1 needs a person's answer.
 */
async function fill({ orm }: Database, { targets, weeks }: History): Promise<void> {
  const write = (statement: SQL) => orm.execute(sql`${statement} ${TAKES_LONG}`)
  const from = new Date(END - weeks * WEEK_MS).toISOString()
  const step = sql`(${(weeks * WEEK_MS) / targets}::float8 * interval '1 millisecond')`
  await write(sql`
insert into pressroom.channels (chat, channel_id, workspace_id, created_at)
values ('slack', 'C1', 'slack:T1', ${from}), ('slack', 'C2', 'slack:T1', ${from})`)
  await write(sql`
insert into pressroom.posts (id, status, chat, workspace_id, channel_id, author_id, text, request, created_at)
select 'p' || lpad(n::text, 12, '0'), 'open', 'slack', 'slack:T1',
  case when n % 5 = 0 then 'C2' else 'C1' end, 'U1', repeat('Some words. ', 15), '{}',
  ${from}::timestamptz + n * 3 * ${step}
from generate_series(0, ${Math.floor((targets - 1) / 3)}::int) as n`)
  await write(sql`
insert into pressroom.targets (id, post_id, position, account, platform, status, state, due_since,
  content, content_hash, idempotency_key, created_at, updated_at)
select 't' || lpad(n::text, 12, '0'), p.id, n % 3, 'account-' || n % 5, 'facebook', 'published',
  '{"status":"published","how":"answer","rechecks":3,"missing":0}', p.created_at,
  jsonb_build_object('text', p.text, 'media', '[]'::jsonb), md5(n::text), md5(n::text),
  p.created_at, p.created_at
from generate_series(0, ${targets - 1}::int) as n
join pressroom.posts p on p.id = 'p' || lpad((n / 3)::text, 12, '0')`)
  await write(sql`
with fate (name, position, type, came, went, attempt, reason, after) as (values
  ('smooth', 1, 'claimed', 'queued', 'publishing', 1, null, 1),
  ('smooth', 2, 'attempted', 'publishing', 'published', 1, 'published', 3),
  ('retried', 1, 'claimed', 'queued', 'publishing', 1, null, 1),
  ('retried', 2, 'attempted', 'publishing', 'waiting', 1, 'platform', 3),
  ('retried', 3, 'claimed', 'waiting', 'publishing', 2, null, 8),
  ('retried', 4, 'attempted', 'publishing', 'published', 2, 'published', 10),
  ('found', 1, 'claimed', 'queued', 'publishing', 1, null, 1),
  ('found', 2, 'attempted', 'publishing', 'reconciling', 1, 'ambiguous', 31),
  ('found', 3, 'lookedUp', 'reconciling', 'published', 1, 'found', 36),
  ('mended', 1, 'claimed', 'queued', 'publishing', 1, null, 1),
  ('mended', 2, 'attempted', 'publishing', 'failed', 1, 'validation', 3),
  ('mended', 3, 'edited', 'failed', 'queued', 1, null, 7200),
  ('mended', 4, 'claimed', 'queued', 'publishing', 2, null, 7201),
  ('mended', 5, 'attempted', 'publishing', 'published', 2, 'published', 7203),
  ('failed', 1, 'claimed', 'queued', 'publishing', 1, null, 1),
  ('failed', 2, 'attempted', 'publishing', 'failed', 1, 'policy', 3),
  ('asked', 1, 'claimed', 'queued', 'publishing', 1, null, 1),
  ('asked', 2, 'attempted', 'publishing', 'unconfirmed', 1, 'ambiguous', 31),
  ('asked', 3, 'verdictGiven', 'unconfirmed', 'published', 1, null, 900)
), lives as (
  select t.*, (case (hashtext(t.id) & 2147483647) % 100
    when 0 then 'retried' when 1 then 'retried' when 2 then 'retried' when 3 then 'retried'
    when 4 then 'found' when 5 then 'found' when 6 then 'mended' when 7 then 'failed'
    when 8 then 'asked' else 'smooth' end) as fate
  from pressroom.targets t
)
insert into pressroom.events (at, target_id, post_id, account, platform, type, from_status, to_status, attempt, reason)
select l.created_at + fate.after * interval '1 second', l.id, l.post_id, l.account, l.platform,
  fate.type, fate.came, fate.went, fate.attempt, fate.reason
from lives l join fate on fate.name = l.fate
order by 1, l.id, fate.position`)
  // What autovacuum would have done by then; else it runs while the queries are measured.
  await write(sql`vacuum (analyze)`)
}

function n(count: number): string {
  return count.toLocaleString('en')
}
