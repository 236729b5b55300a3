import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from './children.js'
import { type Ground, killOne } from './ground.js'
import type { Weather } from './weather.js'

/** Longer than any request, as an operator's grace period is. */
const GRACE_MS = 40_000
const UP_WITHIN_MS = 180_000

/**
 * Restarts one program after the other while the others go on: all of them in good order (SIGTERM),
 * then all of them by SIGKILL, and so on until it is calm. The next one goes when the last is up.
 */
export function roll(ground: Ground, pauseMs: number, print: (line: string) => void): Weather {
  const counts = new Map<string, number>()
  const calm = new AbortController()
  let failure: Error | undefined

  async function restart(child: Child, isGentle: boolean): Promise<void> {
    const kind = child.name.replace(/-\d+$/, '')
    const beganAt = Date.now()
    const what = `${kind} ${isGentle ? 'restarted' : 'killed'}`
    if (isGentle) await child.end(GRACE_MS)
    else killOne(child, ground.deaths)
    counts.set(what, (counts.get(what) ?? 0) + 1)
    await sleep(100) // until the old one is known to be gone
    const goneAfterMs = Date.now() - beganAt
    await child.ready(UP_WITHIN_MS)
    const upAfterMs = Date.now() - beganAt
    print(
      `${new Date(beganAt).toISOString()}  ${child.name} ${isGentle ? 'stopped' : 'killed'}, gone after ${goneAfterMs} ms, up again after ${upAfterMs} ms`,
    )
    await sleep(pauseMs, undefined, { signal: calm.signal }).catch(() => {})
  }

  const over = (async () => {
    for (let isGentle = true; !calm.signal.aborted; isGentle = !isGentle) {
      for (const child of ground.children) {
        if (calm.signal.aborted) return
        await restart(child, isGentle)
      }
    }
  })().catch((error: Error) => {
    failure = error
  })
  return {
    counts,
    failure: () => failure,
    async calm() {
      calm.abort()
      await over
    },
  }
}
