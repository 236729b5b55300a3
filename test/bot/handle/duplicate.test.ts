import { beforeEach, describe, expect, it } from 'vitest'
import { loadView } from '../../../src/bot/announce/load-view.js'
import { targetCard } from '../../../src/bot/card-target.js'
import type { TargetState } from '../../../src/publisher/core/target.js'
import { copiesOf, reportDuplicate } from '../../../src/store/duplicates.js'
import { incidents } from '../../../src/store/schema.js'
import type { StoredTarget } from '../../../src/store/stored-target.js'
import { testDatabases } from '../../support/database.js'
import { ana, ben, createTestBot, live, social, type TestBot, textOf } from './bot.js'
import { createComparisonAnswerer } from './comparison-answerer.js'

const LINK = 'https://x.example/acme/1'
const COPY = 'https://x.example/acme/2'

describe.each(testDatabases())('duplicates that people report, $engine', (engine) => {
  const database = engine.use()
  let bot: TestBot
  let postId: string
  let stored: StoredTarget

  beforeEach(async () => {
    bot = await createTestBot(database())
    await bot.publish('Hello', { targets: ['x'] })
    postId = (await bot.newest()).post.id
    const state = { ...live(bot.clock.now()), permalink: LINK } as TargetState
    const { targets } = await bot.set(postId, { x: state })
    const [target] = targets
    if (!target) throw new Error('there is no target')
    stored = target
  })

  const report = async (link: string, id?: string, options = {}) =>
    textOf(await bot.ask({ kind: 'duplicate', link, ...(id ? { id } : {}) }, options))
  const incident = async () => (await database().orm.select().from(incidents))[0]
  const buttons = async () => {
    const view = await loadView(bot.deps, postId)
    if (!view) throw new Error('there is no view')
    return targetCard(view, stored).buttons
  }

  it('are recorded with both links, once, and can be deleted or left', async () => {
    expect(await report(COPY, postId)).toContain(`Recorded: x has ${postId} twice.`)
    expect(await report(COPY, postId)).toContain('Yes: x has it twice.')
    const found = await incident()
    expect(found && copiesOf(found).map(({ permalink }) => permalink)).toEqual([LINK, COPY])
    expect((await buttons()).map(({ action }) => action)).toEqual(['delete_copy', 'keep_copies'])
    const click = () => bot.ask({ kind: 'deleteCopy', id: stored.id }, { actor: ben })
    expect(textOf(await click())).toContain('Deleting the copy on x')
    expect(textOf(await click())).toBe('The copy is being deleted already.')
    expect(await incident()).toMatchObject({ removal: { by: ben } })
    expect((await buttons()).map(({ action }) => action)).toEqual(['keep_copies'])
    expect(textOf(await bot.ask({ kind: 'keepCopies', id: stored.id }))).toBe('Left as it is on x.')
    expect(await incident()).toMatchObject({
      resolution: 'kept',
      resolvedBy: ana,
      removeDueAt: null,
    })
    expect(await buttons()).toEqual([])
  })

  it('need to say of which post, when nothing shows it', async () => {
    expect(await report(COPY)).toContain(`• ${postId} “Hello” on x`)
    expect(await report('https://elsewhere.example/1')).toContain('nothing from here is live there')
    expect(await incident()).toBeUndefined()
  })

  it('are found by looking, whichever link is given', async () => {
    const copies = [
      { remoteId: '1', permalink: LINK },
      { remoteId: '2', permalink: COPY },
    ]
    await createComparisonAnswerer(database(), bot.clock.now, () =>
      reportDuplicate(database().orm, stored, { copies, by: ana, at: bot.clock.now() }),
    )
    bot = await createTestBot(database(), { waitForCheckMs: 10_000 })
    expect(await report(`${LINK}/`)).toContain('Yes: x has it twice.')
    expect(await report(COPY)).toContain('Yes: x has it twice.')
  })

  it('are none when the link is the post itself, or another post from here', async () => {
    expect(await report(LINK)).toContain('I see no second one')
    await bot.publish('Hello again', { targets: ['x'] })
    const other = (await bot.newest()).post.id
    await bot.set(other, { x: { ...live(bot.clock.now() + 1000), permalink: COPY } as TargetState })
    expect(await report(COPY, postId)).toContain('published on purpose')
    expect(await incident()).toBeUndefined()
  })

  it('are reported and settled from their own channel only', async () => {
    const elsewhere = { conversation: { ...social, channelId: 'C2' } }
    expect(await report(COPY, postId, elsewhere)).toContain('another channel')
    expect(await report(LINK, undefined, elsewhere)).toContain('nothing from here is live there')
    expect(textOf(await bot.ask({ kind: 'deleteCopy', id: stored.id }, elsewhere))).toContain(
      'another channel',
    )
  })
})
