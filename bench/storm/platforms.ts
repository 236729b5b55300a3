import { fileURLToPath } from 'node:url'
import type { LivePost, PlatformName, StormPlan } from '../../src/sandbox/platforms/index.js'
import { type StormAccount, sandboxAccounts } from './accounts.js'
import { MARKER } from './chat.js'
import { keepRunning } from './children.js'
import type { Copy } from './judge.js'
import { FAULT_RATES, UP_WITHIN_MS, WAITS } from './measures.js'

/** The platforms' stand-ins, from outside. */
export interface Platforms {
  readonly url: string
  readonly pictureUrl: string
  copies(): Promise<Copy[]>
  /** Resolves as soon as a request has been without an answer for a while, `withinMs` later at most. */
  openRequest(withinMs: number): Promise<void>
  calm(): Promise<void>
  close(): Promise<void>
}

const PICTURE = fileURLToPath(new URL('../../src/sandbox/sample.jpg', import.meta.url))

/** Starts them in a process of their own, with faults at the stated rates. */
export async function openPlatforms(parts: {
  entry: string
  logs: string
  accounts: readonly StormAccount[]
  seed: number
}): Promise<Platforms> {
  const { accounts, seed } = parts
  const child = keepRunning(
    {
      name: 'platforms',
      entry: parts.entry,
      args: [],
      env: {
        STORM_ACCOUNTS: JSON.stringify(sandboxAccounts(accounts)),
        STORM_PICTURE: PICTURE,
        STORM_OPEN_MS: String(WAITS.slowMs / 4),
      },
    },
    parts.logs,
  )
  const hearing = new Set<() => void>()
  const url = await new Promise<string>((resolve, reject) => {
    child.onMessage((message) => {
      if (message === 'open') for (const hear of hearing) hear()
      else resolve((message as { url: string }).url)
    })
    child.ready(UP_WITHIN_MS).catch(reject)
  })
  const control = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`${url}/_sandbox/${path}`, {
      method,
      ...(body
        ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
        : {}),
    })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
  const plan: StormPlan = { seed, rates: FAULT_RATES, lateMs: WAITS.lateMs, delayMs: WAITS.slowMs }
  await control('POST', 'storm', plan)

  return {
    url,
    pictureUrl: `${url}/picture.jpg`,
    async copies() {
      const platforms = [...new Set(accounts.map(({ platform }) => platform))]
      return (await Promise.all(platforms.map(copiesOn))).flat()
    },
    openRequest: (withinMs) =>
      new Promise((resolve) => {
        const go = () => {
          hearing.delete(go)
          clearTimeout(late)
          resolve()
        }
        const late = setTimeout(go, withinMs)
        hearing.add(go)
      }),
    calm: async () => void (await control('DELETE', 'storm')),
    close: () => child.retire(1_000),
  }

  async function copiesOn(platform: PlatformName): Promise<Copy[]> {
    const live = (await control('GET', `live?platform=${platform}`)) as LivePost[]
    return live.map(({ id, account, text }) => ({
      id,
      marker: MARKER.exec(text)?.[0] ?? text,
      account:
        accounts.find((one) => one.platform === platform && one.sandbox.id === account)?.name ??
        account,
    }))
  }
}
