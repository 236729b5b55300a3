import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { CommandModule } from '../../src/command-line/command.js'
import * as publish from '../../src/command-line/publish.js'
import * as retry from '../../src/command-line/retry.js'
import * as status from '../../src/command-line/status.js'
import { PLATFORMS, type ProgramStage, startWith } from '../bot/surfaces/program.js'
import { openSlack } from '../bot/surfaces/slack.js'
import type { Surface } from '../bot/surfaces/surface.js'
import { typeCommand } from './type-command.js'

const TOKEN = 'token-of-the-command-line'
const MINUTE = 60_000

/** What is typed goes to a whole program, with a chat before it and two platforms behind. */
describe('the command line against the running program', { timeout: 2 * MINUTE }, () => {
  let chat: Surface
  let stage: ProgramStage

  beforeAll(async () => {
    chat = await openSlack()
    stage = await startWith([chat], {
      environment: { PRESSROOM_API_TOKEN: TOKEN },
      file: {
        channels: [{ chat: 'slack', channel: 'C00000SOCIAL', targets: ['facebook', 'mastodon'] }],
      },
    })
  }, 2 * MINUTE)
  afterEach(() => {
    for (const platform of PLATFORMS) stage.sandbox.clearFaults(platform)
  })
  afterAll(async () => {
    await stage.close()
    await chat.close()
  })

  const type = (module: CommandModule, args: string[], token = TOKEN) =>
    typeCommand(module, args, { PORT: String(stage.port()), PRESSROOM_API_TOKEN: token })
  const live = (text: string) => [stage.live('facebook', text), stage.live('mastodon', text)]
  const idIn = (out: string) => /^(p[0-9a-z]+): /m.exec(out)?.[1] ?? 'none'
  const endsBy = (id: string) => async () => (await type(status, [id])).code

  it('publishes where the channel publishes, waits until it is live, and shows it in the channel', async () => {
    const { code, out, err } = await type(publish, ['All', 'is well', '--wait=1'])
    expect([code, err]).toEqual([0, `queued ${idIn(out)}\n`])
    expect(out).toMatch(
      /^p\w+: 2 live\n {2}facebook {2}live since .* {2}http:.*\n {2}mastodon {2}live since /,
    )
    expect(live('All is well')).toEqual([1, 1])
    expect(await type(status, [idIn(out)])).toEqual({ code: 0, out, err: '' })
    await chat.waitFor(() => chat.counts('All is well')?.live === 2, MINUTE)
    const { out: data } = await type(status, [idIn(out), '--json'])
    expect(JSON.parse(data)).toMatchObject({ id: idIn(out), allLive: true, settled: true })
  })

  it('sends again only what has failed', async () => {
    const refuse = {
      on: 'mutation',
      when: 'before',
      kind: 'meta_code',
      code: 368,
      times: 1,
    } as const
    stage.sandbox.addFault('facebook', refuse)
    const { code, out } = await type(publish, ['Half of it', '--wait=1'])
    expect(code).toBe(3)
    expect(out).toMatch(/^p\w+: 1 live, 1 failed\n/)
    expect(live('Half of it')).toEqual([0, 1])
    const id = idIn(out)
    expect((await type(status, [id])).code).toBe(3)
    const refused = await type(retry, [id, 'mastodon'])
    expect([refused.code, refused.out]).toEqual([1, ''])
    expect(refused.err).toContain('mastodon')

    const again = await type(retry, [id])
    expect(again.code).toBe(0)
    expect(again.out).toMatch(/^sending again: facebook\n/)
    await expect.poll(endsBy(id), { timeout: MINUTE }).toBe(0)
    expect(live('Half of it')).toEqual([1, 1])
    expect((await type(retry, [id])).code).toBe(1)
  })

  it('does not send again what may be live, before a person has looked', async () => {
    const reset = { on: 'mutation', when: 'after', kind: 'reset', times: 1 } as const
    const blind = { on: 'read', when: 'before', kind: 'reset', times: 'always' } as const
    for (const fault of [reset, blind]) stage.sandbox.addFault('facebook', fault)
    const { code, out } = await type(publish, ['Who knows', '--to', 'facebook', '--wait=1'])
    expect([code, out.split('\n')[0]]).toEqual([3, `${idIn(out)}: 1 waiting for a person`])
    const refused = await type(retry, [idIn(out)])
    expect([refused.code, refused.out]).toEqual([1, ''])
    expect(live('Who knows')).toEqual([1, 0])
  })

  it('makes one post of one key, and asks before the same goes out twice', async () => {
    const words = ['Only once', '--to', 'mastodon']
    const [first, again] = [
      await type(publish, [...words, '--key', 'k1']),
      await type(publish, [...words, '--key', 'k1']),
    ]
    expect([first.code, again.code, idIn(again.out)]).toEqual([0, 0, idIn(first.out)])
    const same = await type(publish, words)
    expect([same.code, same.out]).toEqual([1, ''])
    expect(same.err).toMatch(/^Nothing was queued: mastodon got it with .* --copy\.\n$/)
    await expect.poll(endsBy(idIn(first.out)), { timeout: MINUTE }).toBe(0)
    expect(live('Only once')).toEqual([0, 1])
    const copy = await type(publish, [...words, '--copy', '--wait=1'])
    expect(copy.code).toBe(0)
    expect(live('Only once')).toEqual([0, 2])
  })

  it('says what is wrong, and queues nothing', async () => {
    const unknown = await type(publish, ['Lost', '--to', 'nowhere'])
    expect([unknown.code, unknown.out]).toEqual([1, ''])
    expect(unknown.err).toContain('nowhere')
    const long = await type(publish, ['x'.repeat(501), '--to', 'mastodon'])
    expect([long.code, long.err]).toEqual([1, expect.stringMatching(/500/)])
    expect(await type(publish, ['Lost'], 'wrong')).toMatchObject({
      code: 1,
      err: 'This token is not known here.\n',
    })
    expect((await type(status, ['p1nothing'])).code).toBe(1)
    expect(live('Lost')).toEqual([0, 0])
    expect(chat.posts('Lost')).toEqual([])
  })
})
