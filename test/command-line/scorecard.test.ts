import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/command-line/command.js'
import { parseExport } from '../../src/command-line/scorecard.js'
import { FRIDAY, zone } from '../bot/scorecard/sample.js'

describe('the options of scorecard', () => {
  const parse = (...args: string[]) => parseExport(args, FRIDAY, zone)

  it('understands weeks, formats and channels', () => {
    expect(parse()).toMatchObject({ weeks: [{ id: '2026-W47' }], format: 'json' })
    expect(parse().scope).toBe('everything')
    const several = parse('last', 'week', '--weeks', '2', '--format=csv', '--channel', 'slack/C01')
    expect(several).toMatchObject({
      weeks: [{ id: '2026-W45' }, { id: '2026-W46' }],
      format: 'csv',
      scope: { chat: 'slack', channelId: 'C01' },
    })
  })

  it.each([
    [['2026-W60'], /^2026 has no week 60/],
    [['--format', 'xml'], /^--format xml is neither json nor csv/],
    [['--weeks', '0'], /^--weeks 0 is not a number from 1 to 520/],
    [['--channel', 'general'], /^--channel general is not of the form slack\/C0123/],
    [['--verbose'], /--verbose/],
  ])('refuses %j', (args, message) => {
    expect(() => parse(...args)).toThrow(UsageError)
    expect(() => parse(...args)).toThrow(message)
  })
})
