import { describe, expect, it } from 'vitest'
import { countsOf, postCard } from '../../src/bot/card.js'
import { targetCard } from '../../src/bot/card-target.js'
import type { Line } from '../../src/bot/wording.js'
import type { Reason } from '../../src/publisher/core/outcome.js'
import type { TargetState } from '../../src/publisher/core/target.js'
import {
  ANA,
  BEN,
  incident,
  MINUTE,
  media,
  NOW,
  note,
  STATES,
  TO_APPROVE,
  target,
  view,
} from './view.js'

/** A line as text; instants and people in brackets. */
function plain(line: Line): string {
  return line
    .map((piece) => {
      if (typeof piece === 'string') return piece
      if ('strong' in piece) return piece.strong
      if ('at' in piece) return `[${(piece.at - NOW) / MINUTE}]`
      return 'who' in piece ? `@${piece.who.name}` : `<${piece.text}: ${piece.link}>`
    })
    .join('')
}

const cardOf = (state: TargetState, change: Parameters<typeof target>[2] = {}) => {
  const stored = target('tfacebook', state, change)
  return targetCard(view([stored]), stored)
}
const actionsOf = (state: TargetState) => cardOf(state).buttons.map(({ action }) => action)
const failed = (cls: Reason['class']): TargetState => ({
  ...STATES.failed,
  reason: { class: cls, text: 'No.' },
})

describe('the counts of a post', () => {
  it('counts every status as the design says, and cancelled ones not at all', () => {
    const all = Object.entries(STATES).map(([status, state]) => target(`t${status}`, state))
    expect(countsOf(all)).toEqual({
      live: 1,
      failed: 1,
      processing: 5,
      needsRetry: 1,
      needsPerson: 2,
    })
  })

  it('names every count that is not zero in the roll-up', () => {
    const all = Object.entries(STATES).map(([status, state]) => target(`t${status}`, state))
    expect(postCard(view(all)).headline).toBe(
      '1 live, 1 failed, 5 processing, 1 waiting to retry, 2 need a person',
    )
    const live = [target('ta', STATES.published), target('tb', STATES.published)]
    expect(postCard(view(live)).headline).toBe('All 2 live')
    const partly = [target('ta', STATES.published), target('tb', STATES.failed)]
    expect(postCard(view(partly)).headline).toBe('1 live, 1 failed')
  })
})

describe('the card of a post', () => {
  it('says what, who and when', () => {
    const base = view([target('ta', STATES.queued)])
    const text = `  A first line\nand ${'more '.repeat(60)}`
    const card = postCard({ ...base, post: { ...base.post, text, publishAt: new Date(NOW) } })
    expect(card).toMatchObject({ by: ANA, publishAt: NOW, askedAt: NOW - MINUTE })
    expect(card.excerpt).toMatch(/^A first line and more .*…$/)
    expect(card.excerpt.length).toBeLessThanOrEqual(160)
  })

  it('shows the time of what is still to come, also after it was moved', () => {
    const base = view([target('ta', STATES.scheduled), target('tb', STATES.published)])
    const card = postCard({ ...base, post: { ...base.post, publishAt: new Date(NOW) } })
    expect(card.publishAt).toBe(STATES.scheduled.publishAt)
    expect(card.buttons.map(({ action }) => action)).toEqual(['reschedule', 'cancel'])
  })

  it('offers to retry what failed, and to cancel what was not sent', () => {
    const actions = (...states: TargetState[]) =>
      postCard(view(states.map((state, i) => target(`t${i}`, state)))).buttons.map(
        ({ action, value }) => `${action}:${value}`,
      )
    expect(actions(STATES.published, STATES.failed)).toEqual(['retry_failed:p1'])
    expect(actions(STATES.published, STATES.waiting)).toEqual(['cancel:p1'])
    expect(actions(STATES.published, STATES.unconfirmed)).toEqual([])
  })

  it('leaves what was removed to its own button', () => {
    const card = postCard(view([target('ta', failed('removed'))]))
    expect(card.buttons).toEqual([])
    expect(actionsOf(failed('removed'))).toContain('retry_failed')
  })
})

describe('the card of a target', () => {
  it.each([
    ['scheduled', 'facebook: scheduled for [60]'],
    ['queued', 'facebook: queued'],
    ['publishing', 'facebook: publishing now'],
    ['processing', 'facebook: sent; the platform is still working on it'],
    ['waiting', 'facebook: not live yet; tries again by itself [1]'],
    ['reconciling', 'facebook: checking whether it went out'],
    ['unconfirmed', 'facebook: may be live or not; a person has to look'],
    ['held', 'facebook: held: the account is disconnected'],
    ['failed', 'facebook: failed [0]; it is not live'],
    ['published', 'facebook: live since [0] · <open: https://example.com/42>'],
    ['cancelled', 'facebook: cancelled by @Ben [0]'],
  ] as const)('says in words that it is %s', (status, words) => {
    expect(plain(cardOf(STATES[status]).title)).toBe(words)
  })

  it.each([
    ['scheduled', ['publish_now', 'reschedule', 'edit_retry', 'cancel']],
    ['queued', ['cancel']],
    ['publishing', []],
    ['processing', []],
    ['waiting', ['publish_now', 'reschedule', 'cancel', 'check_credentials', 'add_note']],
    ['reconciling', []],
    ['unconfirmed', ['confirm_live', 'deny_live', 'add_note']],
    ['held', ['check_credentials', 'publish_now', 'reschedule', 'cancel', 'add_note']],
    ['failed', ['retry_failed', 'check_credentials', 'add_note']],
    ['published', []],
    ['cancelled', []],
  ] as const)('offers what can be done while it is %s', (status, actions) => {
    expect(actionsOf(STATES[status])).toEqual(actions)
    for (const { value } of cardOf(STATES[status]).buttons) expect(value).toBe('tfacebook')
  })

  it('offers editing first where sending the same again cannot help', () => {
    expect(actionsOf(failed('validation'))).toEqual([
      'edit_retry',
      'retry_failed',
      'check_credentials',
      'add_note',
    ])
    expect(actionsOf(failed('media'))[0]).toBe('edit_retry')
    expect(actionsOf(failed('network'))).toEqual(['retry_failed', 'check_credentials', 'add_note'])
  })

  it('does not offer Publish now to what waits for an approval', () => {
    expect(actionsOf({ ...STATES.held, hold: 'approval' })).toEqual([
      'reschedule',
      'edit_retry',
      'cancel',
      'add_note',
    ])
    expect(actionsOf({ ...STATES.held, hold: 'late' })[0]).toBe('publish_now')
  })

  it('shows the whole text that an approval would send, and names its files', () => {
    const text = `${'Word '.repeat(60)}\nand the end`
    const content = { text, media: [media('a.png'), media('b.png')] }
    const shown = (change: Parameters<typeof target>[2]) => {
      const card = cardOf(TO_APPROVE, change)
      return [card.lines.map(plain).at(-1), card.toApprove?.text]
    }
    expect(shown({ content })).toEqual(['Approve sends this text, with a.png, b.png:', text])
    expect(shown({ content: { text: '', media: [media('a.png')] } })).toEqual([
      'Approve sends a.png, without a text.',
      '',
    ])
    expect(cardOf({ ...TO_APPROVE, hold: 'late' }).toApprove).toBeUndefined()
  })

  it('gives Approve another value when the content is another', () => {
    const carried = (contentHash: string) => {
      const { buttons } = cardOf(TO_APPROVE, { contentHash })
      return buttons.find(({ action }) => action === 'approve')?.value
    }
    expect(carried('one')).toMatch(/^tfacebook\.[0-9a-f]{12}$/)
    expect(carried('one')).toBe(carried('one'))
    expect(carried('one')).not.toBe(carried('two'))
  })

  it('asks before a heavy press', () => {
    const confirmed = Object.values(STATES).flatMap((state) =>
      cardOf(state).buttons.flatMap(({ action, confirm }) => (confirm ? [action] : [])),
    )
    expect(new Set(confirmed)).toEqual(new Set(['publish_now', 'cancel', 'deny_live']))
  })

  it('gives the reason in plain words and what to do next', () => {
    expect(cardOf(STATES.held).lines.map(plain)).toEqual([
      'The token has expired.',
      'Connect the account again.',
    ])
    expect(cardOf(STATES.waiting).lines.map(plain)).toEqual(['Too many requests. (429)'])
  })

  it('shows the evidence, where to look and whether sending again is safe', () => {
    const stored = target('tfacebook', STATES.unconfirmed)
    const safe = 'safe, the platform refuses a second copy'
    const card = targetCard(view([stored], { retrySafety: () => safe }), stored)
    expect(card.lines.map(plain)).toEqual([
      '[0]: No answer came within 30 seconds.',
      `[${1 / 60}]: It is not in the list of posts.`,
      'Where to look: <https://example.com/page: https://example.com/page>',
      `Sending again: ${safe}`,
    ])
  })

  it('names the platform where the account does not', () => {
    const stored = target('tacme', STATES.queued, { platform: 'bluesky' })
    expect(plain(targetCard(view([stored]), stored).title)).toBe('acme (Bluesky): queued')
  })

  it('says who did what, and which attempt it is', () => {
    const stored = target('tfacebook', STATES.publishing, { attempt: 3 })
    const deed = { targetId: 'tfacebook', at: NOW, toStatus: 'queued' }
    const history = [
      { ...deed, type: 'verdictGiven', toStatus: 'failed', who: ANA },
      { ...deed, type: 'retryRequested', who: BEN },
      { ...deed, type: 'retryRequested', who: ANA, targetId: 'tother' },
    ]
    expect(targetCard(view([stored], { history }), stored).asides.map(plain)).toEqual([
      'Attempt 3',
      'Not there, said by @Ana [0]',
      'Retried by @Ben [0]',
    ])
  })

  it('says who confirmed it', () => {
    const card = cardOf({ ...STATES.published, how: 'person', who: BEN })
    expect(plain(card.title)).toContain('confirmed by @Ben')
  })

  it('says how late it went out', () => {
    const card = cardOf({ ...STATES.published, lateMs: 12 * MINUTE })
    expect(card.lines.map(plain)).toEqual(['It went out 12 minutes late.'])
  })

  it('shows the pause of a rate-limited account', () => {
    const stored = target('tfacebook', STATES.queued)
    const accounts = new Map([['facebook', { pausedUntil: NOW }]])
    expect(targetCard(view([stored], { accounts }), stored).lines.map(plain)).toEqual([
      'The account is paused by a rate limit until [0].',
    ])
  })

  it('shows a duplicate until it is settled', () => {
    const stored = target('tfacebook', STATES.published)
    const open = incident('duplicate', 'tfacebook')
    const lines = (incidents: (typeof open)[]) =>
      targetCard(view([stored], { incidents }), stored).lines.map(plain)
    expect(lines([open])[0]).toMatch(/^There are 2 copies on the platform: <copy 1: /)
    expect(lines([{ ...open, resolvedAt: new Date(NOW) }])).toEqual([])
  })

  it('shows its notes, and those from before that concern it', () => {
    const notes = [note({ targetId: 'tfacebook' }), note({ targetId: 'tother', text: 'Other' })]
    const asides = (state: TargetState) => {
      const stored = target('tfacebook', state)
      const earlierNotes = new Map([['tfacebook', [note({ text: 'Ask Kim' })]]])
      return targetCard(view([stored], { notes, earlierNotes }), stored).asides.map(plain)
    }
    expect(asides(STATES.failed)).toEqual([
      'Note by @Ben: Renew the token on Mondays',
      'From before: Note by @Ben: Ask Kim',
    ])
  })

  it('hands over what has to be posted by hand', () => {
    const media = [
      {
        id: 'm1',
        kind: 'image',
        mime: 'image/png',
        bytes: 9,
        width: 1,
        height: 1,
        filename: 'a.png',
      },
    ] as const
    const state = { ...STATES.unconfirmed, where: 'Paste it into the newsletter' }
    const stored = target('tnewsletter', state, {
      platform: 'manual',
      content: { text: 'Hello', media: [...media] },
    })
    const card = targetCard(view([stored]), stored)
    expect(card.byHand).toEqual({
      instructions: 'Paste it into the newsletter',
      text: 'Hello',
      media,
    })
    expect(plain(card.title)).toBe('newsletter (by hand): ready to be posted by hand')
    expect(card.buttons.map(({ action }) => action)).toContain('confirm_live')
  })
})
