import type { Result } from './run.js'

/** The four that must be 0. */
export function isClean({ verdict, crashes }: Result): boolean {
  const { duplicates, missed, lies, stuck } = verdict
  return duplicates.length + missed.length + lies.length + stuck.length + crashes === 0
}

/** The numbers of one storm, line by line. */
export function describe(result: Result, name: string): string[] {
  const { verdict, seconds, commands } = result
  const { truthMs } = verdict
  const troubles = [...result.troubles].map(([what, times]) => `${what} ${times}`).join(', ')
  const row = (label: string, value: string | number) => `  ${label.padEnd(22)} ${value}`
  return [
    name,
    row(
      'posts',
      `${verdict.posts} (${verdict.targets} targets, ${verdict.live} live, ${verdict.failed} failed)`,
    ),
    row('duplicates', verdict.duplicates.length),
    row('missed', verdict.missed.length),
    row('lies', verdict.lies.length),
    row('stuck', verdict.stuck.length),
    row(
      'questions asked',
      `${verdict.questions.length}, of them needless ${verdict.needless.length}`,
    ),
    row('doubled messages', verdict.doubledMessages.length),
    row('posts per second', (verdict.posts / seconds).toFixed(2)),
    row(
      'death to truth',
      truthMs.length > 0
        ? `median ${inSeconds(median(truthMs))}, worst ${inSeconds(truthMs.at(-1) ?? 0)}, over ${truthMs.length} targets in hand`
        : 'nothing was in hand',
    ),
    row(
      'commands',
      `${commands.sent} sent, ${commands.unheard} unheard, ${commands.lost} acknowledged and lost, ${commands.redelivered} redelivered; ${result.clicks} clicks`,
    ),
    row('troubles', troubles || 'none'),
    row('crashes of its own', result.crashes),
    ...findings(verdict),
  ]
}

const MOST_SHOWN = 12

function findings({
  duplicates,
  missed,
  lies,
  stuck,
  needless,
  doubledMessages,
}: Result['verdict']): string[] {
  const groups = { duplicates, missed, lies, stuck, needless, doubledMessages }
  return Object.entries(groups).flatMap(([name, list]) =>
    list.length === 0
      ? []
      : [
          `  ${name}:`,
          ...list.slice(0, MOST_SHOWN).map((line) => `    ${line}`),
          ...(list.length > MOST_SHOWN ? [`    … and ${list.length - MOST_SHOWN} more`] : []),
        ],
  )
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}
