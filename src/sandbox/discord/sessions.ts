import type { WebSocket } from 'ws'
import type { Dispatch } from './hub.js'

/** A gateway session: it outlives its connection, so that a client can resume it. */
export interface Session {
  readonly id: string
  readonly intents: number
  /** Number of the last event. */
  seq: number
  /** Events kept for a resume, oldest first. */
  readonly events: { s: number; t: string; d: object }[]
  socket: WebSocket | null
}

/** Events a session keeps; a client that missed more has to start anew. */
const KEPT_EVENTS = 1_000

/**
 * Numbers an event for a session, keeps it for a resume, and sends it when the client is there.
 * Leaves out what the session's intents do not cover.
 */
export function deliverTo(session: Session, { t, d, intent }: Dispatch, silent: boolean): void {
  if (intent !== undefined && !(session.intents & intent)) return
  session.seq += 1
  const event = { s: session.seq, t, d: structuredClone(d) }
  session.events.push(event)
  if (session.events.length > KEPT_EVENTS) session.events.shift()
  if (session.socket && !silent) sendTo(session.socket, { op: 0, ...event })
}

/** What a client that saw event `seq` has missed, or null when that cannot be told any more. */
export function missedSince(session: Session, seq: number) {
  const first = session.events[0]?.s ?? session.seq + 1
  return seq + 1 < first ? null : session.events.filter(({ s }) => s > seq)
}

/** Sends one payload, if the connection is still open. */
export function sendTo(socket: WebSocket, payload: object): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(payload))
}
