import type { webApi } from '@slack/bolt'
import type { MediaCard } from '../card-replies.js'
import type { Outgoing, PostResult } from '../chat.js'
import { classifySlackError } from './errors.js'
import { cut, escapeText } from './mrkdwn.js'

/** The bytes of a stored medium; undefined when they are no longer kept. */
export type LoadBytes = (mediaId: string) => Promise<Uint8Array | undefined>

const UPLOAD_TIMEOUT_MS = 60_000
/** The longest description of a file that Slack takes. */
const MOST_ALT = 1_000
const MOST_FILES = 10

/**
 * Shows files in the thread. Uploading makes nothing visible, so only the last call can be in doubt;
 * its block is named after the key, because a message with files carries no metadata.
 * @see https://docs.slack.dev/messaging/working-with-files ("Uploading files")
 */
export async function shareFiles(
  client: webApi.WebClient,
  { channelId, rootId }: Outgoing,
  card: MediaCard,
  bytes: LoadBytes,
): Promise<PostResult> {
  const files: { id: string; title: string }[] = []
  try {
    for (const { filename, alt, load } of filesOf(card, bytes)) {
      const content = await load()
      if (content && content.length > 0) {
        files.push({ id: await upload(client, filename, alt, content), title: alt || filename })
      }
    }
  } catch (error) {
    const failure = classifySlackError(error)
    // Nothing is visible yet, so nothing is in doubt.
    if (failure.kind !== 'unknown') return failure
    return { kind: 'refused', why: failure.why, scope: 'message', final: false }
  }
  const [first, ...rest] = files
  if (!first) return { kind: 'refused', why: 'the files are gone', scope: 'message', final: true }
  const text = `Files for *${escapeText(card.account)}*`
  const answer = await client.files.completeUploadExternal({
    files: [first, ...rest.slice(0, MOST_FILES - 1)],
    channel_id: channelId,
    ...(rootId === undefined ? {} : { thread_ts: rootId }),
    blocks: [{ type: 'section', block_id: card.key, text: { type: 'mrkdwn', text } }],
  } as webApi.FilesCompleteUploadExternalArguments)
  return { kind: 'posted', messageId: answer.files?.[0]?.id ?? first.id }
}

interface Upload {
  readonly filename: string
  readonly alt: string | undefined
  load(): Promise<Uint8Array | undefined>
}

function filesOf(card: MediaCard, bytes: LoadBytes): Upload[] {
  const { text } = card
  return [
    ...(text === undefined
      ? []
      : [{ filename: 'text.txt', alt: undefined, load: async () => Buffer.from(text) }]),
    ...card.media.map(({ id, filename, alt }) => ({ filename, alt, load: () => bytes(id) })),
  ]
}

/** Uploads bytes without showing them anywhere. @returns the file id */
export async function upload(
  client: webApi.WebClient,
  filename: string,
  alt: string | undefined,
  content: Uint8Array,
): Promise<string> {
  const ticket = await client.files.getUploadURLExternal({
    filename,
    length: content.length,
    // The method's own name for it; the client's types say `alt_text`.
    ...(alt ? { alt_txt: cut(alt, MOST_ALT) } : {}),
  })
  if (!ticket.upload_url || !ticket.file_id) throw new Error('Slack gave no address to upload to')
  const answer = await fetch(ticket.upload_url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Uint8Array(content),
    signal: AbortSignal.timeout(UPLOAD_TIMEOUT_MS),
  })
  if (!answer.ok) throw new Error(`the upload was answered with HTTP ${answer.status}`)
  return ticket.file_id
}
