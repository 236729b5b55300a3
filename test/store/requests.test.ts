import { describe, expect, it } from 'vitest'
import { endLeases } from '../../src/store/end-leases.js'
import {
  forgetOldRequests,
  forgetRequests,
  type NewRequest,
  renewRequests,
  seizeRequest,
  takeRequests,
  writeRequests,
} from '../../src/store/requests.js'
import { requests } from '../../src/store/schema.js'
import { NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'

const request = (key: string, more: Partial<NewRequest> = {}): NewRequest => ({
  key,
  chat: 'slack',
  sealed: 'v1.sealed',
  at: NOON,
  holder: 'one',
  heldUntil: NOON + 10,
  ...more,
})

describe.each(testDatabases())('requests on the $engine database', ({ use }) => {
  const database = use()
  const take = (now: number, more: { holder?: string; chats?: string[]; except?: string[] } = {}) =>
    takeRequests(database().orm, {
      chats: ['slack'],
      holder: 'two',
      now,
      heldUntil: now + 10,
      limit: 10,
      except: [],
      ...more,
    })
  const keys = async () => {
    const rows = await database().orm.select({ key: requests.key }).from(requests)
    return rows.map(({ key }) => key).sort()
  }

  it('are left to whoever holds them, and then taken up by one, oldest first', async () => {
    const { orm } = database()
    await writeRequests(orm, [request('later', { at: NOON + 1 })])
    await writeRequests(orm, [request('sooner')])
    expect(await take(NOON + 10)).toEqual([])
    const [first] = await takeRequests(orm, {
      chats: ['slack'],
      holder: 'two',
      now: NOON + 11,
      heldUntil: NOON + 20,
      limit: 1,
      except: [],
    })
    expect(first).toMatchObject({ key: 'sooner', holder: 'two', taken: 1 })
    const found = await Promise.all([
      take(NOON + 11, { holder: 'three' }),
      take(NOON + 11, { holder: 'four' }),
    ])
    expect(found.flat().map(({ key }) => key)).toEqual(['later'])
  })

  it('stay with a holder who gives signs of life', async () => {
    const { orm } = database()
    await writeRequests(orm, [request('mine')])
    await writeRequests(orm, [request('other', { holder: 'three' })])
    await renewRequests(orm, ['mine', 'other'], 'one', NOON + 100)
    expect((await take(NOON + 50)).map(({ key }) => key)).toEqual(['other'])
  })

  it('are crossed off by their holder alone', async () => {
    const { orm } = database()
    await writeRequests(orm, [request('taken')])
    await writeRequests(orm, [request('mine', { heldUntil: NOON + 100 })])
    await take(NOON + 11)
    await forgetRequests(orm, ['taken', 'mine'], 'one')
    expect(await keys()).toEqual(['taken'])
    await forgetRequests(orm, ['taken'], 'two')
    expect(await keys()).toEqual([])
  })

  it('belong to the one whose acknowledgement counted, whoever wrote them down first', async () => {
    const { orm } = database()
    expect(await writeRequests(orm, [request('k')])).toEqual(new Set(['k']))
    const other = [request('k', { holder: 'two' }), request('l', { holder: 'two' })]
    expect(await writeRequests(orm, other)).toEqual(new Set(['l']))
    await forgetRequests(orm, ['l'], 'two')
    await seizeRequest(orm, request('k', { holder: 'two' }))
    await forgetRequests(orm, ['k'], 'one')
    expect(await keys()).toEqual(['k'])
    await forgetRequests(orm, ['k'], 'two')
    await seizeRequest(orm, request('k', { holder: 'two' }))
    expect(await keys()).toEqual(['k'])
  })

  it('are not taken by a process without that chat, nor from its own hands', async () => {
    const { orm } = database()
    await writeRequests(orm, [request('k')])
    expect(await take(NOON + 11, { chats: ['discord'] })).toEqual([])
    expect(await take(NOON + 11, { except: ['k'] })).toEqual([])
    expect(await take(NOON + 11)).toHaveLength(1)
  })

  it('are free at once where whoever held them must be gone', async () => {
    await writeRequests(database().orm, [request('k')])
    await endLeases(database().orm, NOON)
    expect(await take(NOON)).toHaveLength(1)
  })

  it('do not stay for ever when nobody takes them', async () => {
    const { orm } = database()
    await writeRequests(orm, [request('old', { at: NOON - 1 })])
    await writeRequests(orm, [request('new')])
    await forgetOldRequests(orm, NOON)
    expect(await keys()).toEqual(['new'])
  })
})
