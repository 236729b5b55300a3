import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Fault } from '../types.js'
import type { Reply } from './exchange.js'
import type { Platform } from './platform.js'

/** Either sends the answer or, for faults that leave none, does not. */
export type Answer = (reply: Reply) => void

export interface Encounter {
  platform: Platform
  fault: Fault
  req: IncomingMessage
  res: ServerResponse
  /** Lets the platform do what was asked. */
  act: () => Promise<Reply>
  answer: Answer
}

/**
 * Lets a call run into a fault.
 * @returns whether the fault showed: when it comes after the effect and the platform refused, there
 * was no effect, and the caller gets the refusal
 */
export async function meetFault(encounter: Encounter): Promise<boolean> {
  const { fault, act, answer } = encounter
  if (fault.kind === 'slow') {
    await answerSlowly(encounter)
    return true
  }
  if (fault.when === 'before') {
    spoil(encounter)
    return true
  }
  if (fault.delayMs !== undefined) {
    setTimeout(act, fault.delayMs).unref()
    spoil(encounter)
    return true
  }
  const good = await act()
  if (good.status >= 400) {
    answer(good)
    return false
  }
  spoil(encounter, good)
  return true
}

/** `before` acts at the end of the wait, if the client is still there; `after` acts at once. */
async function answerSlowly({ fault, res, act, answer }: Encounter): Promise<void> {
  const good = fault.when === 'after' ? await act() : undefined
  await new Promise((resolve) => setTimeout(resolve, fault.delayMs ?? 1000).unref())
  if (!res.destroyed) answer(good ?? (await act()))
}

function spoil({ platform, fault, req, answer }: Encounter, good?: Reply): void {
  // A cut connection may be reported to the client as a reset only if it is not closed in order.
  if (fault.kind === 'reset') req.socket.resetAndDestroy()
  // Silent until the client leaves; must not keep the process alive.
  else if (fault.kind === 'stall') req.socket.unref()
  else answer(spoiledReply(platform, fault, req, good))
}

function spoiledReply(
  platform: Platform,
  fault: Fault,
  req: IncomingMessage,
  good: Reply | undefined,
): Reply {
  const json = { 'content-type': 'application/json' }
  switch (fault.kind) {
    case 'garbage':
      return { status: 200, headers: json, body: '{"id":"17' }
    case 'empty':
      return { status: 200, headers: json, body: '' }
    case 'html_error': {
      const status = fault.status ?? 502
      const body = `<html><head><title>${status}</title></head><body><h1>Bad Gateway</h1></body></html>`
      return { status, headers: { 'content-type': 'text/html' }, body }
    }
    // To the same address: whoever follows a 307 asks for the same thing a second time.
    case 'redirect':
      return { status: fault.status ?? 302, headers: { location: req.url ?? '/' }, body: '' }
    default:
      return platform.spoil(fault, good)
  }
}
