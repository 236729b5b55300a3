import { fileURLToPath } from 'node:url'
import { renderAsync } from '@resvg/resvg-js'
import { chartSvg } from './chart.js'
import { altTextOf, chartOf } from './drawing.js'
import type { Report } from './report.js'

/** The one picture of a scorecard. */
export interface Picture {
  readonly png: Uint8Array
  readonly filename: string
  /** The picture in words, at most 1,000 characters. */
  readonly alt: string
  /** Pixels. */
  readonly width: number
  readonly height: number
}

/** Draws success by account over the weeks of a report; undefined when there is nothing to show. */
export async function drawPicture(report: Report): Promise<Picture | undefined> {
  const chart = chartOf(report)
  if (!chart) return undefined
  const drawn = await renderPng(chartSvg(chart))
  return { ...drawn, filename: `scorecard-${report.week.id}.png`, alt: altTextOf(chart) }
}

/** Twice the size of the drawing: sharp on the screens of phones. */
const SCALE = 2

// Shipped along: a bare machine has no fonts at all, and without one there is no text.
const FONTS = ['DejaVuSansCondensed.ttf', 'DejaVuSansCondensed-Bold.ttf'].map((name) =>
  fileURLToPath(new URL(`./fonts/${name}`, import.meta.url)),
)

/** What our own fonts hold: the machine's are loaded only for other scripts, as they differ from one to the next. */
const COVERED = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}]*$/u

/** Draws SVG as PNG, away from the event loop. The same drawing gives the same bytes. */
export async function renderPng(svg: string): Promise<Pick<Picture, 'png' | 'width' | 'height'>> {
  const image = await renderAsync(svg, {
    fitTo: { mode: 'zoom', value: SCALE },
    font: {
      loadSystemFonts: !COVERED.test(svg),
      fontFiles: FONTS,
      defaultFontFamily: 'DejaVu Sans Condensed',
    },
  })
  return { png: image.asPng(), width: image.width, height: image.height }
}
