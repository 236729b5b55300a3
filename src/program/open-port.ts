import type { Settings } from '../config.js'
import type { Log } from '../log.js'
import { type Route, startServer } from '../server.js'
import type { Overrides } from './parts.js'
import type { Stops } from './stops.js'

/** Without PORT nobody relies on the port, unless chat events or media arrive there: then go on without. */
export async function openPort(
  settings: Settings,
  routes: readonly Route[],
  overrides: Overrides,
  log: Log,
  stops: Stops,
): Promise<number | null> {
  const needed =
    settings.portGiven ||
    settings.slack?.transport === 'http' ||
    settings.publicUrl !== null ||
    settings.apiToken !== null ||
    overrides.routes !== undefined
  const server = await startServer({
    port: settings.port,
    routes,
    log,
    ...(overrides.host ? { host: overrides.host } : {}),
    ...(overrides.upgrade ? { upgrade: overrides.upgrade } : {}),
  }).catch((error) => {
    if (needed) throw error
    log.warn({ port: settings.port }, 'the port is in use; going on without /healthz and /readyz')
    return null
  })
  if (!server) return null
  stops.closes('the port', server.close)
  return server.port
}
