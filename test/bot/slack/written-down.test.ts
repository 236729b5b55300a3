import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { type Left, NO_ENTRY } from '../../../src/bot/ledger.js'
import { testDatabases } from '../../support/database.js'
import { waitFor } from '../../support/wait-for.js'
import { recordingLedger } from '../recording-ledger.js'
import { ana, channel, createStage, type Stage } from './stage.js'

const [embedded] = testDatabases()
if (!embedded) throw new Error('the embedded engine is always there')

describe('what is asked for in Slack', () => {
  const database = embedded.use()
  let stage: Stage
  afterEach(() => stage.close())

  const start = async (keep?: () => Promise<unknown>) => {
    const recording = recordingLedger(keep)
    stage = await createStage(database(), {}, { ledger: recording.ledger })
    await stage.slack.start()
    const ended = () =>
      waitFor(
        'its end',
        () => recording.happened,
        (list) => list.includes('crossed off'),
      )
    return { ...recording, workspace: stage.workspace, ended }
  }

  it('is written down before it is acknowledged, and crossed off in the end', async () => {
    const order: string[] = []
    const slowly = async () => {
      await sleep(150)
      order.push('written down')
    }
    const { workspace, happened, ended } = await start(slowly)
    await workspace.as(ana).slash('/publish', 'Hello to:x', channel)
    order.push('acknowledged')
    await ended()
    expect(order).toEqual(['written down', 'acknowledged'])
    expect(happened).toEqual(['written down', 'seized', 'crossed off'])
  })

  it('is written down with what it takes to answer, and without the secret of its response_url', async () => {
    const { workspace, requests, ended } = await start()
    await workspace.as(ana).slash('/publish', 'Hello to:x', channel)
    await ended()
    expect(requests).toMatchObject([
      {
        key: expect.stringMatching(/^slack:/),
        chat: 'slack',
        content: {
          command: { kind: 'publish', text: 'Hello' },
          address: { channelId: channel, userId: ana },
        },
      },
    ])
    expect(JSON.stringify(requests)).not.toMatch(/https?:/)
  })

  it('is crossed off and not done when Slack cannot be told that it was heard', async () => {
    const cut = async () => {
      stage.workspace.refuseConnections(true)
      stage.workspace.disconnectSockets()
      await waitFor(
        'the end of the connection',
        () => stage.slack.isConnected(),
        (isUp) => !isUp,
      )
    }
    const { workspace, happened, ended } = await start(cut)
    const { error } = await workspace.as(ana).slash('/publish', 'Hello to:x', channel)
    expect(error).toBeDefined()
    await ended()
    expect(happened).toEqual(['written down', 'crossed off'])
    expect(await stage.bot.all()).toEqual([])
  })

  it('is not written down when it only reads', async () => {
    const { workspace, requests } = await start()
    await workspace.as(ana).slash('/publish', 'accounts', channel)
    await stage.whisper(ana)
    await workspace.as(ana).slash('/publish', '', channel)
    await workspace.waitFor(() => workspace.views(ana)[0])
    expect(requests).toEqual([])
  })

  it('in the form is written down once it has passed, with its own texts', async () => {
    const { workspace, requests, ended } = await start()
    await workspace.as(ana).slash('/publish', '', channel)
    const view = await workspace.waitFor(() => workspace.views(ana)[0])
    await workspace.as(ana).submit(view.id, { text: '', targets: ['x'] })
    expect(requests).toEqual([])
    await workspace.as(ana).submit(view.id, { text: 'Hello', targets: ['x'] })
    await ended()
    expect(requests).toMatchObject([{ content: { command: { text: 'Hello', targets: ['x'] } } }])
  })

  describe('and left by a process that is gone', () => {
    const publish = { kind: 'publish', text: 'Hello', texts: {}, media: [], targets: ['x'] }
    const left = (mayDo: boolean): Left => ({
      content: {
        command: { ...publish, key: 'slack:left' },
        actor: { kind: 'person', id: ana },
        conversation: { chat: 'slack', teamId: 'T00000LOCAL', channelId: channel },
        address: { channelId: channel, userId: ana, replaces: false },
      },
      at: stage.bot.clock.now(),
      mayDo,
      entry: NO_ENTRY,
    })

    it('is done, and told where it was asked for', async () => {
      await start()
      await stage.slack.resume(left(true))
      expect((await stage.whisper(ana)).text).toMatch(/It is queued, once/)
      expect((await stage.bot.all()).map(({ text }) => text)).toEqual(['Hello'])
    })

    it('is told as not done in a direct message, which waits for them', async () => {
      const { workspace } = await start()
      await stage.slack.resume(left(false))
      const said = JSON.stringify(workspace.messages(`D${ana.slice(1)}`))
      expect(said).toMatch(/Nothing was queued, and nothing will go out/)
      expect(said).toContain('"text":"Hello"')
      expect(await stage.bot.all()).toEqual([])
    })
  })
})
