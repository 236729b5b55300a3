import { describe, expect, it } from 'vitest'
import { textOf } from '../../../src/bot/discord/marker.js'
import { createDiscordScorecards } from '../../../src/bot/discord/scorecard.js'
import {
  type CardView,
  type ScorecardCard,
  scorecardCard,
} from '../../../src/bot/scorecard/card.js'
import type { ScorecardMessage } from '../../../src/bot/scorecard/deliver.js'
import { testDatabases } from '../../support/database.js'
import { at, failure, report, smooth } from '../scorecard/sample.js'
import { CHANNEL, type Stage, useStage } from './chat-stage.js'

const POST = 'POST /channels/:channel/messages'
const KEY = `discord/${CHANNEL}/2026-W47`
const picture = {
  png: new Uint8Array([0x89, 0x50, 0x4e, 0x47]),
  filename: 'scorecard-2026-W47.png',
  alt: `Published and live, by account. ${'All accounts: 100 %. '.repeat(60)}`,
  width: 8,
  height: 6,
}

/** A week in which as much happened as a card can show, in accounts with long names. */
function fullCard(changes: Partial<CardView> = {}): ScorecardCard {
  const accounts = Array.from({ length: 12 }, (_, index) => `account_${index}_${'n'.repeat(50)}`)
  const made = report({
    smooth: accounts.flatMap((account) => smooth(account, 40, 48)),
    rough: accounts.flatMap((account, index) => [
      failure(`a${index}`, account, '2026-11-18T10:00', undefined, 'auth'),
      failure(`b${index}`, account, '2026-11-17T10:00', '2026-11-17T12:00', 'media'),
    ]),
  })
  const details = { targets: new Map(), said: new Map([[1, 'The token was refused. '.repeat(40)]]) }
  return scorecardCard({
    report: made,
    details,
    notes: [],
    picture,
    lateSince: at('2026-11-20T16:00'),
    ...changes,
  })
}

const [embedded] = testDatabases()
if (!embedded) throw new Error('the embedded engine is always there')

describe('a scorecard in Discord', () => {
  const open = useStage(embedded.use())

  const chatOf = ({ rest, discord, rights }: Stage) =>
    createDiscordScorecards({
      rest,
      selfId: () => discord.applicationId,
      lacking: () => rights.lacking,
    })
  const cardMessage = (card = fullCard()): ScorecardMessage => ({
    channelId: CHANNEL,
    key: KEY,
    part: 'card',
    card,
  })

  it('shows the figures, its picture with a description, and what failed in its thread', async () => {
    const stage = await open()
    const chat = chatOf(stage)
    const card = fullCard()
    const posted = await chat.post(cardMessage(card))
    if (posted.kind !== 'posted') throw new Error(JSON.stringify(posted))
    const rootId = posted.messageId
    for (const message of card.thread) {
      const reply = { channelId: CHANNEL, key: KEY, part: message.part, rootId, message }
      expect(await chat.post(reply)).toMatchObject({ kind: 'posted' })
    }
    const [root, ...more] = stage.own(CHANNEL)
    expect(more).toEqual([])
    expect(textOf(root ?? {})).toMatch(
      /^## Scorecard: week 47, 16–22 November 2026\n-# Posted late/,
    )
    expect(textOf(root ?? {})).toContain('**Success: 98 %** 588 of 600 publishes live\n-# week')
    expect(textOf(root ?? {})).toContain('\nand 9 more, in the thread\n')
    expect(root?.attachments).toMatchObject([
      { filename: picture.filename, description: `${picture.alt.slice(0, 1_023)}…` },
    ])
    const shown = JSON.stringify(root?.components)
    expect(shown).toContain(`"url":"${root?.attachments[0]?.url}"`)
    expect(shown).toContain('"description":"Published and live, by account. ')
    expect(stage.discord.threads(CHANNEL)).toMatchObject([{ id: rootId, name: card.title }])
    const thread = stage.own(rootId).filter(({ type }) => type !== 21)
    expect(thread).toHaveLength(card.thread.length)
    expect(textOf(thread.at(-1) ?? {})).toContain('“no text”: the media was refused')
  })

  it.each(['card', 'accounts-1'])('finds the %s whose answer was lost', async (part) => {
    const stage = await open()
    const chat = chatOf(stage)
    const card = fullCard()
    const begunAt = Date.now()
    const root = part === 'card' ? undefined : await chat.post(cardMessage(card))
    const rootId = root?.kind === 'posted' ? root.messageId : undefined
    const message = card.thread.find((one) => one.part === part)
    const wanted: ScorecardMessage =
      rootId !== undefined && message
        ? { channelId: CHANNEL, key: KEY, part, rootId, message }
        : cardMessage(card)
    const place = { channelId: CHANNEL, ...(rootId === undefined ? {} : { rootId }) }
    const sought = { ...place, key: KEY, part, begunAt }
    expect(await chat.find(sought)).toEqual({ kind: 'absent' })
    stage.discord.faults.loseAnswer(POST)
    expect(await chat.post(wanted)).toMatchObject({ kind: 'unknown' })
    const found = await chat.find(sought)
    expect(found).toMatchObject({ kind: 'found', others: [] })
    // Posted again within minutes, it is the same message.
    expect(await chat.post(wanted)).toMatchObject({
      kind: 'posted',
      messageId: found.kind === 'found' && found.messageId,
    })
    expect(await chat.find({ ...sought, key: `${KEY}x` })).toEqual({ kind: 'absent' })
  })

  it('stands without its picture where no file may be attached', async () => {
    const stage = await open()
    stage.discord.denyPermission(CHANNEL, 'ATTACH_FILES')
    expect(await chatOf(stage).post(cardMessage())).toMatchObject({ kind: 'posted' })
    expect(stage.own(CHANNEL)).toMatchObject([{ attachments: [] }])
  })

  it('says which right is missing where nothing may be said', async () => {
    const stage = await open()
    stage.discord.denyPermission(CHANNEL, 'SEND_MESSAGES')
    stage.rights.lacking = ['Send Messages']
    expect(await chatOf(stage).post(cardMessage())).toMatchObject({
      kind: 'refused',
      scope: 'channel',
      why: expect.stringContaining('Give the bot Send Messages in the channel'),
    })
  })
})
