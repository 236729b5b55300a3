import type { webApi } from '@slack/bolt'
import type { SlackSettings } from '../../config.js'
import type { Command, MediaSource } from '../command.js'
import type { FetchOptions } from '../media/fetch.js'

/** Stands in for the address of a file of which Slack told only the id. */
const FILE_SCHEME = 'slack-file:'

/** Where an uploaded file can be read, or what is to be asked for that. */
export function uploadUrl(file: {
  id?: string | null | undefined
  url_private_download?: string | null | undefined
  url_private?: string | null | undefined
}): string {
  return file.url_private_download ?? file.url_private ?? `${FILE_SCHEME}${file.id ?? ''}`
}

/**
 * Asks Slack for the addresses it left out, as it does for files of other workspaces.
 * @see https://docs.slack.dev/reference/objects/file-object (`file_access: check_file_info`)
 */
export async function completeUploads(
  command: Command,
  client: webApi.WebClient,
): Promise<Command> {
  if (command.kind !== 'publish') return command
  if (!command.media.some(({ url }) => url.startsWith(FILE_SCHEME))) return command
  const media = await Promise.all(
    command.media.map(async (source): Promise<MediaSource> => {
      if (!source.url.startsWith(FILE_SCHEME)) return source
      const id = source.url.slice(FILE_SCHEME.length)
      const { file } = await client.files.info({ file: id }).catch(() => ({ file: undefined }))
      return file ? { ...source, url: uploadUrl({ ...file, id: undefined }) } : source
    }),
  )
  return { ...command, media }
}

/**
 * The bot's token, for Slack's own file hosts and the host of the Web API only.
 * @see https://docs.slack.dev/reference/objects/file-object (`url_private_download`)
 */
export function uploadAccess({
  apiUrl,
  botToken,
}: Pick<SlackSettings, 'apiUrl' | 'botToken'>): NonNullable<FetchOptions['access']> {
  const apiHost = new URL(apiUrl).hostname
  return ({ hostname, protocol }) => {
    const isSlack = protocol === 'https:' && /(^|\.)slack\.com$/.test(hostname)
    return isSlack || hostname === apiHost ? { authorization: `Bearer ${botToken}` } : undefined
  }
}
