import { percent } from './words.js'

/** One line of the picture: an account, or all of them. */
export interface ChartRow {
  readonly label: string
  /** Under the label, such as `41 of 42 live`. */
  readonly detail: string
  /** Share of publishes that were live, 0 to 1, one for each week; undefined when there were none. */
  readonly rates: readonly (number | undefined)[]
}

export interface Chart {
  readonly title: string
  /** Under the title: what is shown. */
  readonly subtitle: string
  /** Names of the weeks, the oldest first. */
  readonly weeks: readonly string[]
  readonly rows: readonly ChartRow[]
}

// A panel of its own: chats show pictures on white, on black and on everything between, and a
// transparent one would be legible on one of them only. Blue and orange differ for every kind of
// colour vision, and nothing is said by colour alone.
const COLOURS = {
  panel: '#1c212b',
  band: '#2a3140',
  rule: '#3a4354',
  text: '#f4f6fa',
  muted: '#aeb7c6',
  good: '#6fb7ff',
  bad: '#ffae57',
} as const

// Phones show the picture about 360 points wide: half of these numbers.
const WIDTH = 720
const MARGIN = 28
const HEADER = 98
const ROW = 96
const FOOTER = 52
const PLOT = { left: 262, right: 536, height: 44 } as const

/** The picture as SVG: a small plot for each row, with its newest and its lowest week in numbers. */
export function chartSvg(chart: Chart): string {
  const height = HEADER + chart.rows.length * ROW + FOOTER
  const floor = floorOf(chart.rows)
  const x = (week: number) =>
    PLOT.left + ((PLOT.right - PLOT.left) * week) / Math.max(1, chart.weeks.length - 1)
  const last = x(chart.weeks.length - 1)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="DejaVu Sans Condensed">`,
    `<rect width="${WIDTH}" height="${height}" rx="22" fill="${COLOURS.panel}"/>`,
    text(MARGIN, 48, chart.title, { size: 27, weight: 'bold' }),
    text(MARGIN, 78, chart.subtitle, { size: 20, fill: COLOURS.muted }),
    `<rect x="${last - 20}" y="${HEADER - 2}" width="40" height="${height - HEADER - 12}" rx="10" fill="${COLOURS.band}"/>`,
    ...chart.rows.map((row, index) => rowSvg(row, HEADER + index * ROW, floor, x)),
    text(MARGIN, height - 24, 'Week', { size: 19, fill: COLOURS.muted }),
    ...chart.weeks.map((week, index) =>
      text(x(index), height - 24, week, {
        size: 20,
        fill: index === chart.weeks.length - 1 ? COLOURS.text : COLOURS.muted,
        anchor: 'middle',
      }),
    ),
    '</svg>',
  ].join('\n')
}

const FLOORS = [0.9, 0.75, 0.5, 0.25]

/** Where the plots begin: as high as all rates allow, so that 97 and 99 percent can be told apart. */
export function floorOf(rows: readonly ChartRow[]): number {
  const lowest = Math.min(1, ...rows.flatMap(({ rates }) => rates.filter(isKnown)))
  return FLOORS.find((floor) => floor < lowest) ?? 0
}

function rowSvg(row: ChartRow, top: number, floor: number, x: (week: number) => number): string {
  const upper = top + (ROW - PLOT.height) / 2
  const y = (rate: number) => upper + PLOT.height * (1 - (rate - floor) / (1 - floor))
  const now = row.rates.at(-1)
  const points = row.rates.flatMap((rate, week) =>
    rate === undefined ? [] : [{ week, rate, x: x(week), y: y(rate) }],
  )
  const label = fitted(row.label)
  return [
    `<line x1="${MARGIN}" x2="${WIDTH - MARGIN}" y1="${top}" y2="${top}" stroke="${COLOURS.rule}" stroke-width="1.5"/>`,
    text(MARGIN, top + 43, label.text, { size: label.size, weight: 'bold' }),
    text(MARGIN, top + 72, row.detail, { size: 19, fill: COLOURS.muted }),
    guide(x, y(1), '100'),
    guide(x, y(floor), String(Math.round(floor * 100))),
    line(points),
    ...points.map((point) => dot(point, point.week === row.rates.length - 1)),
    lowestLabel(points, row.rates.length - 1),
    text(WIDTH - MARGIN, top + 61, now === undefined ? '–' : percent(now), {
      size: 35,
      weight: 'bold',
      anchor: 'end',
      fill: now === undefined ? COLOURS.muted : now === 1 ? COLOURS.good : COLOURS.bad,
    }),
  ].join('\n')
}

interface Point {
  readonly week: number
  readonly rate: number
  readonly x: number
  readonly y: number
}

function guide(x: (week: number) => number, y: number, label: string): string {
  return [
    `<line x1="${x(0) - 8}" x2="${PLOT.right + 8}" y1="${y}" y2="${y}" stroke="${COLOURS.rule}" stroke-width="1.5" stroke-dasharray="2 6"/>`,
    text(x(0) - 14, y + 5, label, { size: 17, fill: COLOURS.muted, anchor: 'end' }),
  ].join('')
}

/** A week without publishes is a gap, not a zero. */
function line(points: readonly Point[]): string {
  const path = points.map(({ week, x, y }, index) => {
    const joined = points[index - 1]?.week === week - 1
    return `${joined ? 'L' : 'M'}${round(x)} ${round(y)}`
  })
  return `<path d="${path.join(' ')}" fill="none" stroke="${COLOURS.good}" stroke-opacity="0.55" stroke-width="4" stroke-linejoin="round" stroke-linecap="round"/>`
}

function dot({ rate, x, y }: Point, now: boolean): string {
  const fill = rate === 1 ? COLOURS.good : COLOURS.bad
  return `<circle cx="${round(x)}" cy="${round(y)}" r="${now ? 9 : 6}" fill="${fill}" stroke="${COLOURS.panel}" stroke-width="2"/>`
}

/** The worst week before this one, told by its number. */
function lowestLabel(points: readonly Point[], last: number): string {
  const lowest = points
    .filter(({ week, rate }) => week < last && rate < 1)
    .reduce<Point | undefined>(
      (low, point) => (low && low.rate <= point.rate ? low : point),
      undefined,
    )
  if (!lowest) return ''
  const below = lowest.y + 24
  return text(lowest.x, below, percent(lowest.rate).replace(' %', ''), {
    size: 18,
    anchor: 'middle',
    fill: COLOURS.bad,
  })
}

/** Names that are too long get smaller, then shorter. */
function fitted(label: string): { text: string; size: number } {
  const graphemes = [...new Intl.Segmenter('en').segment(label)].map(({ segment }) => segment)
  if (graphemes.length <= 12) return { text: label, size: 26 }
  if (graphemes.length <= 15) return { text: label, size: 21 }
  return { text: `${graphemes.slice(0, 14).join('')}…`, size: 21 }
}

function text(
  x: number,
  y: number,
  words: string,
  style: { size: number; weight?: 'bold'; fill?: string; anchor?: 'middle' | 'end' },
): string {
  const { size, weight, fill = COLOURS.text, anchor } = style
  const attributes = [
    `x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${fill}"`,
    ...(weight ? [`font-weight="${weight}"`] : []),
    ...(anchor ? [`text-anchor="${anchor}"`] : []),
  ]
  return `<text ${attributes.join(' ')}>${escapeXml(words)}</text>`
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Characters that XML cannot carry at all would make the whole picture unreadable. */
function escapeXml(words: string): string {
  return words
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll(/[&<>]/g, (sign) => ESCAPES[sign] ?? '')
}

function isKnown(rate: number | undefined): rate is number {
  return rate !== undefined
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
