import { beforeEach, describe, expect, it } from 'vitest'
import { postButtons, targetButtons } from '../../../src/bot/card-buttons.js'
import { ACTIONS, type CommandBody, commandOfAction } from '../../../src/bot/command.js'
import { POWERS, type Rules } from '../../../src/bot/rules.js'
import { posts, refusals, targets } from '../../../src/store/schema.js'
import { testDatabases } from '../../support/database.js'
import {
  ana,
  ben,
  createTestBot,
  failed,
  statesOf,
  type TestBot,
  textOf,
  unconfirmed,
} from './bot.js'

const DAY = 86_400_000
const carol = { kind: 'person', id: 'U3', name: 'carol' } as const

describe.each(testDatabases())('who may, on the $engine database', ({ use }) => {
  const database = use()
  let bot: TestBot
  let rules: Rules = { roles: {} }

  beforeEach(async () => {
    rules = { roles: {} }
    bot = await createTestBot(database(), {
      rulesFor: () => rules,
      memberships: async (id, among) => ({
        is: new Set(id === carol.id ? among.filter((who) => who === 'group:S0LEADS') : []),
        unknown: new Set(among.filter((who) => who === 'group:S0SILENT')),
      }),
    })
  })

  const press = async (body: CommandBody, actor: typeof ana = ana) =>
    textOf(await bot.ask(body, { actor }))
  const everything = async () => [
    await database().orm.select().from(posts).orderBy(posts.id),
    await database().orm.select().from(targets).orderBy(targets.id),
  ]

  it('refuses every button and command to whom the rules leave out, records it, changes nothing', async () => {
    await bot.publish('Hello', { targets: ['facebook', 'instagram', 'x'].slice(0, 1) })
    await bot.publish('Later', { when: { kind: 'words', words: 'in 2 days' }, targets: ['x'] })
    const ids = new Map((await bot.all()).map(({ text, id }) => [text, id]))
    const scheduled = ids.get('Later') ?? ''
    const { post, targets: list } = await bot.load(ids.get('Hello'))
    await bot.set(post.id, { facebook: failed(1) })
    rules = {
      roles: Object.fromEntries(POWERS.map((power) => [power, ['user:UBOSS', 'group:S0LEADS']])),
    }
    const target = list[0]?.id ?? ''
    const open = new Set(['addNote', 'resolveNote'])
    const buttons = Object.keys(ACTIONS).map((action) => commandOfAction(action, target))
    const commands: CommandBody[] = [
      ...buttons.filter(({ kind }) => !open.has(kind)),
      { kind: 'publish', text: 'Mine', texts: {}, media: [], targets: ['x'] },
      { kind: 'openForm' },
      { kind: 'retry', id: post.id },
      { kind: 'cancel', id: scheduled },
      { kind: 'rescheduleSubmitted', id: scheduled, when: { kind: 'words', words: 'in 1 day' } },
      { kind: 'editSubmitted', id: target, text: 'Mine now' },
      { kind: 'linkSubmitted', id: target, link: 'https://example.com' },
    ]
    const before = await everything()
    for (const body of commands) {
      expect(await press(body, ben), body.kind).toMatch(
        /^Here only some people may .*, and you are/,
      )
    }
    expect(await everything()).toEqual(before)
    const recorded = await database().orm.select().from(refusals)
    expect(recorded.map(({ kind }) => kind).sort()).toEqual(commands.map(({ kind }) => kind).sort())
    expect(recorded.every(({ actor }) => (actor as typeof ben).id === ben.id)).toBe(true)
    // Everybody may look; and there it stands.
    expect(await press({ kind: 'status', id: post.id }, ben)).toContain(
      'ben was refused retryFailed: Here only some people may send again what failed',
    )
    // Who belongs to a group that is named, may.
    expect(await press({ kind: 'retry', id: post.id }, carol)).toBe('Sending again: facebook.')
  })

  it('says that it is not told who may while the chat is silent, and records no refusal', async () => {
    rules = { roles: { publish: ['group:S0SILENT', 'group:S0LEADS'] } }
    expect(textOf(await bot.publish('Hello', {}, { actor: ben }))).toBe(
      'The chat does not tell right now whether you are among those who may do this. Try again in a moment.',
    )
    expect(await bot.all()).toEqual([])
    expect(await database().orm.select().from(refusals)).toEqual([])
    // One group that is told to be hers is enough.
    expect(textOf(await bot.publish('Hello', {}, { actor: carol }))).toBe('')
  })

  it('holds a post until somebody else approves it, and asks anew after an edit', async () => {
    rules = { roles: { approve: ['group:S0LEADS'] }, approvalMs: DAY }
    await bot.publish('Hello', { targets: ['facebook', 'x'] })
    const { post, targets: list } = await bot.newest()
    const x = list[1]?.id ?? ''
    expect(list[0]?.target.state).toMatchObject({ status: 'held', hold: 'approval' })
    expect(await press({ kind: 'publishNow', id: post.id })).toContain('waits for an approval')
    expect(await press({ kind: 'approve', id: post.id }, ana)).toContain('the post is yours')
    expect(await press({ kind: 'approve', id: post.id }, ben)).toContain('you are not among them')
    // Carol may approve, but not her own words.
    expect(await press({ kind: 'editSubmitted', id: x, text: 'Hello!' }, carol)).toContain(
      'Somebody else has to approve it',
    )
    expect(await press({ kind: 'approve', id: post.id }, carol)).toBe(
      'Approved: facebook.\nx: You edited it a moment ago. Somebody else has to approve it: the words are yours.',
    )
    expect(statesOf(await bot.newest())).toEqual({ facebook: 'queued', x: 'held' })
    rules = { ...rules, roles: {} }
    expect(await press(await approveOf(x), ben)).toBe('Approved: x.')
    const listed = await press({ kind: 'status', id: post.id }, ben)
    expect(listed).toMatch(
      /ana asked for it[\s\S]*carol edited it \(x\)[\s\S]*ben approved it \(x\)/,
    )
    // After its failure other words need another approval; the same words do not.
    await bot.set(post.id, { facebook: failed(1), x: failed(2) })
    await press({ kind: 'retry', id: list[0]?.id ?? '' })
    await press({ kind: 'editSubmitted', id: x, text: 'Hello?' })
    expect(statesOf(await bot.newest())).toEqual({ facebook: 'queued', x: 'held' })
  })

  it.each([
    ['now', undefined, '', 'A new copy: facebook and x.'],
    [
      'for later',
      'tomorrow 9:00',
      'Scheduled for Tuesday 6 January 2026, 09:00 (Europe/Madrid): facebook and x.',
      'A new copy is scheduled for Tuesday 6 January 2026, 09:00 (Europe/Madrid): facebook and x.',
    ],
  ])(
    'never says that what awaits an approval is on its way: %s',
    async (_when, at, made, copied) => {
      rules = { roles: {}, approvalMs: DAY }
      const approval = ' Somebody else has to approve it before it is sent.'
      const when = at === undefined ? {} : { when: { kind: 'words', words: at } as const }
      expect(textOf(await bot.publish('Hello', when))).toBe(made && made + approval)
      await bot.publish('Hello', when)
      const draft = (await bot.all()).find(({ status }) => status === 'draft')?.id ?? ''
      expect(await press({ kind: 'publishAnyway', id: draft })).toBe(copied + approval)
      expect(statesOf(await bot.load(draft))).toEqual({ facebook: 'held', x: 'held' })
    },
  )

  /** What the Approve that now stands in the chat asks for. */
  const approveOf = async (id: string): Promise<CommandBody> => {
    const found = await bot.newest()
    const stored = found.targets.find((one) => one.id === id)
    const buttons = stored ? targetButtons(stored) : postButtons(found.post.id, found.targets)
    const button = buttons.find(({ action }) => action === 'approve')
    return commandOfAction('approve', button?.value ?? '')
  }

  describe('an approval', () => {
    let postId = ''
    let x = ''

    beforeEach(async () => {
      rules = { roles: {}, approvalMs: DAY }
      await bot.publish('Hello', { targets: ['facebook', 'x'] })
      const { post, targets: list } = await bot.newest()
      postId = post.id
      x = list[1]?.id ?? ''
    })

    const edit = () => press({ kind: 'editSubmitted', id: x, text: 'Other words' })
    const states = async () => statesOf(await bot.newest())

    it('counts for what its card showed only, on an account and on the whole post', async () => {
      const [ofTarget, ofPost] = [await approveOf(x), await approveOf(postId)]
      await edit()
      expect(await press(ofTarget, ben)).toBe(
        'x: ana edited it a moment ago. It was changed meanwhile: look at it again, then approve it.',
      )
      expect(await press(ofPost, ben)).toContain('x: ana edited it a moment ago. It was changed')
      expect(await states()).toEqual({ facebook: 'held', x: 'held' })
      expect(await press(await approveOf(postId), ben)).toBe('Approved: facebook and x.')
    })

    it('of one account leaves that of the whole post as it was', async () => {
      const ofPost = await approveOf(postId)
      await press(await approveOf(x), ben)
      expect(await press(ofPost, ben)).toBe('Approved: facebook.')
    })

    it('by a card of an older version counts for what was never edited, and renews it', async () => {
      await edit()
      const before = (await bot.newest()).post.changed
      expect(await press({ kind: 'approve', id: postId }, ben)).toContain(
        'It was changed meanwhile',
      )
      expect(await states()).toEqual({ facebook: 'queued', x: 'held' })
      expect((await bot.newest()).post.changed).toBe(before + 2)
    })
  })

  it('lets everybody do everything without rules', async () => {
    await bot.publish('Hello', { targets: ['facebook', 'x'] })
    const { post, targets: list } = await bot.newest()
    await bot.set(post.id, { facebook: failed(1), x: unconfirmed(2) })
    expect(await press({ kind: 'confirmLive', id: list[1]?.id ?? '' }, ben)).toContain('is live')
    expect(await press({ kind: 'retry', id: post.id }, ben)).toContain('Sending again: facebook.')
    expect(await press({ kind: 'cancel', id: post.id }, ben)).toContain('Cancelled: facebook.')
    expect(await database().orm.select().from(refusals)).toEqual([])
  })
})
