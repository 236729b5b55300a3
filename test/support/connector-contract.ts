import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Target } from '../../src/publisher/core/target.js'
import {
  alarms,
  type ContractSetup,
  createBench,
  failures,
  once,
  statuses,
} from './connector-bench.js'
import { ERRORS, isNoLastWord, MUTATION_ERRORS, NOT_SENT } from './contract-faults.js'

export type { ContractSetup, ErrorRow } from './connector-bench.js'

const MOMENTS = ['before', 'after'] as const
const TIMES = [1, 'always'] as const
const NETWORK = { class: 'network' } as const
const isPublished = ({ state }: Target) => state.status === 'published'
const inDoubt = ({ state }: Target) => ['reconciling', 'unconfirmed'].includes(state.status)

/**
 * The suite that every connector passes: over real sockets, with the real decisions, against a
 * platform that accepts a post and then misbehaves, and with workers that die or freeze at every
 * step. It asserts the promise: never twice, never missed, never a lie.
 */
export function connectorContract(name: string, setup: ContractSetup): void {
  describe(name, () => {
    const bench = createBench(setup)
    const contentNames = Object.keys(setup.contents)
    const plain = Object.values(setup.contents)[0]
    if (!plain) throw new Error('a contract needs a content')

    beforeAll(bench.open)
    beforeEach(bench.reset)
    afterAll(bench.close)

    describe('without faults', () => {
      it.each(contentNames)('publishes %s once, at the first attempt', async (contentName) => {
        const content = bench.content(contentName)
        const drive = await bench.drive(content)
        const [post, ...more] = bench.live()
        expect(more).toEqual([])
        expect(drive.attempts).toBe(1)
        expect(alarms(drive)).toEqual([])
        expect(drive.state).toMatchObject({ status: 'published', remoteId: post?.id })
        expect(drive.state).toHaveProperty('permalink', post?.permalink)
        expect(post?.text).toBe(content.text)
        expect(post?.media.map(({ kind, alt }) => ({ kind, alt }))).toEqual(
          content.media.map(({ kind, alt }) => ({ kind, alt: kind === 'image' ? alt : undefined })),
        )
        expect(statuses(drive)).not.toContain('reconciling')
      })

      it.each(contentNames)('finds no fault with %s beforehand', (contentName) => {
        expect(bench.connector().check(bench.content(contentName))).toEqual([])
      })
    })

    describe('a fault on the call that makes the post public', () => {
      const rows = [...MUTATION_ERRORS, ...(setup.errors ?? [])]
      for (const row of rows) {
        for (const when of MOMENTS) {
          for (const times of TIMES) {
            const moment = when === 'before' ? 'instead of accepting' : 'after accepting'
            it(`${row.name}, ${moment}, ${times === 1 ? 'once' : 'always'}`, async ({ skip }) => {
              // A platform's own refusal can only be doubted where the account can be read.
              if (when === 'after' && row.says !== 'doubt' && !bench.reads()) skip()
              bench.fault({ ...row.fault, on: 'mutation', when, times })
              const drive = await bench.drive(plain)
              bench.expectTruth(drive)
              if (row.says === 'credential') await bench.expectHeld(drive, plain, when)
              else bench.expectEnd(drive, row.says, when, times)
              const goesOut = times === 1 && (row.says === 'doubt' || row.says === 'limit')
              if (goesOut) await bench.expectOne(drive, plain)
            })
          }
        }
      }
    })

    describe('a call that certainly never left', () => {
      for (const [why, divert] of NOT_SENT) {
        it(`by ${why}, is made again without a look, and the post goes out once`, async () => {
          const drive = await bench.drive(plain, { divert: once(divert) })
          expect(drive.state.status).toBe('published')
          expect(bench.live()).toHaveLength(1)
          expect(drive.attempts).toBe(2)
          expect(failures(drive)).toMatchObject([{ kind: 'transient', reason: NETWORK }])
          expect(statuses(drive)).not.toContain('reconciling')
        })
        it(`by ${why}, every time, ends as failed, with nothing out`, async () => {
          const drive = await bench.drive(plain, { divert })
          expect(drive.state).toMatchObject({ status: 'failed', reason: NETWORK })
          expect(bench.live()).toEqual([])
          expect(statuses(drive)).not.toContain('reconciling')
        })
      }
    })

    describe.runIf(setup.prepared)('a fault on a preparing call', () => {
      for (const row of ERRORS) {
        for (const when of MOMENTS) {
          it(`${row.name}, ${when} its effect, once: still goes out`, async () => {
            const content = bench.content(setup.prepared ?? '')
            bench.fault({ ...row.fault, on: 'prepare', when, times: 1 })
            const drive = await bench.drive(content, { person: bench.reconnects })
            expect(drive.state.status).toBe('published')
            expect(bench.live()).toHaveLength(1)
            expect(statuses(drive)).not.toContain('reconciling')
          })
          it(`${row.name}, ${when} its effect, always: nothing goes out, and it says so`, async () => {
            bench.fault({ ...row.fault, on: 'prepare', when, times: 'always' })
            const drive = await bench.drive(bench.content(setup.prepared ?? ''))
            expect(drive.state.status).toBe(row.says === 'credential' ? 'held' : 'failed')
            expect(bench.live()).toEqual([])
          })
        }
      }
    })

    describe('a fault on reading', () => {
      for (const row of ERRORS) {
        for (const times of TIMES) {
          // Resets teach the same, without the waiting.
          if (row.fault.kind === 'stall' && times === 'always') continue
          it(`${row.name}, ${times === 1 ? 'once' : 'always'}: no lie and no copy`, async () => {
            bench.fault({ ...row.fault, on: 'read', when: 'before', times })
            bench.expectTruth(await bench.drive(plain))
          })
          it(`${row.name}, ${times === 1 ? 'once' : 'always'}, after a lost answer: no lie and no copy`, async () => {
            bench.fault({ kind: 'reset', on: 'mutation', when: 'after', times: 1 })
            bench.fault({ ...row.fault, on: 'read', when: 'before', times })
            bench.expectTruth(await bench.drive(plain))
          })
        }
      }
    })

    describe('a worker', () => {
      for (const lost of [false, true]) {
        const also = lost ? ', the answer being lost as well' : ''
        const contents = [contentNames[0] ?? '', ...(setup.prepared ? [setup.prepared] : [])]
        it.each(contents)(
          `that dies at any point leaves %s once, or an honest question${also}`,
          async (contentName) => {
            const content = bench.content(contentName)
            await bench.atEveryPoint(content, lost, (point) => ({ dieAt: point }))
          },
        )
        it.each(contents)(
          `that freezes at any point of %s and wakes up too late changes nothing${also}`,
          async (contentName) => {
            const content = bench.content(contentName)
            await bench.atEveryPoint(content, lost, (point) => ({ freezeAt: point }))
          },
        )
      }
    })

    describe('what happens later', () => {
      it('is found when the post appears after the answer was lost', async () => {
        bench.fault({ kind: 'reset', on: 'mutation', when: 'after', delayMs: 40, times: 1 })
        let looks = 0
        const drive = await bench.drive(plain, {
          beforeTask: async (task) => {
            if (task === 'lookUp') looks += 1
            if (looks === 2) await bench.untilLive()
          },
        })
        bench.expectTruth(drive)
        expect(drive.state.status).toBe(bench.reads() ? 'published' : 'unconfirmed')
        expect(bench.live()).toHaveLength(1)
      })

      it('is told when a live post is removed', async () => {
        const first = await bench.drive(plain, { until: isPublished })
        bench.sandbox().remove(setup.platform, bench.live()[0]?.id ?? '')
        const drive = await bench.drive(plain, { from: first.target })
        if (bench.connector().verify) {
          expect(drive.state).toMatchObject({ status: 'failed', reason: { class: 'removed' } })
          expect(alarms(drive)).toMatchObject([{ kind: 'incident', incident: { type: 'removed' } }])
        } else expect(drive.state.status).toBe('published')
      })

      it.each(contentNames)(
        'is sent once more when a person asks for that after %s was removed',
        async (contentName) => {
          let removed = false
          const drive = await bench.drive(bench.content(contentName), {
            beforeTask: async (task) => {
              if (task !== 'recheck' || removed) return
              removed = bench.sandbox().remove(setup.platform, bench.live()[0]?.id ?? '')
            },
            person: bench.sendsAgain,
          })
          const [post, ...more] = bench.live()
          expect(more).toEqual([])
          if (!bench.connector().verify) return
          expect(statuses(drive)).toContain('failed')
          if (!post && setup.remembersTexts) {
            expect(drive.state).toMatchObject({ status: 'failed', reason: { class: 'duplicate' } })
          } else expect(drive.state).toMatchObject({ status: 'published', remoteId: post?.id })
        },
      )
    })

    describe('the same content, published twice on purpose', () => {
      const twins = createBench({ ...setup, sandbox: { ...setup.sandbox, duplicateCheck: false } })
      beforeAll(twins.open)
      beforeEach(twins.reset)
      afterAll(twins.close)

      it.each(MOMENTS)(
        'is never taken for the other, when an answer is lost %s accepting',
        async (when) => {
          await twins.drive(plain, { targetId: 'first', until: isPublished })
          const others = new Set(twins.live().map(({ id }) => id))
          twins.fault({ kind: 'reset', on: 'mutation', when, times: 1 })
          const options = { targetId: 'second', otherRemoteIds: others }
          const { state } = await twins.drive(plain, options)
          const sure = twins.reads() && (when === 'after' || setup.provesAbsence)
          expect(state.status).toBe(sure ? 'published' : 'unconfirmed')
          expect(twins.live()).toHaveLength(when === 'after' || setup.provesAbsence ? 2 : 1)
          if (sure) expect(state).toMatchObject({ remoteId: twins.live()[1]?.id })
        },
      )

      it('is not taken for one that somebody published earlier', async () => {
        await twins.drive(plain, { targetId: 'by hand' })
        twins.fault({ kind: 'reset', on: 'mutation', when: 'before', times: 1 })
        const { state } = await twins.drive(plain, { targetId: 'second' })
        expect(state.status).toBe(setup.provesAbsence ? 'published' : 'unconfirmed')
        expect(twins.live()).toHaveLength(setup.provesAbsence ? 2 : 1)
      })

      it('is not mixed up with what somebody else publishes at the same time', async () => {
        const theirs = { ...plain, text: `${plain.text} And more.` }
        twins.fault({ kind: 'reset', on: 'mutation', when: 'after', times: 1 })
        const lost = await twins.drive(plain, { until: inDoubt })
        await twins.drive(theirs, { targetId: 'by hand', until: isPublished })
        const { state } = await twins.drive(plain, { from: lost.target })
        expect(twins.live()).toHaveLength(2)
        expect(state).toMatchObject(
          twins.reads()
            ? { status: 'published', remoteId: twins.live()[0]?.id }
            : { status: 'unconfirmed' },
        )
      })

      it('is told as a duplicate when no target has the other copy', async ({ skip }) => {
        if (!setup.seesCopies) skip()
        const { target } = await twins.drive(plain, { targetId: 'first', until: isPublished })
        await twins.drive(plain, { targetId: 'second', until: isPublished })
        const drive = await twins.drive(plain, { targetId: 'first', from: target })
        expect(drive.state.status).toBe('published')
        expect(alarms(drive)).toMatchObject([
          { kind: 'incident', incident: { type: 'duplicate', copies: [{}, {}] } },
        ])
      })
    })

    describe('a list that lags behind', () => {
      // Longer than two looks take; and no check for duplicates helps, as when another post is newer.
      const slowly = { ...setup.sandbox, listLagMs: 5_000, duplicateCheck: false }
      const lagging = createBench({ ...setup, sandbox: slowly })
      beforeAll(lagging.open)
      beforeEach(lagging.reset)
      afterAll(lagging.close)

      it('delays the answer, but neither makes a copy nor a lie', async () => {
        lagging.fault({ kind: 'reset', on: 'mutation', when: 'after', times: 1 })
        const drive = await lagging.drive(plain)
        lagging.expectTruth(drive)
        expect(drive.state).toMatchObject(
          lagging.reads()
            ? { status: 'published', remoteId: lagging.live()[0]?.id }
            : { status: 'unconfirmed' },
        )
      })

      const refusals = (setup.errors ?? []).filter(isNoLastWord)
      for (const row of refusals) {
        it(`is waited for after ${row.name}, although it was accepted`, async ({ skip }) => {
          if (!lagging.reads()) skip()
          lagging.fault({ ...row.fault, on: 'mutation', when: 'after', times: 1 })
          const drive = await lagging.drive(plain)
          const [post, ...more] = lagging.live()
          expect(more).toEqual([])
          expect(drive.state).toMatchObject({ status: 'published', remoteId: post?.id })
        })
      }
    })

    describe('a credential', () => {
      it('that works is called by its account, and one that does not is refused', async () => {
        const { platform } = setup
        const reader = bench.reader()
        expect(await bench.connector().checkCredentials(reader)).toMatchObject({ kind: 'ok' })
        const accountId = bench.accountId()
        bench.sandbox().revoke(platform, accountId)
        const refused = await bench.connector().checkCredentials(reader)
        expect(refused).toMatchObject({ kind: 'refused', reason: { class: 'auth' } })
        expect(JSON.stringify(refused)).not.toContain(setup.token)
        bench.sandbox().restore(platform, accountId)
        bench.fault({ kind: 'status', status: 500, on: 'any', when: 'before', times: 1 })
        expect(await bench.connector().checkCredentials(reader)).toMatchObject({ kind: 'unknown' })
      })
    })

    it('deletes a post of ours, and does not mind when it is gone already', async () => {
      await bench.drive(plain)
      const connector = bench.connector()
      const id = bench.live()[0]?.id ?? ''
      const steps = { prepare: bench.reader().read, now: bench.reader().now }
      if (!connector.remove) return
      expect(await connector.remove(id, steps)).toEqual({ kind: 'removed' })
      expect(bench.live()).toEqual([])
      expect(await connector.remove(id, steps)).toEqual({ kind: 'removed' })
    })
  })
}
