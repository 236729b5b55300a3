import { parseArgs } from 'node:util'

export interface StormOptions {
  readonly posts: number
  readonly seed: number
  /** Who ask for posts at the same time. */
  readonly people: number
  /** New posts are asked for no longer than this. */
  readonly minutes: number
  readonly engine: 'embedded' | 'servers'
  /** Whether the naive worker goes through the same storm afterwards. */
  readonly naive: boolean
  /** Mean pause between two troubles, milliseconds. */
  readonly pauseMs: number
  /** Instead of troubles at random: one program after the other is restarted, then killed. */
  readonly rolling: boolean
  /** Keeps logs and data folders. */
  readonly keep: boolean
}

export const USAGE = `Usage: npm run storm -- [options]

  --posts <n>     posts to ask for, default 2000
  --seed <n>      decides posts, faults and troubles, default random; printed to run it again
  --people <n>    so many ask at the same time, default 40; 10 with --embedded, one process on one core
  --minutes <n>   asks for no more posts after so long, default 60
  --servers       bots and workers over Postgres and Redis; the default when TEST_DATABASE_URL and
                  TEST_REDIS_URL are set. Servers of its own are started where their programs are
                  installed, so that they can be restarted
  --embedded      one process on a data folder; else the default
  --no-naive      leaves the naive worker out
  --pause <s>     mean pause between two kills, freezes and restarts, seconds, default 6,
                  above 300 posts 15; with --embedded 20, of which a start takes a good part
  --rolling       one program after the other is restarted in good order, then killed, while the
                  others go on; --pause is the time between two, default 1 s
  --keep          keeps logs and data

STORM_SLOW=4 makes every wait of the product four times longer, on a machine that is busy with other work;
without it that is 1 on servers and 3 with --embedded, where one core does everything.
`

/** @throws TypeError with a message for the person who typed it */
export function readOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): StormOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      posts: { type: 'string' },
      seed: { type: 'string' },
      people: { type: 'string' },
      minutes: { type: 'string' },
      pause: { type: 'string' },
      servers: { type: 'boolean', default: false },
      embedded: { type: 'boolean', default: false },
      'no-naive': { type: 'boolean', default: false },
      rolling: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const hasServers = Boolean(env.TEST_DATABASE_URL && env.TEST_REDIS_URL)
  const servers = values.servers || (hasServers && !values.embedded)
  const posts = Math.ceil(positive('posts', values.posts ?? '2000'))
  return {
    posts,
    seed: Math.ceil(positive('seed', values.seed ?? String(1 + Math.floor(Math.random() * 1e6)))),
    people: Math.ceil(positive('people', values.people ?? (servers ? '40' : '10'))),
    minutes: positive('minutes', values.minutes ?? '60'),
    engine: servers ? 'servers' : 'embedded',
    naive: !values['no-naive'],
    pauseMs:
      positive('pause', values.pause ?? defaultPause(posts, servers, values.rolling)) * 1_000,
    rolling: values.rolling,
    keep: values.keep,
  }
}

function defaultPause(posts: number, servers: boolean, rolling: boolean): string {
  if (rolling) return '1'
  if (!servers) return '20'
  return posts > 300 ? '15' : '6'
}

function positive(name: string, value: string): number {
  const number = Number(value)
  if (!(number > 0)) throw new TypeError(`--${name} is not a number above 0: ${value}`)
  return number
}
