import type { IncomingMessage } from 'node:http'
import type { Call } from './exchange.js'

/** The head of a request to a platform; the body is still to be read. */
export function callOf(req: IncomingMessage, target: URL, root: string): Call {
  const path = target.pathname.replace(/^\/[^/]+/, '')
  return {
    method: req.method ?? '',
    path,
    segments: path.split('/').filter(Boolean).map(decodeSegment),
    query: target.searchParams,
    headers: req.headers,
    root,
    body: { type: 'unread' },
  }
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

export function queryOf(req: IncomingMessage): string {
  const start = (req.url ?? '').indexOf('?')
  return start < 0 ? '' : (req.url ?? '').slice(start)
}

/** Address of the mount point as the caller used it, without a trailing slash. */
export function baseOf(req: IncomingMessage, path: string): string {
  const asked = (req.url ?? '/').replace(/\?.*$/, '')
  const prefix = asked.slice(0, Math.max(0, asked.length - path.replace(/\?.*$/, '').length))
  return `http://${req.headers.host ?? '127.0.0.1'}${prefix}`
}
