import { readFileSync } from 'node:fs'
import { DateTime } from 'luxon'
import type { Figures } from '../../src/bot/scorecard/figures.js'
import type { FoundIncident } from '../../src/store/scorecard-asides.js'
import type { LoggedEvent, TargetHistory } from '../../src/store/scorecard-history.js'

export const EXAMPLE_ZONE = 'Europe/Vienna'

/** A worked example of docs/scorecard.md. */
export interface Example {
  readonly title: string
  readonly targets: readonly TargetHistory[]
  readonly incidents: readonly FoundIncident[]
  /** By week id. */
  readonly expected: ReadonlyMap<string, Figures>
}

const PLATFORMS: Readonly<Record<string, string>> = { newsletter: 'manual' }

/** Reads the worked examples from the page that explains them. */
export function readExamples(): Example[] {
  const page = readFileSync('docs/scorecard.md', 'utf8')
  const part = page.slice(page.indexOf('\n## Examples'))
  return part
    .split(/\n### /)
    .slice(1)
    .map(readExample)
}

function readExample(section: string, number: number): Example {
  const [title = '', ...lines] = section.split('\n')
  const targets: (TargetHistory & { events: LoggedEvent[] })[] = []
  const incidents: FoundIncident[] = []
  const expected = new Map<string, Figures>()
  for (const line of lines) {
    const asked = /^`([\w-]+)`.*asked for at (.+)$/.exec(line)
    const row = /^\| \d/.test(line) ? line.split('|').map((cell) => cell.trim()) : undefined
    const figures = /^(\d{4}-W\d\d): (.+)$/.exec(line)
    const target = targets.at(-1)
    if (asked) {
      const [, account = '', at = ''] = asked
      const id = `example-${number}-${targets.length}`
      const platform = PLATFORMS[account] ?? account
      const dueAt = instant(at)
      targets.push({ targetId: id, postId: id, account, platform, dueAt, events: [] })
    } else if (row && target) {
      const [, at = '', type = '', from = '', to = '', attempt, reason = ''] = row
      const dated = { at: instant(at), attempt: Number(attempt) }
      if (type === 'incident') {
        const { targetId, postId, account, platform } = target
        const found = { targetId, postId, account, platform, at: dated.at, links: [] }
        incidents.push({ ...found, type: reason as 'duplicate' | 'removed' })
      } else {
        target.events.push({
          ...dated,
          id: target.events.length + 1,
          type,
          from,
          to,
          reason: reason.replace(/ twice$/, '') || null,
          copies: reason.endsWith('twice') ? 2 : 0,
        })
      }
    } else if (figures) {
      expected.set(figures[1] ?? '', readFigures(figures[2] ?? ''))
    }
  }
  return { title, targets, incidents, expected }
}

function readFigures(written: string): Figures {
  const known = new Map<string, { count: number; times: string }>()
  for (const part of written === 'nothing' ? [] : written.split(', ')) {
    const [, name = '', count, times = ''] = /^([a-z ]+?) (\d+)(?: in (.+))?$/.exec(part) ?? []
    if (name === '') throw new Error(`not a figure: ${part}`)
    known.set(name, { count: Number(count), times })
  }
  const take = (name: string) => {
    const { count = 0 } = known.get(name) ?? {}
    known.delete(name)
    return count
  }
  const takeTimes = (name: string) => {
    const found = known.get(name)
    known.delete(name)
    if (!found) return null
    const [, mean = '', median = '', worst = ''] =
      /^mean (.+) median (.+) worst (.+)$/.exec(found.times) ?? Array(4).fill(found.times)
    return {
      count: found.count,
      meanMs: duration(mean),
      medianMs: duration(median),
      worstMs: duration(worst),
    }
  }
  const figures: Figures = {
    settled: take('settled'),
    live: take('live'),
    atFirst: take('at first'),
    givenUp: take('given up'),
    manualRetries: take('manual retries'),
    resolved: takeTimes('resolved'),
    duplicates: take('duplicates'),
    removed: take('removed'),
    prevented: take('prevented'),
    late: take('late'),
    missed: take('missed'),
    byHand: take('by hand'),
    questions: {
      asked: take('asked'),
      withdrawn: take('withdrawn'),
      answered: takeTimes('answered'),
    },
  }
  if (known.size > 0) throw new Error(`not a figure: ${[...known.keys()].join(', ')}`)
  return figures
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, min: 60_000, s: 1_000 }

function duration(written: string): number {
  const parts = [...written.matchAll(/(\d+) (h|min|s)/g)]
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0)
}

function instant(written: string): number {
  return DateTime.fromSQL(written, { zone: EXAMPLE_ZONE }).toMillis()
}
