#!/usr/bin/env node
import type { Command } from './command-line/command.js'
import { runCommandLine } from './command-line/run.js'

const commands: readonly Command[] = [
  {
    name: 'start',
    summary: 'bot and workers in one process; without a chat token, a local workspace to try it in',
    load: async () => (await import('./command-line/start.js')).running('start'),
  },
  {
    name: 'bot',
    summary: 'only the bot (needs DATABASE_URL)',
    load: async () => (await import('./command-line/start.js')).running('bot'),
  },
  {
    name: 'worker',
    summary: 'only the workers (needs DATABASE_URL)',
    load: async () => (await import('./command-line/start.js')).running('worker'),
  },
  {
    name: 'migrate',
    summary: 'brings the database up to date',
    load: () => import('./command-line/migrate.js'),
  },
  {
    name: 'publish',
    summary: 'queues a post, through a running Pressroom',
    load: () => import('./command-line/publish.js'),
  },
  {
    name: 'status',
    summary: "where each of a post's targets stands",
    load: () => import('./command-line/status.js'),
  },
  {
    name: 'retry',
    summary: 'sends again what has failed, and nothing else',
    load: () => import('./command-line/retry.js'),
  },
  {
    name: 'accounts',
    summary: 'accounts check: whether every credential works',
    load: () => import('./command-line/accounts.js'),
  },
  {
    name: 'scorecard',
    summary: 'the figures of a week, for spreadsheets',
    load: () => import('./command-line/scorecard.js'),
  },
  {
    name: 'import',
    summary: 'brings in posts that were published elsewhere',
    load: () => import('./command-line/import.js'),
  },
  {
    name: 'token',
    summary: 'makes, lists and revokes tokens for the HTTP API',
    load: () => import('./command-line/token.js'),
  },
  {
    name: 'doctor',
    summary: 'looks at the whole installation, and says what to do',
    load: () => import('./command-line/doctor.js'),
  },
]

const exitCode = await runCommandLine(process.argv.slice(2), commands, {
  environment: process.env,
  print: (text) => process.stdout.write(text),
  note: (text) => process.stderr.write(text),
  startLocal: async (settings) => {
    const [{ startLocalWorkspace }, { startProgram }] = await Promise.all([
      import('./sandbox/local.js'),
      import('./program.js'),
    ])
    return startLocalWorkspace(settings, process.env, startProgram)
  },
})

process.exitCode = exitCode
// What failed half-way may have left something open that would keep the process from ending.
if (exitCode !== 0) setTimeout(() => process.exit(exitCode), 1_000).unref()
