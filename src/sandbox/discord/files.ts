import { refusal } from './errors.js'
import type { Attachment, Message } from './model.js'
import type { MessageFields } from './validate/message.js'
import type { World } from './world.js'

/** A file as it arrived: part `files[index]` of a multipart body. */
export interface ReceivedFile {
  index: number
  filename: string
  contentType: string
  data: Uint8Array
}

/** Default limit of one file. @see https://docs.discord.com/developers/reference#uploading-files */
export const MAX_FILE_BYTES = 10 * 1024 * 1024

const LINK_LIFETIME_S = 24 * 3600

/**
 * Keeps uploaded files and returns them as attachments, described by the body's `attachments`
 * entry with the same index.
 * @throws ApiError 40005 when one is too large
 */
export function keepFiles(
  world: World,
  channelId: string,
  files: readonly ReceivedFile[],
  described: MessageFields['attachments'],
  ephemeral: boolean,
): Attachment[] {
  return files.map(({ index, filename, contentType, data }) => {
    if (data.byteLength > MAX_FILE_BYTES) throw refusal('entityTooLarge')
    const entry = described?.find(({ id }) => id === String(index))
    const safeName = (entry?.filename ?? filename).replaceAll(/[^\w.-]+/g, '_')
    const id = world.nextId()
    world.files.set(id, { channelId, filename: safeName, contentType, data })
    return {
      id,
      filename: safeName,
      size: data.byteLength,
      content_type: contentType,
      ...(entry?.description ? { description: entry.description } : {}),
      ...(entry?.title ? { title: entry.title } : {}),
      ...(ephemeral ? { ephemeral: true } : {}),
      ...linksTo(world, channelId, id, safeName, ephemeral),
    }
  })
}

/** Fresh signed links, which Discord writes into every answer; each works for a day. */
export function signAttachments(world: World, message: Message): Attachment[] {
  return message.attachments.map((attachment) => ({
    ...attachment,
    ...linksTo(
      world,
      message.channel_id,
      attachment.id,
      attachment.filename,
      attachment.ephemeral === true,
    ),
  }))
}

function linksTo(world: World, channelId: string, id: string, name: string, ephemeral: boolean) {
  const nowS = Math.floor(world.clock() / 1000)
  const path = `/${ephemeral ? 'ephemeral-' : ''}attachments/${channelId}/${id}/${name}`
  const signed = `ex=${(nowS + LINK_LIFETIME_S).toString(16)}&is=${nowS.toString(16)}`
  const url = `${world.baseUrl}${path}?${signed}&hm=${world.sign(path + signed)}&`
  return { url, proxy_url: url }
}

/** The file behind a link, or null when the link is invented, changed or a day old. */
export function fileAt(world: World, url: URL) {
  const { pathname, searchParams } = url
  const [, , channelId, id = ''] = pathname.split('/')
  const file = world.files.get(id)
  const signed = `ex=${searchParams.get('ex')}&is=${searchParams.get('is')}`
  const expiresAt = Number.parseInt(searchParams.get('ex') ?? '', 16) * 1000
  if (file?.channelId !== channelId) return null
  if (searchParams.get('hm') !== world.sign(pathname + signed)) return null
  return expiresAt > world.clock() ? (file ?? null) : null
}

/**
 * Replaces `attachment://name` wherever a message shows one of its files by that file's link.
 * A name the message has no file for is left as it is.
 */
export function resolveAttachmentLinks<T>(value: T, attachments: readonly Attachment[]): T {
  const text = JSON.stringify(value, (key, inner: unknown) => {
    if (key !== 'url' && key !== 'icon_url') return inner
    return attachments.find(({ filename }) => inner === `attachment://${filename}`)?.url ?? inner
  })
  return JSON.parse(text)
}

/** Names written as `attachment://name` anywhere in a message. */
export function referencedFiles(fields: Pick<Message, 'embeds' | 'components'>): string[] {
  const text = JSON.stringify([fields.embeds, fields.components])
  return [...text.matchAll(/"attachment:\/\/([^"]+)"/g)].map(([, name = '']) => name)
}
