import type { Route } from '../server.js'
import type { Gauges } from '../store/load-gauges.js'
import { within } from '../wait.js'
import type { Metrics, Readings } from './metrics.js'

/** However many ask, the servers are asked no more often than this. */
const FRESH_FOR_MS = 2_000
/** Prometheus gives up after ten seconds; what cannot be had by then is left out. */
const READ_WITHIN_MS = 3_000

/** `GET /metrics`, open like `/healthz`: it says how much there is, never what or whose. */
export function metricsRoute(
  metrics: Metrics,
  read: {
    gauges(): Promise<Gauges>
    /** Absent where this process has no queue. */
    queueDepth(): Promise<number> | undefined
    now(): number
  },
): Route {
  let newest: { readings: Promise<Readings>; at: number } | undefined

  const readings = async (): Promise<Readings> => {
    const [gauges, queueDepth] = await Promise.all([
      inTime(read.gauges()),
      inTime(read.queueDepth() ?? Promise.resolve(null)),
    ])
    return { gauges, queueDepth, now: read.now() }
  }

  return async (request, response, path) => {
    if (path !== '/metrics') return false
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET' }).end()
      return true
    }
    const at = performance.now()
    if (!newest || at - newest.at > FRESH_FOR_MS) newest = { readings: readings(), at }
    const { body, contentType } = await metrics.text(await newest.readings)
    response.writeHead(200, { 'content-type': contentType })
    response.end(request.method === 'HEAD' ? undefined : body)
    return true
  }
}

/** @returns undefined when it fails or takes too long */
async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  return within(
    READ_WITHIN_MS,
    work.catch(() => undefined),
  )
}
