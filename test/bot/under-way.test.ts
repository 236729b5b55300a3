import { beforeEach, describe, expect, it } from 'vitest'
import type { Command } from '../../src/bot/command.js'
import type { Entry } from '../../src/bot/ledger.js'
import { type Reply, say } from '../../src/bot/reply.js'
import { createUnderWay, type UnderWay } from '../../src/bot/under-way.js'
import { createLog, createRedactor } from '../../src/log.js'

const publish: Command = { kind: 'publish', key: 'k', text: 'Hello', texts: {}, media: [] }
const retry: Command = { kind: 'retry', key: 'k', id: 'p1' }
const never = new AbortController().signal
const now = AbortSignal.abort()

describe('commands that are under way when the program stops', () => {
  let underWay: UnderWay
  let told: string[]

  beforeEach(() => {
    underWay = createUnderWay(createLog({ level: 'silent', redactor: createRedactor() }))
    told = []
  })

  const tell = async (reply: Reply) => void told.push(reply.kind === 'text' ? reply.text : '')
  const end = async (reply: Reply) => {
    await tell(reply)
    return true
  }
  const carryOut = (command: Command, work: (mayQueue: () => void) => Promise<Reply>) =>
    void underWay.carryOut(command, work, { tell, end })

  it('are waited for, and what follows from them', async () => {
    let go = () => {}
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    carryOut(publish, async (mayQueue) => {
      await gate
      mayQueue()
      return say('Queued.')
    })
    const drained = underWay.drain(never)
    go()
    await drained
    expect(told).toEqual(['Queued.'])
  })

  it('queue nothing more once they are given up, which is told once', async () => {
    let go = () => {}
    let queued = false
    const late = new Promise<void>((resolve) => {
      go = resolve
    })
    const work = async (mayQueue: () => void) => {
      await late
      mayQueue()
      queued = true
      return say('Queued.')
    }
    carryOut(publish, work)
    await underWay.drain(now)
    expect(told).toEqual([expect.stringMatching(/is being restarted, so nothing was queued/)])
    go()
    await new Promise((resolve) => setImmediate(resolve))
    expect([queued, told.length]).toEqual([false, 1])
  })

  it('that are just being queued end as they do', async () => {
    carryOut(publish, async (mayQueue) => {
      mayQueue()
      await new Promise((resolve) => setTimeout(resolve, 20))
      return say('Scheduled for tomorrow.')
    })
    await underWay.drain(now)
    expect(told).toEqual(['Scheduled for tomorrow.'])
  })

  it('promise nothing when it is not certain', async () => {
    carryOut(publish, (mayQueue) => {
      mayQueue()
      return new Promise(() => {})
    })
    carryOut(retry, () => new Promise(() => {}))
    await underWay.drain(now)
    expect(told).toEqual([
      expect.stringMatching(/not certain whether this was queued.*the channel shows the post/),
      expect.stringMatching(/may not have been done.*doing it twice does no harm/),
    ])
  })
})

describe('a command that is written down', () => {
  const underWay = createUnderWay(createLog({ level: 'silent', redactor: createRedactor() }))
  /** What happened to it, in its order. */
  async function follow(
    work: () => Promise<Reply>,
    { isOver = true, isReached = true }: { isOver?: boolean; isReached?: boolean } = {},
  ): Promise<string[]> {
    const happened: string[] = []
    const entry: Entry = {
      seize() {},
      async settle() {
        happened.push('crossed off')
        return isOver
      },
      leave: () => void happened.push('left'),
    }
    const end = async (reply: Reply) => {
      happened.push(reply.kind === 'text' ? reply.text : reply.kind)
      return isReached
    }
    await underWay.carryOut(publish, work, { tell: async () => {}, end }, entry)
    return happened
  }
  const fails = () => Promise.reject(new Error('the database went away'))

  it('is crossed off when it is answered', async () => {
    expect(await follow(async () => say('Queued.'))).toEqual(['Queued.', 'crossed off'])
  })

  it('is left to the next who comes upon it when its answer reached nobody', async () => {
    const unreached = { isReached: false }
    expect(await follow(async () => say('Queued.'), unreached)).toEqual(['Queued.', 'left'])
  })

  it('is crossed off before anybody is told that it was not done', async () => {
    expect(await follow(fails)).toEqual([
      'crossed off',
      expect.stringMatching(/Nothing was queued; try again/),
    ])
  })

  it('is not called undone while it still stands there to be done', async () => {
    const [, told] = await follow(fails, { isOver: false })
    expect(told).toMatch(/may still be done/)
    expect(told).not.toMatch(/Nothing was queued/)
  })
})
