import { inspectMedia } from '../frame/media.js'
import type { World } from '../frame/world.js'
import type { LiveMedia } from '../types.js'
import { type Request, refuse } from './wire.js'

const MEGABYTE = 1024 * 1024
/** Bytes of an upload and of a fetched address. @see Bot API "Sending files" */
const MAX_BYTES = {
  photo: { uploaded: 10 * MEGABYTE, fetched: 5 * MEGABYTE },
  video: { uploaded: 50 * MEGABYTE, fetched: 20 * MEGABYTE },
}

/** A file that is uploaded (by its field's name or `attach://…`) or named by an address. */
export async function fileOf(
  world: World,
  { call }: Request,
  kind: 'photo' | 'video',
  source: unknown,
  fieldName?: string,
): Promise<LiveMedia> {
  const files = call.body.type === 'form' ? call.body.files : []
  const name = String(source ?? '').replace(/^attach:\/\//, '')
  const wanted = source === undefined ? fieldName : name
  const upload = files.find(({ field }) => field === wanted)
  const expected = kind === 'photo' ? 'image' : 'video'
  if (!upload && !/^https?:\/\//.test(name)) {
    throw refuse(400, 'Bad Request: wrong file identifier/HTTP URL specified')
  }
  const bytes = upload
    ? upload.bytes
    : await world.media.fetch(name).catch(() => {
        throw refuse(400, 'Bad Request: failed to get HTTP URL content')
      })
  const url = upload ? {} : { url: name }
  if (bytes === undefined) return { kind: expected, ...url }
  if (inspectMedia(bytes)?.kind !== expected) {
    throw refuse(400, 'Bad Request: wrong type of the web page content')
  }
  if (bytes.length > MAX_BYTES[kind][upload ? 'uploaded' : 'fetched']) {
    throw refuse(upload ? 413 : 400, 'Request Entity Too Large')
  }
  return { ...world.media.keep(bytes, expected), ...url }
}
