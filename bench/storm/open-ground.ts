import { embeddedGround } from './embedded.js'
import type { Ground, GroundParts } from './ground.js'
import type { StormOptions } from './options.js'
import { openServers } from './own-servers.js'
import { serversGround } from './servers.js'

export async function openGround(
  engine: StormOptions['engine'],
  parts: GroundParts,
): Promise<Ground> {
  if (engine === 'embedded') return embeddedGround(parts)
  return serversGround(parts, await openServers(parts.folder, process.env))
}
