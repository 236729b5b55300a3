import type { Call, Reply } from '../frame/exchange.js'
import { inspectMedia } from '../frame/media.js'
import type { SandboxAccount } from '../types.js'
import { attachmentOf, LIMITS } from './entities.js'
import { isReady, type Server, spend } from './store.js'
import { invalid, paramsOf, refuse, textOf } from './wire.js'

const IMAGE_TYPES = ['jpg', 'png', 'gif', 'webp']

/** `POST /api/v2/media`: 200 when it can be used, 202 while it is processed. */
export function postMedia(server: Server, call: Call, account: SandboxAccount): Reply {
  const file =
    call.body.type === 'form' ? call.body.files.find((f) => f.field === 'file') : undefined
  const params = paramsOf(call)
  const description = textOf(params.description)
  if (!file) throw invalid("File can't be blank")
  const found = inspectMedia(file.bytes)
  if (!found || (found.kind === 'image' && !IMAGE_TYPES.includes(found.type))) {
    throw invalid('File content type is not supported')
  }
  const cap = found.kind === 'image' ? LIMITS.imageBytes : LIMITS.videoBytes
  if (file.bytes.length > cap) throw invalid('File size is too large')
  if (found.kind === 'image' && found.width * found.height > LIMITS.imageMatrix) {
    throw invalid('Image dimensions are not supported')
  }
  if (description.length > LIMITS.description) throw invalid('Description is too long')
  spend(server.limits.media, account)
  const alt = description === '' ? {} : { alt: description }
  const media = { ...server.world.media.keep(file.bytes, found.kind), ...alt }
  const attachment = {
    id: server.world.nextId(),
    account: account.id,
    polls: 0,
    media,
    attached: false,
  }
  server.attachments.set(attachment.id, attachment)
  const status = isReady(server, attachment) ? 200 : 202
  return { status, body: attachmentOf(server, call, attachment) }
}

/** `GET` (206 while it is processed) and `PUT` of `/api/v1/media/:id`. */
export function answerMedia(
  server: Server,
  call: Call,
  account: SandboxAccount,
  id: string,
): Reply {
  const attachment = server.attachments.get(id)
  if (attachment?.account !== account.id) throw refuse(404, 'Record not found')
  if (call.method === 'PUT') {
    attachment.media.alt = textOf(paramsOf(call).description)
    return { status: 200, body: attachmentOf(server, call, attachment) }
  }
  const status = isReady(server, attachment) ? 200 : 206
  const body = attachmentOf(server, call, attachment)
  attachment.polls += 1
  return { status, body }
}
