import type { Call } from '../frame/exchange.js'
import type { SandboxAccount } from '../types.js'
import { type Attachment, isReady, type Server, type Status } from './store.js'
import { contentOf } from './text.js'

export const LIMITS = {
  characters: 500,
  attachments: 4,
  description: 1500,
  imageBytes: 16 * 1024 * 1024,
  imageMatrix: 33_177_600,
  videoBytes: 99 * 1024 * 1024,
}

/** What the server says of itself; both versions of the endpoint carry it. */
export const CONFIGURATION = {
  statuses: {
    max_characters: LIMITS.characters,
    max_media_attachments: LIMITS.attachments,
    characters_reserved_per_url: 23,
  },
  media_attachments: {
    description_limit: LIMITS.description,
    image_size_limit: LIMITS.imageBytes,
    image_matrix_limit: LIMITS.imageMatrix,
    video_size_limit: LIMITS.videoBytes,
    supported_mime_types: ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'video/mp4'],
  },
}

export function statusOf(server: Server, call: Call, status: Status) {
  const account = server.world.accounts('mastodon').find(({ id }) => id === status.account)
  const files = status.attachmentIds.flatMap((id) => server.attachments.get(id) ?? [])
  return {
    id: status.id,
    created_at: status.createdAt,
    visibility: status.visibility,
    sensitive: false,
    spoiler_text: status.spoiler,
    language: status.language,
    uri: `${call.root}/users/${account?.username}/statuses/${status.id}`,
    url: status.permalink,
    content: contentOf(status.text),
    reblog: null,
    in_reply_to_id: null,
    application: { name: 'Sandbox app', website: null },
    account: account && accountOf(call, account),
    media_attachments: files.map((file) => attachmentOf(server, call, file)),
    mentions: [],
    tags: [],
    emojis: [],
    card: null,
    poll: null,
  }
}

export function accountOf(call: Call, { id, username, name }: SandboxAccount) {
  const url = `${call.root}/@${username}`
  return { id, username, acct: username, display_name: name, url, bot: false, locked: false }
}

export function attachmentOf(server: Server, call: Call, attachment: Attachment) {
  const { id, media } = attachment
  const url = isReady(server, attachment) ? `${call.root}/_media/${media.sha256}` : null
  return { id, type: media.kind, url, preview_url: url, description: media.alt ?? null, meta: {} }
}
