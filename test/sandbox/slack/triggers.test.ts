import type { types } from '@slack/bolt'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSlackWorkspace, type SlackWorkspace } from '../../../src/sandbox/slack/index.js'
import { webClient } from './bolt-app.js'

const view: types.ModalView = {
  type: 'modal',
  title: { type: 'plain_text', text: 'Hi' },
  external_id: '',
  blocks: [{ type: 'divider' }],
}
const ana = 'U000000ANA'

let slack: SlackWorkspace
let client: ReturnType<typeof webClient>
let now: number

beforeEach(async () => {
  now = Date.now()
  slack = createSlackWorkspace({ clock: () => now })
  client = webClient(slack, (await slack.listen()).apiUrl)
})

afterEach(() => slack.close())

/** No app is connected: the delivery fails, the trigger exists all the same. */
async function trigger(): Promise<string> {
  const delivery = await slack.as(ana).slash('/publish', '', 'C00000SOCIAL')
  return delivery.triggerId ?? ''
}

describe('a trigger', () => {
  it('opens one view', async () => {
    const trigger_id = await trigger()
    await client.views.open({ trigger_id, view })
    expect(slack.views(ana)).toHaveLength(1)
    await expect(client.views.open({ trigger_id, view })).rejects.toThrow('exchanged_trigger_id')
  })

  it('expires after 3 s', async () => {
    const trigger_id = await trigger()
    now += 3001
    await expect(client.views.open({ trigger_id, view })).rejects.toThrow('expired_trigger_id')
  })

  it('must be one of ours', async () => {
    const trigger_id = '1.2.abc'
    await expect(client.views.open({ trigger_id, view })).rejects.toThrow('invalid_trigger_id')
  })

  it('pushes only from inside a view, at most three deep', async () => {
    await expect(client.views.push({ trigger_id: await trigger(), view })).rejects.toThrow(
      'not_found',
    )
    const inside = { ...view, blocks: [button] }
    await client.views.open({ trigger_id: await trigger(), view: inside })
    for (const depth of [2, 3]) {
      await client.views.push({ trigger_id: await triggerInside(), view: inside })
      expect(slack.views(ana)).toHaveLength(depth)
    }
    const trigger_id = await triggerInside()
    await expect(client.views.push({ trigger_id, view })).rejects.toThrow('push_limit_reached')
  })
})

const button = {
  type: 'actions',
  elements: [{ type: 'button', action_id: 'go', text: { type: 'plain_text', text: 'Go' } }],
} satisfies types.ActionsBlock

async function triggerInside(): Promise<string> {
  const top = slack.views(ana).at(-1)
  const delivery = await slack.as(ana).click(top?.id ?? '', 'go')
  return delivery.triggerId ?? ''
}

describe('an open view', () => {
  it('is updated by id, unless it changed meanwhile', async () => {
    const opened = await client.views.open({ trigger_id: await trigger(), view })
    const view_id = opened.view?.id ?? ''
    const hash = opened.view?.hash ?? ''
    const changed = { ...view, title: { type: 'plain_text' as const, text: 'Changed' } }
    await client.views.update({ view_id, hash, view: changed })
    expect(slack.views(ana)[0]).toMatchObject({ id: view_id, title: { text: 'Changed' } })
    await expect(client.views.update({ view_id, hash, view })).rejects.toThrow('hash_conflict')
    await expect(client.views.update({ view_id: 'V404', view })).rejects.toThrow('not_found')
  })
})
