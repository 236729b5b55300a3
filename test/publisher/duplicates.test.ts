import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { compareAccount } from '../../src/publisher/compare.js'
import type { Connector, Removal } from '../../src/publisher/connectors/connector.js'
import type { RemotePost, Sighting } from '../../src/publisher/core/outcome.js'
import { copiesToRemove, removeCopies } from '../../src/publisher/removals.js'
import { lookAgain } from '../../src/publisher/turn.js'
import { askForRemoval, takeDueRemovals } from '../../src/store/duplicates.js'
import { accounts, incidents, posts, targets } from '../../src/store/schema.js'
import type { StoredTarget } from '../../src/store/stored-target.js'
import { createSteppedClock } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { addAccount, alice, storeTargets, target } from '../support/targets.js'
import { createAcme, startAcme, workerDeps } from './acme.js'

const own: RemotePost = { remoteId: 'r1', permalink: 'https://acme.example/r1' }
const copy: RemotePost = { remoteId: 'r2', permalink: 'https://acme.example/r2' }
const twice: Sighting = { kind: 'duplicated', copies: [own, copy] }

describe('which copies may be deleted', () => {
  it('are those that are named and still shown, never the post itself', () => {
    expect(copiesToRemove([own, copy], 'r1', twice)).toEqual(['r2'])
    expect(copiesToRemove([own], 'r1', twice)).toContain('cannot be found')
    expect(copiesToRemove([{ permalink: copy.permalink ?? '' }], 'r1', twice)).toEqual(['r2'])
  })

  it('are none when the post itself is not there, or nobody could look', () => {
    const orphan: Sighting = { kind: 'duplicated', copies: [copy, { remoteId: 'r3' }] }
    expect(copiesToRemove([own, copy], 'r1', orphan)).toContain('left alone')
    expect(copiesToRemove([own, copy], 'r1', { kind: 'gone', how: '' })).toContain('left alone')
    const blind: Sighting = { kind: 'unknown', how: 'It timed out.' }
    expect(copiesToRemove([own, copy], 'r1', blind)).toContain('It timed out.')
  })

  it('are those a person names where no list can be read', () => {
    expect(copiesToRemove([own, copy], 'r1', { kind: 'live' })).toEqual(['r2'])
    const byLink = [own, { permalink: 'https://acme.example/r2' }]
    expect(copiesToRemove(byLink, 'r1', { kind: 'live' })).toContain('cannot be found')
  })
})

describe.each(testDatabases())('two live copies, $engine', (engine) => {
  const database = engine.use()
  const clock = createSteppedClock()
  let removed: string[]
  let sighting: Sighting
  let answer: Removal
  let stored: StoredTarget

  const connector: Connector = createAcme(
    { url: 'http://127.0.0.1:9', posts: [], sends: () => 0, answer: () => {} },
    {
      verify: async () => sighting,
      remove: async (remoteId) => {
        removed.push(remoteId)
        return answer
      },
    },
  )
  const deps = () => workerDeps(database(), connector, { now: clock.now })
  const incident = async () => {
    const [found, ...more] = await database().orm.select().from(incidents)
    expect(more).toEqual([])
    return found
  }
  const put = (id: string, changes: Partial<typeof targets.$inferInsert>) =>
    database().orm.update(targets).set(changes).where(eq(targets.id, id))

  beforeEach(async () => {
    removed = []
    sighting = twice
    answer = { kind: 'removed' }
    await addAccount(database())
    const [made] = await storeTargets(database(), [{ account: 'facebook' }])
    if (!made) throw new Error('no target')
    const { state } = target('published')
    await put(made.id, { state, status: 'published', remoteId: 'r1', attempt: 1 })
    stored = made
  })

  it('are an incident when an account is compared, once', async () => {
    await compareAccount('facebook', deps())
    await compareAccount('facebook', deps())
    expect(await incident()).toMatchObject({
      targetId: stored.id,
      type: 'duplicate',
      detail: { copies: [own, copy] },
    })
    const [account] = await database().orm.select().from(accounts)
    expect(account?.comparedAt?.getTime()).toBe(clock.now())
  })

  it('are looked for no further, and later from the start, when the worker stops', async () => {
    const [another] = await storeTargets(database(), [{ account: 'facebook' }])
    const state = { ...target('published').state, remoteId: 'r9' }
    await put(another?.id ?? '', { state, status: 'published', remoteId: 'r9', attempt: 1 })
    const stopping = new AbortController()
    let looks = 0
    const verify: Connector['verify'] = async () => {
      looks += 1
      stopping.abort()
      return { kind: 'live' }
    }
    const looking = workerDeps(database(), { ...connector, verify }, { now: clock.now })
    await compareAccount('facebook', looking, stopping.signal)
    expect(looks).toBe(1)
    const [account] = await database().orm.select().from(accounts)
    expect(account?.comparedAt).toBeNull()
  })

  it('are none while a deliberate copy is on its way whose id is not known yet', async () => {
    const [meant] = await storeTargets(database(), [{ account: 'facebook' }])
    await put(meant?.id ?? '', { status: 'reconciling', state: target('reconciling').state })
    await lookAgain(stored.id, deps())
    expect(await incident()).toBeUndefined()
    sighting = { kind: 'duplicated', copies: [own, copy, { remoteId: 'r3' }] }
    await lookAgain(stored.id, deps())
    expect(await incident()).toBeDefined()
  })

  it('are one again when somebody deleted one on the platform itself', async () => {
    await lookAgain(stored.id, deps())
    sighting = { kind: 'live', ...own }
    await lookAgain(stored.id, deps())
    expect(await incident()).toMatchObject({ resolvedAt: null })
    sighting = { kind: 'live', ...own, alone: true }
    await lookAgain(stored.id, deps())
    expect(await incident()).toMatchObject({ resolution: 'gone' })
  })

  describe('when the copy is to be deleted', () => {
    const remove = async () => {
      const { orm } = database()
      expect(await askForRemoval(orm, stored, alice, clock.now())).toBe(true)
      expect(await askForRemoval(orm, stored, alice, clock.now())).toBe(false)
      const [due, ...more] = await takeDueRemovals(orm, clock.now(), 60_000)
      if (!due) throw new Error('nothing is due')
      expect(more).toEqual([])
      expect(await takeDueRemovals(orm, clock.now(), 60_000)).toEqual([]) // another worker's turn
      await removeCopies(due, deps())
    }

    beforeEach(async () => {
      await lookAgain(stored.id, deps())
    })

    it('deletes it and not the post, and says who asked', async () => {
      const [before] = await database().orm.select().from(posts)
      await remove()
      expect(removed).toEqual(['r2'])
      expect(await incident()).toMatchObject({ resolution: 'deleted', resolvedBy: alice })
      const [after] = await database().orm.select().from(posts)
      expect(after?.changed).toBeGreaterThan(before?.changed ?? 0)
    })

    it('leaves it when it is another post from here', async () => {
      const [other] = await storeTargets(database(), [{ account: 'facebook' }])
      await put(other?.id ?? '', { remoteId: 'r2' })
      await remove()
      expect(removed).toEqual([])
      expect((await incident())?.removal?.problem).toContain('belongs to another post')
    })

    it('says why it could not, and can be asked again', async () => {
      answer = { kind: 'notRemoved', reason: { class: 'permission', text: 'It may not delete.' } }
      await remove()
      expect(await incident()).toMatchObject({
        resolvedAt: null,
        removeDueAt: null,
        removal: { by: alice, problem: 'It may not delete.' },
      })
      answer = { kind: 'removed' }
      await remove()
      expect(await incident()).toMatchObject({ resolution: 'deleted' })
    })

    it('is left to the next worker when this one was frozen beyond its lease', async () => {
      const acme = await startAcme()
      const { orm } = database()
      await askForRemoval(orm, stored, alice, clock.now())
      const [due] = await takeDueRemovals(orm, clock.now(), 60_000)
      if (!due) throw new Error('nothing is due')
      let holds = true
      const remove: Connector['remove'] = async (_id, { prepare }) => {
        holds = false
        const answer = await prepare({ method: 'POST', url: `${acme.url}/delete` })
        if (answer.kind === 'answer') return { kind: 'removed' }
        return { kind: 'notRemoved', reason: { class: 'network', text: '' } }
      }
      const deleting = { ...deps(), connector: () => ({ ...connector, remove }) }
      await removeCopies(due, deleting, () => holds)
      expect(acme.sends()).toBe(0)
      expect(await incident()).toMatchObject({ resolvedAt: null, removal: { by: alice } })
      expect((await incident())?.removal).not.toHaveProperty('problem')
    })

    it('deletes nothing when there is one copy by now', async () => {
      sighting = { kind: 'live', ...own, alone: true }
      await remove()
      expect(removed).toEqual([])
      expect(await incident()).toMatchObject({ resolution: 'gone' })
    })
  })
})
