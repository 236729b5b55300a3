import { describe, expect, it } from 'vitest'
import { makeReport } from '../../../src/bot/scorecard/report.js'
import { weekById, weeksUpTo } from '../../../src/bot/scorecard/week.js'
import { EXAMPLE_ZONE, readExamples } from '../../support/scorecard-examples.js'

const LONG_AFTER = Date.UTC(2028, 0, 1)

describe('the worked examples of docs/scorecard.md', () => {
  const examples = readExamples()

  it('are all read', () => {
    expect(examples.length).toBeGreaterThanOrEqual(20)
    for (const { targets, expected } of examples) {
      expect(targets.every(({ events }) => events.length > 0)).toBe(true)
      expect(expected.size).toBeGreaterThan(0)
    }
  })

  const weeks = examples.flatMap((example) =>
    [...example.expected].map(([id, figures]) => ({ ...example, id, figures })),
  )
  it.each(weeks)('$title: $id', ({ id, figures, targets, incidents }) => {
    const report = makeReport(weeksUpTo(weekById(id, EXAMPLE_ZONE), 8), LONG_AFTER, {
      smooth: [],
      rough: targets,
      incidents: incidents.filter(({ at }) => at < weekById(id, EXAMPLE_ZONE).endAt),
      accounts: [],
      firstUseAt: 0,
    })
    expect(report.total.now).toEqual(figures)
  })

  it.each(examples)('$title: no other week counts anything of it', (example) => {
    const { targets, incidents, expected } = example
    const weeks = weeksUpTo(weekById('2026-W50', EXAMPLE_ZONE), 12)
    const rest = { smooth: [], accounts: [], firstUseAt: 0 }
    const { accounts } = makeReport(weeks, LONG_AFTER, { ...rest, rough: targets, incidents })
    const settled = accounts.flatMap((account) => account.weeks.map((week) => week.settled))
    const sum = settled.reduce((all, count) => all + count, 0)
    const wanted = [...expected.values()].reduce((all, week) => all + week.settled, 0)
    expect(sum).toBe(wanted)
  })
})
