import { bearerOf, type Call, isObject, jsonObject, type Reply } from '../frame/exchange.js'
import type { World } from '../frame/world.js'
import type { PlatformName, SandboxAccount } from '../types.js'
import { invalidToken, refuseMeta } from './errors.js'

/** A Graph API request: version checked, token resolved, parameters of query and body merged. */
export interface GraphCall {
  method: string
  /** Path below the version, decoded. */
  path: string[]
  params: Record<string, unknown>
  account: SandboxAccount
  call: Call
}

/**
 * Reads a Graph call.
 * @param isVersion which version segments are served
 * @throws Refused for a version that is not served, a body that does not parse, or a bad token
 */
export function readGraphCall(
  call: Call,
  world: World,
  platform: PlatformName,
  isVersion: (segment: string) => boolean,
): GraphCall {
  const [version = '', ...path] = call.segments
  if (!isVersion(version)) throw refuseMeta(unknownPath(call))
  const params = paramsOf(call)
  const account = world.accountOfToken(platform, tokenOf(call))
  if (!account) throw refuseMeta(invalidToken)
  return { method: call.method, path, params, account, call }
}

/** The token of the header, or of the `access_token` parameter. */
export function tokenOf(call: Call): string | undefined {
  return bearerOf(call) ?? textOf(paramsOf(call), 'access_token')
}

/** Whose call it is, judged before anything is checked: by the token, else by the path. */
export function callerOf(call: Call, world: World, platform: PlatformName): string | undefined {
  const token = bearerOf(call) ?? call.query.get('access_token')
  const [, id] = call.segments
  return world.accounts(platform).find((known) => known.token === token || known.id === id)?.id
}

export function unknownPath(call: Call) {
  return { code: 2500, message: `Unknown path components: ${call.path}` }
}

/** v21.0 to v26.0: the versions served in autumn 2026. @see Graph API "Changelog" */
export function isGraphVersion(segment: string): boolean {
  const major = /^v(\d+)\.0$/.exec(segment)?.[1]
  return major !== undefined && Number(major) >= 21 && Number(major) <= 26
}

/** Parameters from query and body; the body wins. */
export function paramsOf(call: Call): Record<string, unknown> {
  const { body } = call
  if (body.type === 'invalid') throw refuseMeta({ code: 100, message: `(#100) ${body.reason}` })
  if (body.type === 'json' && !isObject(body.value)) {
    throw refuseMeta({ code: 100, message: '(#100) The body must be a JSON object' })
  }
  return {
    ...Object.fromEntries(call.query),
    ...jsonObject(body),
    ...(body.type === 'form' ? Object.fromEntries(body.fields) : {}),
  }
}

export function textOf(params: Record<string, unknown>, name: string): string | undefined {
  const value = params[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'object') {
    throw refuseMeta({ code: 100, message: `(#100) Param ${name} must be a string` })
  }
  return String(value)
}

export function flagOf(params: Record<string, unknown>, name: string, otherwise: boolean): boolean {
  const given = textOf(params, name)
  if (given === undefined) return otherwise
  if (/^(true|1)$/i.test(given)) return true
  if (/^(false|0)$/i.test(given)) return false
  throw refuseMeta({ code: 100, message: `(#100) Param ${name} must be a boolean` })
}

/** Refuses parameters outside the list; the real API drops them without a word. */
export function onlyParams(graph: GraphCall, allowed: readonly string[]): void {
  for (const name of Object.keys(graph.params)) {
    const plain = name.replace(/\[.*$/, '')
    if (plain !== 'access_token' && !allowed.includes(plain)) {
      throw refuseMeta({ code: 100, message: `(#100) Unknown parameter ${name}` })
    }
  }
}

/** Answers with the asked fields of a node; asking for an unknown field is code 100. */
export function nodeReply(
  graph: GraphCall,
  node: Record<string, unknown>,
  byDefault: string[],
): Reply {
  return { status: 200, body: project(graph, node, byDefault) }
}

function project(graph: GraphCall, node: Record<string, unknown>, byDefault: string[]) {
  const asked = fieldNames(textOf(graph.params, 'fields') ?? '')
  const names = asked.length > 0 ? asked : byDefault
  for (const name of names) {
    if (!(name in node)) {
      throw refuseMeta({
        code: 100,
        message: `(#100) Tried accessing nonexisting field (${name}) on this node type`,
      })
    }
  }
  const chosen = ['id', ...names].map((name) => [name, node[name]] as const)
  return Object.fromEntries(chosen.filter(([, value]) => value !== undefined))
}

/** Top-level names of a `fields` value; `attachments{media}` counts as `attachments`. */
export function fieldNames(fields: string): string[] {
  let flat = fields
  while (/\{[^{}]*\}/.test(flat)) flat = flat.replace(/\{[^{}]*\}/g, '')
  return flat
    .split(',')
    .map((name) => name.replace(/\..*$/, '').trim())
    .filter((name) => name !== '')
}

const MAX_PAGE = 100

/**
 * Answers with a page of a list, newest first, honouring `since`, `until`, `limit` and `after`.
 * @param limitByDefault entries when no limit is given; at most 100 may be asked for
 */
export function listReply<T extends { at: number }>(
  graph: GraphCall,
  items: T[],
  toNode: (item: T) => Record<string, unknown>,
  byDefault: string[],
  limitByDefault = 25,
): Reply {
  const limit = Number(textOf(graph.params, 'limit') ?? limitByDefault)
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw refuseMeta({ code: 100, message: '(#100) Param limit must be between 1 and 100' })
  }
  const since = instantOf(graph, 'since') ?? Number.NEGATIVE_INFINITY
  const until = instantOf(graph, 'until') ?? Number.POSITIVE_INFINITY
  const inRange = items.filter((item) => {
    const second = Math.floor(item.at / 1000)
    return second >= since && second <= until
  })
  const start = Number(fromCursor(textOf(graph.params, 'after')))
  const page = inRange.slice(start, start + limit)
  const more = inRange.length > start + page.length
  const cursors = { before: toCursor(start), after: toCursor(start + page.length) }
  return {
    status: 200,
    body: {
      data: page.map((item) => project(graph, toNode(item), byDefault)),
      ...(page.length > 0
        ? { paging: { cursors, ...(more ? { next: nextPage(graph, cursors.after) } : {}) } }
        : {}),
    },
  }
}

function nextPage(graph: GraphCall, after: string): string {
  const query = new URLSearchParams(graph.call.query)
  query.delete('access_token')
  query.set('after', after)
  return `${graph.call.root}${graph.call.path}?${query}`
}

function toCursor(offset: number): string {
  return Buffer.from(`at ${offset}`).toString('base64url')
}

function fromCursor(cursor: string | undefined): string {
  if (cursor === undefined) return '0'
  const offset = /^at (\d+)$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
  if (offset === undefined) throw refuseMeta({ code: 100, message: '(#100) Invalid cursor' })
  return offset
}

/** A time parameter in seconds: Unix or anything `Date` reads. */
export function instantOf(graph: GraphCall, name: string): number | undefined {
  const given = textOf(graph.params, name)
  if (given === undefined) return undefined
  const seconds = /^\d+$/.test(given) ? Number(given) : Math.floor(Date.parse(given) / 1000)
  if (Number.isNaN(seconds)) {
    throw refuseMeta({ code: 100, message: `(#100) Param ${name} must be a date` })
  }
  return seconds
}

/** Graph API time, such as `2026-04-01T10:00:00+0000`. */
export function graphTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}+0000`
}
