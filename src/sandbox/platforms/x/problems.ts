import { Refused, type Reply } from '../frame/exchange.js'

/** A problem document. @see X API "Response codes and errors" */
export function problem(status: number, title: string, detail: string, kind?: string): Reply {
  const type = kind === undefined ? 'about:blank' : `https://api.x.com/2/problems/${kind}`
  return { status, headers: PROBLEM, body: { title, detail, type, status } }
}

export function refuseX(status: number, title: string, detail: string, kind?: string): Refused {
  return new Refused(problem(status, title, detail, kind))
}

/** Code 400 with the reason among `errors`, as parameter checks answer. */
export function invalidRequest(message: string): Refused {
  const detail = 'One or more parameters to your request was invalid.'
  const reply = problem(400, 'Invalid Request', detail, 'invalid-request')
  return new Refused({ ...reply, body: { ...(reply.body as object), errors: [{ message }] } })
}

const PROBLEM = { 'content-type': 'application/problem+json' }
