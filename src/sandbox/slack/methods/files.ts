import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { checkMessageBlocks, parse } from '../block-kit/validate.js'
import { channelOfBot, type State } from '../state.js'
import { type JsonObject, SlackApiError, type SlackFile } from '../types.js'
import { checkThread, postAsBot } from './chat.js'
import { integer, type Method, method, structured } from './method.js'

const mimetypes: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  svg: 'image/svg+xml',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  txt: 'text/plain',
  csv: 'text/csv',
  pdf: 'application/pdf',
}

/** Keeps a file and describes it as Slack does. */
export function storeFile(
  state: State,
  upload: { id?: string; name: string; title?: string; mimetype?: string; bytes: Buffer },
  user: string,
): SlackFile {
  const id = upload.id ?? state.newId('F')
  const extension = /\.(\w+)$/.exec(upload.name)?.[1]?.toLowerCase() ?? ''
  const path = `${state.team.id}-${id}`
  const name = encodeURIComponent(upload.name)
  const created = Math.floor(state.now() / 1000)
  const file: SlackFile = {
    id,
    created,
    timestamp: created,
    name: upload.name,
    title: upload.title ?? upload.name,
    mimetype: upload.mimetype ?? mimetypes[extension] ?? 'application/octet-stream',
    filetype: extension || 'binary',
    pretty_type: extension.toUpperCase() || 'Binary',
    user,
    user_team: state.team.id,
    size: upload.bytes.length,
    mode: 'hosted',
    editable: false,
    is_external: false,
    is_public: false,
    public_url_shared: false,
    url_private: `${state.baseUrl}/files/files-pri/${path}/${name}`,
    url_private_download: `${state.baseUrl}/files/files-pri/${path}/download/${name}`,
    permalink: `${state.baseUrl}/files/${user}/${id}/${name}`,
    file_access: 'visible',
  }
  const shownFrom = state.now() + state.takesFilesInMs
  state.files.set(id, { file, bytes: upload.bytes, shownFrom })
  return file
}

const completed = z
  .array(z.strictObject({ id: z.string(), title: z.string().optional() }))
  .min(1)
  .max(10)

export const fileMethods: Record<string, Method> = {
  'files.info': method({
    scope: 'files:read',
    tier: 4,
    args: z.strictObject({ file: z.string(), cursor: z.string().optional(), limit: integer }),
    run(args, state) {
      const stored = state.files.get(args.file)
      if (!stored) throw new SlackApiError('file_not_found')
      return { file: structuredClone(stored.file), comments: [] }
    },
  }),

  'files.getUploadURLExternal': method({
    scope: 'files:write',
    tier: 4,
    args: z.strictObject({
      filename: z.string().min(1),
      length: integer,
      alt_txt: z.string().max(1000).optional(),
      snippet_type: z.string().optional(),
    }),
    run(args, state) {
      if (!args.length) throw new SlackApiError('missing_argument')
      const id = state.newId('F')
      const key = `${id}-${randomUUID()}`
      state.uploads.set(key, { name: args.filename, length: args.length })
      return { upload_url: `${state.baseUrl}/files/upload/v1/${key}`, file_id: id }
    },
  }),

  'files.completeUploadExternal': method({
    scope: 'files:write',
    tier: 4,
    args: z.strictObject({
      files: z.unknown(),
      channel_id: z.string().optional(),
      thread_ts: z.string().optional(),
      initial_comment: z.string().optional(),
      blocks: z.unknown().optional(),
    }),
    run(args, state) {
      const wanted = parse(
        completed,
        structured(args.files, 'invalid_arguments'),
        '/files',
        'invalid_arguments',
      )
      const channel = args.channel_id ? channelOfBot(state, args.channel_id) : undefined
      const parent = channel && checkThread(channel, args.thread_ts)
      const given = structured(args.blocks, 'invalid_blocks')
      const blocks = given ? checkMessageBlocks(given, () => state.newId('')) : undefined
      const tickets = wanted.map(({ id, title }) => {
        const [key, upload] = [...state.uploads].find(([k]) => k.startsWith(`${id}-`)) ?? []
        if (!key || !upload?.bytes) throw new SlackApiError('file_not_found')
        return { key, id, title: title ?? upload.name, name: upload.name, bytes: upload.bytes }
      })
      const files = tickets.map(({ key, ...upload }) => {
        state.uploads.delete(key)
        return storeFile(state, upload, state.bot.userId)
      })
      if (channel) {
        const text = args.initial_comment ?? ''
        const { ts } = postAsBot(state, channel, { text, blocks, files }, parent)
        for (const file of files) {
          file.shares = { public: { [channel.id]: [{ ts, team_id: state.team.id }] } }
        }
      }
      return { files: files.map((file): JsonObject => ({ ...file })) }
    },
  }),
}
