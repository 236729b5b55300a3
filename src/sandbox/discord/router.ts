import type { ReceivedFile } from './files.js'
import type { World } from './world.js'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** The names behind the colons of a path. */
type ParamNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never

export interface RouteRequest<Param extends string = string> {
  params: Record<Param, string>
  query: URLSearchParams
  body: unknown
  files: ReceivedFile[]
}

export interface Answer {
  status: number
  /** Left out for an answer without content. */
  body?: unknown
}

export interface Route {
  method: Method
  path: string
  /** `token`: the interaction token in the path is the credential. */
  auth: 'bot' | 'token' | 'none'
  handle(world: World, request: RouteRequest): Answer
}

/** Declares one route: `GET /channels/:channel`, its credential, and what it answers. */
export function route<Path extends string>(
  line: `${Method} ${Path}`,
  auth: Route['auth'],
  handle: (world: World, request: RouteRequest<ParamNames<Path>>) => Answer,
): Route {
  const [method, path] = line.split(' ') as [Method, string]
  // matchPath fills in every name of the path, which is what the handler's type asks for.
  return { method, path, auth, handle: (world, request) => handle(world, request as never) }
}

/** The parameters when a path fits a pattern (`:name` or `*` for any one segment), else null. */
export function matchPath(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/')
  const given = path.split('/').map(decodeSegment)
  if (wanted.length !== given.length) return null
  const params: Record<string, string> = {}
  for (const [index, want] of wanted.entries()) {
    const have = given[index] ?? ''
    if (want.startsWith(':')) params[want.slice(1)] = have
    else if (want !== '*' && decodeSegment(want) !== have) return null
  }
  return params
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** The first route that fits; `allowed` tells an unknown path from a method it does not have. */
export function findRoute(routes: readonly Route[], method: string, path: string) {
  let allowed = false
  for (const one of routes) {
    const params = matchPath(one.path, path)
    if (!params) continue
    if (one.method === method) return { route: one, params }
    allowed = true
  }
  return { route: null, allowed }
}
