import { createServer } from 'node:net'
import { isPublicAddress } from '../bot/media/public-address.js'
import type { Settings } from '../config.js'
import { type Finding, findings } from './finding.js'

const about = findings('port')

/** Looks whether the program can listen, and whether others can reach it where it says so. */
export async function lookAtPort(
  settings: Pick<Settings, 'port' | 'publicUrl'>,
): Promise<Finding[]> {
  const { port, publicUrl } = settings
  const found = [await listening(port)]
  if (publicUrl === null) return found
  const { protocol, hostname } = new URL(publicUrl)
  const isPrivate =
    hostname === 'localhost' ||
    (/^[\d.]+$|:/.test(hostname) && !isPublicAddress(hostname.replace(/^\[|\]$/g, '')))
  if (isPrivate || protocol !== 'https:') {
    const why = isPrivate ? 'names an address inside a private network' : 'is not https'
    found.push(
      about(
        'warning',
        `PRESSROOM_PUBLIC_URL ${why}: most platforms will not fetch media there.`,
        'Put this port behind a proxy with a certificate, and name its address.',
      ),
    )
  }
  return found
}

async function listening(port: number): Promise<Finding> {
  if (port === 0) return about('ok', 'any free one')
  const code = await tryToListen(port)
  if (code === undefined) return about('ok', `${port} is free`)
  if (code !== 'EADDRINUSE') {
    return about('fault', `PORT: cannot listen on port ${port} (${code}).`, 'Set PORT to another.')
  }
  if (await isPressroom(port)) return about('ok', `Pressroom answers on ${port}`)
  const text = `PORT: port ${port} is in use by another program.`
  return about('fault', text, 'Stop it, or set PORT to a free one.')
}

function tryToListen(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: Error & { code?: string }) => resolve(error.code ?? error.message))
    server.listen(port, () => server.close(() => resolve(undefined)))
  })
}

/** Its health page says so in one word. */
async function isPressroom(port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(2_000)
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal })
    return (await answer.text()).trim() === 'ok'
  } catch {
    return false
  }
}
