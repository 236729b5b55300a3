import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'

/** A message of the chat as Discord would show it. */
export interface Mirrored {
  readonly messageId: string
  /** The message in whose thread it stands; absent for one in the channel. */
  readonly rootId?: string
  /** Content and components, as Discord's API writes them. */
  readonly message: object
  /** Files in it, by name. */
  readonly files: readonly string[]
}

/** With when it was first shown, milliseconds since the epoch. */
export type Shown = Mirrored & { readonly at: number }

/** What the chat shows, in Discord's shape, so that people on both chats see what they get. */
export interface Mirror {
  show(mirrored: Mirrored): void
  /** Streams a message and its thread, oldest first, now and after every change. */
  stream(rootId: string, response: ServerResponse): void
}

const MOST = 2_000

/**
 * @param options `memory` is what an earlier one wrote
 */
export function createMirror(options: {
  memory?: Uint8Array
  changed: (memory: Uint8Array) => void
  now?: () => number
}): Mirror {
  const { now = Date.now } = options
  // In the order in which they were first shown.
  const kept = new Map<string, Shown>(
    options.memory ? JSON.parse(Buffer.from(options.memory).toString()) : [],
  )
  const changes = new EventEmitter().setMaxListeners(0)
  const rootOf = ({ rootId, messageId }: Mirrored) => rootId ?? messageId
  const around = (rootId: string) => [...kept.values()].filter((one) => rootOf(one) === rootId)

  return {
    show(mirrored) {
      const { messageId } = mirrored
      kept.set(messageId, { ...mirrored, at: kept.get(messageId)?.at ?? now() })
      const [oldest] = kept.keys()
      if (kept.size > MOST && oldest !== undefined) kept.delete(oldest)
      options.changed(Buffer.from(JSON.stringify([...kept])))
      changes.emit(rootOf(mirrored))
    },
    stream(rootId, response) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      const send = () => response.write(`data: ${JSON.stringify(around(rootId))}\n\n`)
      send()
      changes.on(rootId, send)
      response.on('close', () => changes.off(rootId, send))
    },
  }
}
