import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSlackWorkspace, type SlackWorkspace } from '../../../src/sandbox/slack/index.js'
import { webClient } from './bolt-app.js'

const channel = 'C00000SOCIAL'
const bytes = Buffer.from('a chart')

let slack: SlackWorkspace
let client: ReturnType<typeof webClient>

beforeEach(async () => {
  slack = createSlackWorkspace()
  client = webClient(slack, (await slack.listen()).apiUrl)
})

afterEach(() => slack.close())

describe('files', () => {
  it('are uploaded by the client in three steps and shared with a comment', async () => {
    await client.filesUploadV2({
      channel_id: channel,
      initial_comment: 'The week',
      filename: 'chart.png',
      file: bytes,
    })
    const [message] = slack.messages(channel)
    expect(message).toMatchObject({ text: 'The week', files: [{ name: 'chart.png' }] })
    const id = message?.files?.[0]?.id ?? ''
    expect(slack.file(id)?.bytes).toEqual(bytes)
    const { file } = await client.files.info({ file: id })
    expect(file).toMatchObject({ mimetype: 'image/png', size: bytes.length })
  })

  it('are refused when the bytes are not what was announced', async () => {
    const { upload_url = '', file_id = '' } = await client.files.getUploadURLExternal({
      filename: 'a.png',
      length: 3,
    })
    const sent = await fetch(upload_url, { method: 'POST', body: 'four' })
    expect(sent.status).toBe(400)
    await expect(client.files.completeUploadExternal({ files: [{ id: file_id }] })).rejects.toThrow(
      'file_not_found',
    )
  })

  it('are downloaded with the token of the bot, and are a sign-in page without it', async () => {
    const file = slack.as('U000000ANA').upload({ name: 'a.png', bytes })
    const url = file.url_private_download
    const authorization = `Bearer ${slack.botToken}`
    const allowed = await fetch(url, { headers: { authorization } })
    expect(Buffer.from(await allowed.arrayBuffer())).toEqual(bytes)
    expect(allowed.headers.get('content-type')).toBe('image/png')
    const stranger = await fetch(url)
    expect(stranger.status).toBe(200)
    expect(stranger.headers.get('content-type')).toContain('text/html')
  })
})
