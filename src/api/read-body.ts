import type { IncomingMessage } from 'node:http'
import { ProblemError } from './problem.js'

/** Ample for texts, addresses and lists of accounts; media come by address. */
export const MAX_BODY_BYTES = 1_000_000

/** How long a body may take to arrive. */
const BODY_WITHIN_MS = 30_000

/**
 * The JSON of a body, or undefined when there is none. What is too large is not read to its end.
 * @throws ProblemError
 */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const bytes = await readBytes(request, maxBytes)
  if (bytes.byteLength === 0) return undefined
  const type = (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim()
  if (!/^application\/([\w.-]+\+)?json$/i.test(type ?? '')) {
    throw new ProblemError('not-json', `Send "Content-Type: application/json", not "${type}".`)
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ProblemError('malformed-request', 'The body is not UTF-8.')
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    const why = (error as Error).message.split(', "')[0]
    throw new ProblemError('malformed-request', `The body is not JSON: ${why}.`)
  }
}

function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const late = setTimeout(() => refuse(broken('did not arrive in time')), BODY_WITHIN_MS)
    const end = () => {
      clearTimeout(late)
      request.off('data', take).off('end', done).off('error', breakOff).off('close', breakOff)
    }
    const refuse = (problem: ProblemError) => {
      end()
      request.on('error', () => {})
      // The rest is thrown away as it comes: whoever is still sending would not hear the answer.
      request.resume()
      reject(problem)
    }
    const breakOff = () => refuse(broken('broke off in the middle'))
    const take = (chunk: Buffer) => {
      size += chunk.byteLength
      if (size > maxBytes) refuse(tooLarge(maxBytes))
      else chunks.push(chunk)
    }
    const done = () => {
      end()
      resolve(Buffer.concat(chunks))
    }
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return refuse(tooLarge(maxBytes))
    request.on('data', take).on('end', done).on('error', breakOff).on('close', breakOff)
  })
}

function tooLarge(maxBytes: number): ProblemError {
  return new ProblemError('body-too-large', `A body may have ${maxBytes} bytes at most.`, {
    headers: { connection: 'close' },
  })
}

function broken(how: string): ProblemError {
  return new ProblemError('malformed-request', `The body ${how}.`, {
    headers: { connection: 'close' },
  })
}
