import { createServer } from 'node:http'
import type { App, BlockButtonAction, types } from '@slack/bolt'
import { createMirror, type Mirror } from '../../../src/sandbox/page/mirror.js'
import { createLocalPage, type FaultMode } from '../../../src/sandbox/page/server.js'
import { createSlackWorkspace, type SlackWorkspace } from '../../../src/sandbox/slack/index.js'
import { startBoltApp } from '../slack/bolt-app.js'

const text = (value: string) => ({ type: 'plain_text' as const, text: value })
const option = (value: string) => ({ text: text(value), value })

/** A 1 × 1 picture. */
export const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

const form: types.ModalView = {
  type: 'modal',
  callback_id: 'publish_form',
  title: text('Publish'),
  submit: text('Publish'),
  blocks: [
    {
      type: 'input',
      block_id: 'text',
      label: text('Text'),
      element: { type: 'plain_text_input', action_id: 'text', multiline: true },
    },
    {
      type: 'input',
      block_id: 'targets',
      label: text('Where'),
      element: {
        type: 'multi_external_select',
        action_id: 'targets',
        min_query_length: 0,
        initial_options: [option('facebook')],
      },
    },
    {
      type: 'input',
      block_id: 'at',
      optional: true,
      label: text('When'),
      element: { type: 'datetimepicker', action_id: 'at' },
    },
    {
      type: 'input',
      block_id: 'media',
      optional: true,
      label: text('Media'),
      element: { type: 'file_input', action_id: 'media', filetypes: ['png'] },
    },
  ],
}

/** A red one asks before it counts. */
export const retryButton = (value: string, style?: 'danger') => ({
  type: 'button' as const,
  action_id: 'retry_failed',
  value,
  text: text(`Retry ${value}`),
  ...(style && {
    style,
    confirm: {
      title: text('Sure?'),
      text: text('Again'),
      confirm: text('Yes'),
      deny: text('No'),
    },
  }),
})

function cards(said: string): types.KnownBlock[] {
  return [
    { type: 'section', text: { type: 'mrkdwn', text: `*${said}*` } },
    { type: 'image', image_url: 'https://pictures.invalid/chart.png', alt_text: 'A chart' },
    // The same action id in two blocks: only block and action together name the button.
    { type: 'actions', block_id: 'first', elements: [retryButton('one')] },
    { type: 'actions', block_id: 'second', elements: [retryButton('two', 'danger')] },
  ]
}

export interface LocalStack {
  url: string
  slack: SlackWorkspace
  pressed: string[]
  submitted: unknown[]
  faults: Map<string, FaultMode>
  mirror: Mirror
  stop(): Promise<void>
}

/** One server with the page and the workspace on it, and a Bolt app that follows a script. */
export async function startLocalStack(assetsDir: string): Promise<LocalStack> {
  const slack = createSlackWorkspace()
  const faults = new Map<string, FaultMode>([
    ['facebook', 'ok'],
    ['bluesky', 'ok'],
  ])
  const mirror = createMirror({ changed: () => {} })
  const page = createLocalPage({
    slack,
    mirror,
    assetsDir,
    platforms: {
      names: () => [...faults.keys()],
      fault: (name) => faults.get(name) ?? 'ok',
      setFault: (name, mode) => void faults.set(name, mode),
      live: (name) =>
        name === 'facebook'
          ? [{ text: 'Live there', permalink: 'http://127.0.0.1:1/posts/1', createdAt: 0 }]
          : [],
    },
  })
  const server = createServer(async (req, res) => {
    const path = new URL(req.url ?? '/', 'http://local').pathname
    const ours = path.startsWith('/slack/')
      ? await slack.handle(req, res, path.slice('/slack'.length))
      : await page.handle(req, res, path)
    if (!ours) res.writeHead(404).end()
  })
  server.on('upgrade', (req, socket, head) => {
    if (!page.upgrade(req, socket, head)) socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const pressed: string[] = []
  const submitted: unknown[] = []
  const app = await startBoltApp(slack, `${url}/slack/api/`, (bolt) =>
    script(bolt, pressed, submitted),
  )
  return {
    url,
    slack,
    pressed,
    submitted,
    faults,
    mirror,
    async stop() {
      await app.stop()
      await slack.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function script(bolt: App, pressed: string[], submitted: unknown[]): void {
  bolt.command('/publish', async ({ command, ack, client, respond }) => {
    await ack()
    if (command.text === 'help') await respond('Just you')
    else await client.views.open({ trigger_id: command.trigger_id, view: form })
  })
  bolt.options('targets', ({ ack, payload }) =>
    ack({ options: ['facebook', 'bluesky'].filter((o) => o.includes(payload.value)).map(option) }),
  )
  bolt.view('publish_form', async ({ ack, view, client }) => {
    const said = view.state.values.text?.text?.value ?? ''
    if (said.length < 3) {
      await ack({ response_action: 'errors', errors: { text: 'Say a little more.' } })
      return
    }
    await ack()
    submitted.push(view.state.values)
    await client.chat.postMessage({ channel: 'C00000SOCIAL', text: said, blocks: cards(said) })
  })
  bolt.action<BlockButtonAction>('retry_failed', async ({ ack, action, body, client }) => {
    await ack()
    if (!body.message) return
    pressed.push(`${action.block_id} ${action.value}`)
    const channel = body.channel?.id ?? ''
    const { ts } = body.message
    await client.chat.postMessage({ channel, thread_ts: ts, text: `again: ${action.value}` })
    const blocks = cards(`Edited ${pressed.length}`)
    await client.chat.update({ channel, ts, text: 'Edited', blocks })
  })
}
