import { type Call, Refused, type Reply } from '../frame/exchange.js'

/** @see Microsoft Learn, LinkedIn "Error responses" */
export function linkedInError(status: number, code: string, message: string): Reply {
  return { status, body: { status, code, message } }
}

export function refuseLinkedIn(status: number, code: string, message: string): Refused {
  return new Refused(linkedInError(status, code, message))
}

/** Names the post that is live. @see "UGC Post API", error table */
export function duplicateOf(urn: string): Reply {
  return { status: 422, body: { status: 422, message: `Content is a duplicate of ${urn}` } }
}

export function notFound(call: Call): Refused {
  return refuseLinkedIn(404, 'RESOURCE_NOT_FOUND', `No virtual resource found for ${call.path}`)
}
