import { EventEmitter } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import type { Duplex } from 'node:stream'
import { z } from 'zod'
import type { Delivery, SlackWorkspace } from '../slack/index.js'
import { streamChanges } from './changes.js'
import type { Mirror } from './mirror.js'

/** What a newcomer can make a platform do. The composition maps these to its platform servers. */
export const faultModes = [
  'ok',
  'fail_once',
  'fail_always',
  'accept_then_drop',
  'slow',
  'rate_limit',
] as const
export type FaultMode = (typeof faultModes)[number]

export interface LivePost {
  text: string
  permalink: string
  /** Milliseconds since the epoch. */
  createdAt: number
}

/** The platforms behind the bot, as the page's side panel needs them. */
export interface PagePlatforms {
  names(): string[]
  /** The mode a platform is in now, one of {@link faultModes}. */
  fault(name: string): string
  setFault(name: string, mode: FaultMode): void
  /** What is live there, newest first. */
  live(name: string): LivePost[]
}

export interface LocalPage {
  /** Serves the page and its API. @returns whether the path was one of the page's */
  handle(req: IncomingMessage, res: ServerResponse, path: string): Promise<boolean>
  /** Takes the bot's Socket Mode connections, so that one server needs one upgrade handler. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean
}

const id = z.string().min(1)
const fieldValue = z.union([z.string(), z.number(), z.null(), z.array(z.string())])
const values = z.record(z.string(), fieldValue)
const requests = {
  slash: z.object({ user: id, command: id, text: z.string(), channel: id }),
  say: z.object({ user: id, text: id, channel: id, threadTs: z.string().optional() }),
  click: z.object({
    user: id,
    target: id,
    actionId: id,
    blockId: id.optional(),
    value: fieldValue.optional(),
    values: values.optional(),
  }),
  submit: z.object({ user: id, viewId: id, values }),
  close: z.object({ user: id, viewId: id }),
  suggest: z.object({ user: id, viewId: id, actionId: id, query: z.string() }),
  fault: z.object({ platform: id, mode: z.enum(faultModes) }),
}

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}
const maxUploadBytes = 200 * 1024 * 1024

/**
 * The chat page of the local workspace.
 * @param options `assetsDir` is where the built `index.html`, `discord.html` and their scripts and styles are
 */
export function createLocalPage(options: {
  slack: SlackWorkspace
  platforms: PagePlatforms
  mirror: Mirror
  assetsDir: string
}): LocalPage {
  const { slack, platforms, mirror, assetsDir } = options
  const nudges = new EventEmitter().setMaxListeners(0)

  async function act(name: string, body: unknown): Promise<unknown> {
    switch (name) {
      case 'slash': {
        const { user, command, text, channel } = requests.slash.parse(body)
        return summary(await slack.as(user).slash(command, text, channel))
      }
      case 'say': {
        const { user, text, channel, threadTs } = requests.say.parse(body)
        return slack.as(user).say(text, channel, threadTs)
      }
      case 'click': {
        const { user, target, actionId, blockId, value, values } = requests.click.parse(body)
        const chosen = {
          ...(blockId === undefined ? {} : { blockId }),
          ...(value === undefined ? {} : { value }),
          ...(values === undefined ? {} : { values }),
        }
        return summary(await slack.as(user).click(target, actionId, chosen))
      }
      case 'submit': {
        const { user, viewId, values } = requests.submit.parse(body)
        return summary(await slack.as(user).submit(viewId, values))
      }
      case 'close': {
        const { user, viewId } = requests.close.parse(body)
        const delivery = await slack.as(user).closeView(viewId)
        return delivery ? summary(delivery) : {}
      }
      case 'suggest': {
        const { user, viewId, actionId, query } = requests.suggest.parse(body)
        return summary(await slack.as(user).suggest(viewId, actionId, query))
      }
      case 'fault': {
        const { platform, mode } = requests.fault.parse(body)
        platforms.setFault(platform, mode)
        nudges.emit('look')
        return {}
      }
      default:
        return undefined
    }
  }

  async function post(req: IncomingMessage, res: ServerResponse, name: string): Promise<void> {
    if (!isSameOrigin(req)) return sendJson(res, 403, { message: 'Refused: another site asked.' })
    const query = new URL(req.url ?? '/', 'http://local').searchParams
    try {
      const bytes = await readAll(req)
      const answer =
        name === 'upload'
          ? slack.as(query.get('user') ?? '').upload({
              name: query.get('name') ?? 'file',
              mimetype: req.headers['content-type'] ?? 'application/octet-stream',
              bytes,
            })
          : await act(name, JSON.parse(bytes.toString()))
      sendJson(res, answer === undefined ? 404 : 200, answer ?? {})
    } catch (error) {
      sendJson(res, 400, { message: error instanceof Error ? error.message : 'That did not work.' })
    }
  }

  function sendFile(res: ServerResponse, fileId: string): void {
    const stored = slack.file(fileId)
    if (!stored) return void res.writeHead(404).end()
    const headers = {
      'content-type': stored.file.mimetype,
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
    }
    res.writeHead(200, headers).end(stored.bytes)
  }

  async function sendAsset(res: ServerResponse, name: string): Promise<boolean> {
    const bytes = await readFile(join(assetsDir, name)).catch(() => undefined)
    if (!bytes) return false
    const headers = {
      'content-type': contentTypes[extname(name)] ?? 'application/octet-stream',
      'cache-control': 'no-cache',
      'content-security-policy':
        "default-src 'self'; img-src * data: blob:; style-src 'self' 'unsafe-inline'",
    }
    res.writeHead(200, headers).end(bytes)
    return true
  }

  return {
    upgrade: slack.upgrade,
    async handle(req, res, path) {
      const [, area, rest] = /^\/page\/(\w+)(?:\/(\w+))?$/.exec(path) ?? []
      if (req.method === 'POST' && area) {
        await post(req, res, area)
        return true
      }
      if (req.method !== 'GET' && req.method !== 'HEAD') return false
      if (area === 'events') {
        const user = new URL(req.url ?? '/', 'http://local').searchParams.get('user') ?? ''
        streamChanges({ slack, platforms, nudges }, user, res)
        return true
      }
      if (area === 'discord') {
        mirror.stream(new URL(req.url ?? '/', 'http://local').searchParams.get('root') ?? '', res)
        return true
      }
      if (area === 'files' && rest) {
        sendFile(res, rest)
        return true
      }
      if (path === '/') return sendAsset(res, 'index.html')
      const asset = /^\/(main\.(?:js|css)|discord\.(?:js|css|html))$/.exec(path)?.[1]
      return asset ? sendAsset(res, asset) : false
    },
  }
}

/** What the page needs to know of a delivery. */
function summary(delivery: Delivery) {
  const { error, errors, responseAction, options } = delivery
  return { error, errors, responseAction, options }
}

/** Keeps other sites in the same browser from pressing buttons here. */
function isSameOrigin(req: IncomingMessage): boolean {
  const { origin, host } = req.headers
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`
}

async function readAll(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxUploadBytes) throw new Error('That file is too large.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function sendJson(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
