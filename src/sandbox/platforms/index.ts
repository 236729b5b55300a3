import type { IncomingMessage, ServerResponse } from 'node:http'
import { createBluesky } from './bluesky/index.js'
import { createDiscord } from './discord/index.js'
import { createFacebook } from './facebook/index.js'
import { answerControl } from './frame/control.js'
import { type Call, Refused, type Reply, readBody, send } from './frame/exchange.js'
import { createFaultBook } from './frame/faults.js'
import { baseOf, callOf, queryOf } from './frame/incoming.js'
import { listenOn } from './frame/listen.js'
import { contentTypeOf } from './frame/media.js'
import { meetFault } from './frame/meet-fault.js'
import { escapeHtml, renderPage } from './frame/page.js'
import type { Platform } from './frame/platform.js'
import { createWorld, remember, type World } from './frame/world.js'
import { createInstagram } from './instagram/index.js'
import { createLinkedIn } from './linkedin/index.js'
import { createMastodon } from './mastodon/index.js'
import { createTelegram } from './telegram/index.js'
import { createThreads } from './threads/index.js'
import type {
  Fault,
  LivePost,
  LoggedRequest,
  PlatformName,
  SandboxOptions,
  StormPlan,
} from './types.js'
import { PLATFORM_NAMES } from './types.js'
import { createX } from './x/index.js'

export { defaultAccounts } from './frame/world.js'
export * from './types.js'

/** Stand-ins for the platforms' APIs over real HTTP, with faults on demand. */
export interface Sandbox {
  /**
   * Answers a request to a platform or to the control surface.
   * @param path the part of the request's path that begins with `/<platform>/` or `/_sandbox/`
   * @returns whether the path was ours
   */
  handle(req: IncomingMessage, res: ServerResponse, path: string): Promise<boolean>
  /** Listens on 127.0.0.1; port 0, the default, takes a free one. */
  listen(port?: number): Promise<{ url: string; close(): Promise<void> }>
  /** The `apiUrl` of an account on this platform, given the sandbox's address. */
  apiUrl(base: string, platform: PlatformName): string
  /** What the audience sees now, oldest first. */
  live(platform?: PlatformName, account?: string): LivePost[]
  requests(platform?: PlatformName): LoggedRequest[]
  addFault(platform: PlatformName, fault: Fault): void
  /** Ends the faults of one platform, or all faults and the storm. */
  clearFaults(platform?: PlatformName): void
  storm(plan: StormPlan | undefined): void
  /** Someone deletes a post on the platform. @returns whether it was there */
  remove(platform: PlatformName, id: string): boolean
  /** A credential stops working. */
  revoke(platform: PlatformName, account: string): void
  restore(platform: PlatformName, account: string): void
  /** The HTML a browser sees for a post; undefined when it is not live. */
  page(platform: PlatformName, id: string): string | undefined
  /** Everything it holds, as bytes for `SandboxOptions.memory`. */
  remember(): Uint8Array
  /** Forgets posts, faults, requests and revocations; the accounts stay. */
  reset(): void
}

const FACTORIES: Record<PlatformName, (world: World) => Platform> = {
  facebook: createFacebook,
  instagram: createInstagram,
  threads: createThreads,
  bluesky: createBluesky,
  mastodon: createMastodon,
  x: createX,
  linkedin: createLinkedIn,
  telegram: createTelegram,
  discord: createDiscord,
}

export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const world = createWorld(options)
  const faults = createFaultBook()
  const log: LoggedRequest[] = []
  const platforms = new Map(PLATFORM_NAMES.map((name) => [name, FACTORIES[name](world)]))
  const platformOf = (name: PlatformName): Platform => {
    const platform = platforms.get(name)
    if (!platform) throw new Error(`no such platform: ${name}`)
    return platform
  }

  async function serve(name: PlatformName, req: IncomingMessage, res: ServerResponse, call: Call) {
    const platform = platformOf(name)
    const browserReply = forBrowser(name, call)
    if (browserReply) return send(res, browserReply)

    // A fault that the head alone decides is met before the body is read.
    let purpose = platform.purposeOf(call)
    let fault = purpose && faults.take(name, purpose.kind, purpose.account)
    const cutEarly = fault?.when === 'before' && (fault.kind === 'reset' || fault.kind === 'stall')
    if (!cutEarly) call.body = await readBody(req)
    if (!purpose) {
      purpose = platform.purposeOf(call) ?? { kind: 'read' }
      fault = faults.take(name, purpose.kind, purpose.account)
    }

    const entry: LoggedRequest = {
      platform: name,
      method: call.method,
      path: redact(name, call),
      kind: purpose.kind,
      at: world.now(),
      ...(purpose.account === undefined ? {} : { account: purpose.account }),
      ...(fault ? { fault: fault.kind } : {}),
    }
    log.push(entry)
    const answer = (reply: Reply) => {
      entry.status = reply.status
      send(res, reply)
    }
    const act = async () => {
      const reply = await answerOf(platform, call)
      if (call.method !== 'GET') options.changed?.()
      return reply
    }

    if (!fault) return answer(await act())
    if (await meetFault({ platform, fault, req, res, act, answer })) return
    faults.giveBack(fault)
    delete entry.fault
  }

  function forBrowser(name: PlatformName, call: Call): Reply | undefined {
    if (call.method !== 'GET') return
    const [first, sha256 = ''] = call.segments
    const kept = first === '_media' ? world.media.get(sha256) : undefined
    if (kept) {
      const headers = { 'content-type': contentTypeOf(kept.bytes) }
      return { status: 200, headers, body: kept.bytes }
    }
    const id = platformOf(name).postIdAt(call.segments)
    if (id === undefined) return
    const html = pageOf(name, id, call.root)
    return {
      status: html === undefined ? 404 : 200,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy':
          "default-src 'none'; style-src 'unsafe-inline'; img-src * data:; media-src *",
      },
      body: html ?? `<!doctype html><title>Not here</title><p>No post ${escapeHtml(id)} here.</p>`,
    }
  }

  function pageOf(name: PlatformName, id: string, root: string): string | undefined {
    const { posts } = platformOf(name)
    const post = posts.get(id)
    return post && posts.isLive(post) ? renderPage(name, post, root, world.media) : undefined
  }

  function redact(name: PlatformName, call: Call): string {
    const query = call.query.size > 0 ? `?${call.query}` : ''
    return world
      .accounts(name)
      .reduce((path, { token }) => path.replaceAll(token, '***'), call.path + query)
      .replace(/\b(access_token|input_token)=[^&]*/g, '$1=***')
  }

  const sandbox: Sandbox = {
    handle: async (req, res, path) => {
      const name = /^\/([^/?]+)/.exec(path)?.[1]
      const platform = PLATFORM_NAMES.find((known) => known === name)
      if (!platform && name !== '_sandbox') return false
      try {
        const target = new URL(`http://sandbox${path.includes('?') ? path : path + queryOf(req)}`)
        if (platform) {
          const base = options.publicUrl ?? baseOf(req, path)
          await serve(platform, req, res, callOf(req, target, `${base}/${platform}`))
        } else {
          send(res, answerControl(sandbox, req.method ?? '', target, await readBody(req)))
        }
      } catch (error) {
        // The client went away while it was sending, or there is a bug here.
        if (!req.destroyed) send(res, { status: 500, body: `sandbox: ${String(error)}` })
      }
      return true
    },
    listen: (port = 0) => listenOn(sandbox.handle, port),
    apiUrl: (base, platform) => `${base.replace(/\/$/, '')}/${platform}`,
    live: (name, account) =>
      [...platforms.keys()]
        .filter((known) => name === undefined || known === name)
        .flatMap((known) => platformOf(known).posts.live(account).map(publicView)),
    requests: (name) => log.filter((entry) => name === undefined || entry.platform === name),
    addFault: faults.add,
    clearFaults: faults.clear,
    storm: faults.storm,
    remove: (name, id) => platformOf(name).posts.remove(id),
    revoke: (name, account) => world.setRevoked(name, account, true),
    restore: (name, account) => world.setRevoked(name, account, false),
    remember: () => remember(world),
    page: (name, id) => pageOf(name, id, `/${name}`),
    reset: () => {
      for (const platform of platforms.values()) platform.reset()
      faults.clear()
      world.reset()
      log.length = 0
    },
  }
  return sandbox
}

async function answerOf(platform: Platform, call: Call): Promise<Reply> {
  try {
    return await platform.answer(call)
  } catch (error) {
    if (error instanceof Refused) return error.reply
    return { status: 500, body: `sandbox: ${error instanceof Error ? error.stack : error}` }
  }
}

/** A copy with what the audience sees and nothing else. */
function publicView({ id, account, text, media, createdAt, permalink }: LivePost): LivePost {
  return { id, account, text, media: media.map((item) => ({ ...item })), createdAt, permalink }
}
