import type { IncomingMessage, ServerResponse } from 'node:http'
import type { State } from './state.js'
import { fileBytes, readBody } from './wire.js'

/**
 * Uploads and downloads under `/files`. Like Slack, a download without a valid token is sent to a
 * sign-in page that answers 200 with HTML, so that a bot which forgets the token notices.
 * @returns whether the path was one of ours
 */
export async function serveFiles(
  state: State,
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
): Promise<boolean> {
  const uploadKey = /^\/files\/upload\/v1\/([\w-]+)$/.exec(path)?.[1]
  if (uploadKey) {
    const upload = state.uploads.get(uploadKey)
    const bytes = await fileBytes(req.headers['content-type'] ?? '', await readBody(req))
    const fits = upload?.length === bytes.length
    if (upload && fits) upload.bytes = bytes
    res.writeHead(fits ? 200 : upload ? 400 : 404).end(fits ? `OK - ${bytes.length}` : 'refused')
    return true
  }
  const fileId = /^\/files\/files-pri\/\w+-(F\w+)\//.exec(path)?.[1]
  if (fileId) {
    const stored = state.files.get(fileId)
    if (req.headers.authorization !== `Bearer ${state.botToken}`) {
      res.writeHead(302, { location: `${state.baseUrl}/files/sign-in` }).end()
    } else if (!stored) {
      res.writeHead(404).end()
    } else {
      res.writeHead(200, {
        'content-type': stored.file.mimetype,
        'content-length': stored.bytes.length,
      })
      res.end(stored.bytes)
    }
    return true
  }
  if (path === '/files/sign-in') {
    res.writeHead(200, { 'content-type': 'text/html' }).end('<title>Sign in</title>')
    return true
  }
  return false
}
