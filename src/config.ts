import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** Something in the configuration is wrong; the message names the thing and says what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

export type SlackSettings = {
  readonly botToken: string
  readonly apiUrl: string
} & (
  | { readonly transport: 'socket'; readonly appToken: string }
  | { readonly transport: 'http'; readonly signingSecret: string }
)

export interface DiscordSettings {
  readonly token: string
  readonly applicationId: string
  readonly apiUrl: string
}

/** The environment, read once. An absent feature is null. */
export interface Settings {
  readonly slack: SlackSettings | null
  readonly discord: DiscordSettings | null
  readonly databaseUrl: string | null
  readonly redisUrl: string | null
  readonly dataDir: string
  /** Null: no file was named, and the usual names do not exist. */
  readonly accountsFile: string | null
  readonly secretKey: Uint8Array
  /** The key before it, while keys are changed. */
  readonly earlierSecretKey?: Uint8Array
  readonly timeZone: string
  readonly scorecardCron: string
  readonly apiToken: string | null
  readonly publicUrl: string | null
  readonly allowPrivateMedia: boolean
  readonly port: number
  /** Whether PORT was given: then a used port is an error, else only a missing health page. */
  readonly portGiven: boolean
  readonly requestTimeoutMs: number
  readonly settleMs: number
  readonly backoffMs: number
  readonly maxAttempts: number
  readonly recheckMs: readonly number[]
  readonly leaseMs: number
  readonly logLevel: string
  /** Whether the queue's work is traced; an OpenTelemetry SDK has to be loaded as well. */
  readonly traces: boolean
}

export type Environment = Readonly<Record<string, string | undefined>>

const ACCOUNT_FILES = ['accounts.yaml', 'accounts.yml', 'accounts.json']

/** A lease must outlast the longest request, with room for the answer to be recorded. */
const LEASE_MARGIN_MS = 15_000

const milliseconds = (fallback: number) =>
  z.coerce
    .number('is not a number of milliseconds')
    .int('is not a whole number')
    .positive('must be above 0')
    .default(fallback)

const environmentSchema = z.object({
  SLACK_BOT_TOKEN: z.string().optional(),
  SLACK_APP_TOKEN: z.string().optional(),
  SLACK_SIGNING_SECRET: z.string().optional(),
  SLACK_API_URL: z.url('is not a URL').default('https://slack.com/api/'),
  DISCORD_TOKEN: z.string().optional(),
  DISCORD_APPLICATION_ID: z.string().optional(),
  DISCORD_API_URL: z.url('is not a URL').default('https://discord.com/api'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .optional(),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'must begin with redis://')
    .optional(),
  PRESSROOM_DATA_DIR: z.string().default('.pressroom'),
  PRESSROOM_ACCOUNTS: z.string().optional(),
  PRESSROOM_SECRET_KEY: z.string().optional(),
  PRESSROOM_SECRET_KEY_BEFORE: z.string().optional(),
  PRESSROOM_TIME_ZONE: z
    .string()
    .refine(isTimeZone, 'is not an IANA time zone such as Europe/Vienna')
    .default(() => Intl.DateTimeFormat().resolvedOptions().timeZone),
  PRESSROOM_SCORECARD_CRON: z.string().default('0 16 * * 5'),
  PRESSROOM_API_TOKEN: z.string().optional(),
  PRESSROOM_PUBLIC_URL: z.url('is not a URL').optional(),
  PRESSROOM_ALLOW_PRIVATE_MEDIA: z.enum(['0', '1'], 'must be 0 or 1').default('0'),
  PORT: z.coerce.number('is not a port').int().min(0).max(65_535, 'is not a port').optional(),
  PRESSROOM_REQUEST_TIMEOUT_MS: milliseconds(30_000),
  PRESSROOM_SETTLE_MS: milliseconds(5_000),
  PRESSROOM_BACKOFF_MS: milliseconds(5_000),
  PRESSROOM_MAX_ATTEMPTS: z.coerce
    .number('is not a number')
    .int()
    .min(1, 'must be at least 1')
    .default(6),
  PRESSROOM_RECHECK_MS: z
    .string()
    .regex(/^\d+(,\d+)*$/, 'must be numbers of milliseconds with commas between')
    .default('300000,3600000,86400000'),
  PRESSROOM_LEASE_MS: z.coerce
    .number('is not a number of milliseconds')
    .int()
    .positive()
    .optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().optional(),
  OTEL_TRACES_EXPORTER: z.string().optional(),
  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'must be one of fatal, error, warn, info, debug, trace, silent',
    )
    .default('info'),
})

/** Every variable that is read. */
export const VARIABLES: readonly string[] = Object.keys(environmentSchema.shape)

/**
 * Reads the environment into settings.
 * @throws ConfigError naming every variable that is wrong or missing
 */
export function readSettings(environment: Environment): Settings {
  // An empty value, as in `SLACK_APP_TOKEN=`, means "not set".
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== '' && value !== undefined),
  )
  const parsed = environmentSchema.safeParse(given)
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}.`)
    throw new ConfigError(lines.join('\n'))
  }
  const env = parsed.data
  return {
    slack: readSlack(env),
    discord: readDiscord(env),
    databaseUrl: env.DATABASE_URL ?? null,
    redisUrl: env.REDIS_URL ?? null,
    dataDir: env.PRESSROOM_DATA_DIR,
    accountsFile: findAccountsFile(env.PRESSROOM_ACCOUNTS),
    secretKey:
      env.PRESSROOM_SECRET_KEY === undefined
        ? keptSecretKey(env.PRESSROOM_DATA_DIR)
        : parseSecretKey('PRESSROOM_SECRET_KEY', env.PRESSROOM_SECRET_KEY),
    ...(env.PRESSROOM_SECRET_KEY_BEFORE === undefined
      ? {}
      : {
          earlierSecretKey: parseSecretKey(
            'PRESSROOM_SECRET_KEY_BEFORE',
            env.PRESSROOM_SECRET_KEY_BEFORE,
          ),
        }),
    timeZone: env.PRESSROOM_TIME_ZONE,
    scorecardCron: env.PRESSROOM_SCORECARD_CRON,
    apiToken: env.PRESSROOM_API_TOKEN ?? null,
    publicUrl: env.PRESSROOM_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    allowPrivateMedia: env.PRESSROOM_ALLOW_PRIVATE_MEDIA === '1',
    port: env.PORT ?? 3000,
    portGiven: env.PORT !== undefined,
    requestTimeoutMs: env.PRESSROOM_REQUEST_TIMEOUT_MS,
    settleMs: env.PRESSROOM_SETTLE_MS,
    backoffMs: env.PRESSROOM_BACKOFF_MS,
    maxAttempts: env.PRESSROOM_MAX_ATTEMPTS,
    recheckMs: env.PRESSROOM_RECHECK_MS.split(',').map(Number),
    leaseMs: env.PRESSROOM_LEASE_MS ?? env.PRESSROOM_REQUEST_TIMEOUT_MS + LEASE_MARGIN_MS,
    logLevel: env.LOG_LEVEL,
    traces:
      env.OTEL_TRACES_EXPORTER !== 'none' &&
      (env.OTEL_TRACES_EXPORTER ?? env.OTEL_EXPORTER_OTLP_ENDPOINT) !== undefined,
  }
}

type ParsedEnvironment = z.infer<typeof environmentSchema>

function readSlack(env: ParsedEnvironment): SlackSettings | null {
  const {
    SLACK_BOT_TOKEN: botToken,
    SLACK_APP_TOKEN: appToken,
    SLACK_SIGNING_SECRET: signingSecret,
  } = env
  if (!botToken && !appToken && !signingSecret) return null
  if (!botToken) {
    throw new ConfigError(
      'SLACK_BOT_TOKEN is missing: Slack needs it together with SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP). Copy it from the app\'s page "OAuth & Permissions".',
    )
  }
  const apiUrl = env.SLACK_API_URL.endsWith('/') ? env.SLACK_API_URL : `${env.SLACK_API_URL}/`
  if (appToken) return { transport: 'socket', botToken, appToken, apiUrl }
  if (signingSecret) return { transport: 'http', botToken, signingSecret, apiUrl }
  throw new ConfigError(
    'SLACK_APP_TOKEN is missing: set it for Socket Mode (app page "Basic Information", App-Level Tokens, scope connections:write), or set SLACK_SIGNING_SECRET for HTTP.',
  )
}

function readDiscord(env: ParsedEnvironment): DiscordSettings | null {
  const { DISCORD_TOKEN: token, DISCORD_APPLICATION_ID: applicationId } = env
  if (!token && !applicationId) return null
  if (!token)
    throw new ConfigError(
      'DISCORD_TOKEN is missing: Discord needs both DISCORD_TOKEN and DISCORD_APPLICATION_ID.',
    )
  if (!applicationId) {
    throw new ConfigError(
      'DISCORD_APPLICATION_ID is missing: Discord needs both DISCORD_TOKEN and DISCORD_APPLICATION_ID.',
    )
  }
  return { token, applicationId, apiUrl: env.DISCORD_API_URL.replace(/\/+$/, '') }
}

function findAccountsFile(named: string | undefined): string | null {
  if (named === undefined) return ACCOUNT_FILES.find((name) => existsSync(name)) ?? null
  if (existsSync(named)) return named
  throw new ConfigError(
    `PRESSROOM_ACCOUNTS names ${named}, and there is no such file. Make it (see "Accounts" in the README), or correct the path.`,
  )
}

function parseSecretKey(name: string, value: string): Uint8Array {
  const key = /^[0-9a-f]{64}$/i.test(value)
    ? Buffer.from(value, 'hex')
    : Buffer.from(value, 'base64')
  if (key.length === 32) return key
  throw new ConfigError(
    `${name} is not 32 bytes in hex or base64. Make one with: openssl rand -hex 32`,
  )
}

/** Without a key of its own the installation makes one, readable by its user only. */
function keptSecretKey(dataDir: string): Uint8Array {
  const path = secretKeyPath(dataDir)
  if (!existsSync(path)) {
    try {
      mkdirSync(dataDir, { recursive: true })
      writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' })
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') {
        throw new ConfigError(
          `PRESSROOM_DATA_DIR: cannot write to ${dataDir} (${(error as Error).message}). Name a folder that can be written to.`,
        )
      }
    }
  }
  return Buffer.from(readFileSync(path, 'utf8').trim(), 'hex')
}

/** Where the key is kept that was made because none was given. */
export function secretKeyPath(dataDir: string): string {
  return join(dataDir, 'secret.key')
}

/** Whether a name is one of the IANA time zone database. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
