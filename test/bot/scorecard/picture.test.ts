import { describe, expect, it } from 'vitest'
import { type Chart, chartSvg, floorOf } from '../../../src/bot/scorecard/chart.js'
import { altTextOf, chartOf } from '../../../src/bot/scorecard/drawing.js'
import { drawPicture, renderPng } from '../../../src/bot/scorecard/picture.js'
import { failure, report, smooth } from './sample.js'

const row = (label: string, ...rates: (number | undefined)[]) => ({ label, detail: '', rates })
const chart = (...rows: Chart['rows']): Chart => {
  return { title: 'Title', subtitle: 'Subtitle', weeks: ['1', '2', '3'], rows }
}

describe('the drawing', () => {
  it('leaves a gap for a week without publishes, and draws no zero', () => {
    const svg = chartSvg(chart(row('a', 1, undefined, 1)))
    expect(svg.match(/<circle/g)).toHaveLength(2)
    expect(/<path d="([^"]+)"/.exec(svg)?.[1]).toMatch(/^M\S+ \S+ M\S+ \S+$/)
  })

  it('begins its scale where all rates can still be told apart, and says where', () => {
    expect(floorOf([row('a', 1, 1)])).toBe(0.9)
    expect(floorOf([row('a', 1, 0.9)])).toBe(0.75)
    expect(floorOf([row('a', 1), row('b', 0.3)])).toBe(0.25)
    expect(floorOf([row('a', 0)])).toBe(0)
    expect(floorOf([row('a', undefined)])).toBe(0.9)
    expect(chartSvg(chart(row('a', 1, 0.8, 1)))).toContain('>75</text>')
  })

  it('survives any name an account may have', () => {
    const nasty = 'a<b>&"c"\u0000\ud800 and so on and on'
    const svg = chartSvg(chart(row(nasty, 1)))
    expect(svg).not.toContain('<b>')
    return expect(renderPng(svg)).resolves.toMatchObject({ width: 1440 })
  })

  it('has text, without any font of the machine, and the same bytes each time', async () => {
    const svg = chartSvg(chart(row('facebook', 1, 0.5, 1)))
    const [drawn, again, other] = await Promise.all([
      renderPng(svg),
      renderPng(svg),
      renderPng(svg.replace('>facebook<', '>instagram<')),
    ])
    expect(Buffer.from(drawn.png).subarray(1, 4).toString()).toBe('PNG')
    expect(Buffer.compare(drawn.png, again.png)).toBe(0)
    expect(Buffer.compare(drawn.png, other.png)).not.toBe(0)
  })
})

describe('the picture of a report', () => {
  const made = report({
    smooth: [...smooth('facebook', 4, 0, 9), ...smooth('threads', 2)],
    rough: [failure('t1', 'facebook', '2026-11-18T10:00')],
    accounts: [
      { name: 'facebook', position: 0, createdAt: 0, removedAt: null },
      { name: 'threads', position: 1, createdAt: Date.UTC(2026, 10, 18), removedAt: null },
    ],
  })

  it('shows all accounts together, then each', () => {
    const drawn = chartOf(made)
    expect(drawn?.weeks).toEqual(['40', '41', '42', '43', '44', '45', '46', '47'])
    expect(drawn?.rows.map(({ label, detail }) => [label, detail])).toEqual([
      ['All accounts', '11 of 12 live'],
      ['facebook', '9 of 10 live'],
      ['threads', '2 of 2, new'],
    ])
    const none = Array(5).fill(undefined)
    expect(drawn?.rows[1]?.rates).toEqual([...none, 1, undefined, 0.9])
  })

  it('is told in words, too', async () => {
    const picture = await drawPicture(made)
    expect(picture).toMatchObject({ filename: 'scorecard-2026-W47.png', width: 1440 })
    expect(picture?.alt).toBe(
      'Published and live, by account. Percent of each week’s publishes; this week so far, weeks 40 to 47.' +
        ' All accounts: none, none, none, none, none, 100 %, none, 91.6 % (11 of 12 live).' +
        ' facebook: none, none, none, none, none, 100 %, none, 90 % (9 of 10 live).' +
        ' threads: none, none, none, none, none, none, none, 100 % (2 of 2, new).',
    )
  })

  it('keeps a line for those in trouble when there are too many accounts for a phone', () => {
    const names = Array.from({ length: 30 }, (_, index) => `account-${index + 1}`)
    const many = report({
      smooth: names.flatMap((name, index) => smooth(name, 30 - index)),
      rough: [failure('t1', 'account-30', '2026-11-18T10:00')],
    })
    const drawn = chartOf(many)
    const labels = drawn?.rows.map(({ label }) => label) ?? []
    expect(labels).toHaveLength(9)
    expect(labels).toContain('account-30')
    expect(labels.at(-1)).toBe('23 others')
    const total = drawn?.rows[0]?.detail
    expect(total).toBe(`${(30 * 31) / 2} of ${(30 * 31) / 2 + 1} live`)
    expect(drawn && altTextOf(drawn).length).toBeLessThanOrEqual(1_000)
  })

  it('is left out when there is nothing to show', async () => {
    expect(await drawPicture(report())).toBeUndefined()
  })
})
