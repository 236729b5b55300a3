import { describe, expect, it } from 'vitest'
import { postOutages } from '../../src/bot/outage-notices.js'
import { beginOutage, endOutage } from '../../src/store/outages.js'
import { testDatabases } from '../support/database.js'
import { addAccount } from '../support/targets.js'
import { CHANNEL, useStage } from './announce/stage.js'

describe.each(testDatabases())('outages, on the $engine database', ({ use }) => {
  const database = use()
  const open = useStage(database)

  /** Accounts of a Page on these hosts, of which the first one waits and then answers again. */
  async function said(...hosts: readonly string[]) {
    const stage = await open()
    for (const [n, host] of hosts.entries()) {
      await addAccount(database(), `page-${n}`, { host })
      await stage.publish([{ account: `page-${n}` }])
    }
    const { orm } = database()
    const place = { platform: 'facebook', host: hosts[0] ?? '' }
    const at = Date.now()
    await beginOutage(orm, place, { at, probeAt: at + 1_000 })
    for (const _again of [1, 2]) await postOutages(stage.deps, [stage.chat])
    await endOutage(orm, place, at)
    for (const _again of [1, 2]) await postOutages(stage.deps, [stage.chat])
    return stage.slack
      .messages(CHANNEL)
      .map(({ text = '' }) => text)
      .filter((text) => /seems to be down|answers again/.test(text))
  }

  it('are said once, by the platform where all accounts are on one host', async () => {
    expect(await said('graph.example', 'graph.example')).toEqual([
      expect.stringMatching(/^\*Facebook seems to be down\* since /),
      expect.stringMatching(/^\*Facebook answers again\*/),
    ])
  })

  it('name the host where there are several', async () => {
    expect(await said('one.example', 'two.example')).toEqual([
      expect.stringMatching(/^\*Facebook on one\.example seems to be down\* since /),
      expect.stringMatching(/^\*Facebook on one\.example answers again\*/),
    ])
  })
})
