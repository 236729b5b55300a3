import type { Since } from './judge.js'
import type { OwnResult, Result } from './run.js'

/**
 * The four that must be 0, no command that was acknowledged and lost, and no process that gave up by
 * itself. Restarted one after the other, the programs must also hear every command.
 */
export function isClean(
  { verdict, crashes, commands }: Result,
  { rolling }: { rolling: boolean },
): boolean {
  const { duplicates, missed, lies, stuck } = verdict
  if (commands && commands.lost > 0) return false
  if (rolling && commands && commands.unheard > 0) return false
  return duplicates.length + missed.length + lies.length + stuck.length + crashes === 0
}

/** The numbers of both, side by side. */
export function compare(ours: Result, naive?: Result): string[] {
  const rows: [string, (result: Result) => string][] = [
    ['posts', ({ verdict }) => String(verdict.posts)],
    ['targets', ({ verdict }) => String(verdict.targets)],
    ['live', ({ verdict }) => String(verdict.live)],
    ['duplicates', ({ verdict }) => String(verdict.duplicates.length)],
    ['missed', ({ verdict }) => String(verdict.missed.length)],
    ['lies', ({ verdict }) => String(verdict.lies.length)],
    ['stuck', ({ verdict }) => String(verdict.stuck.length)],
    ['failed at the end', ({ verdict }) => String(verdict.failed)],
    ['questions asked', ({ verdict }) => String(verdict.questions)],
    ['  of them needless', ({ verdict }) => String(verdict.needless.length)],
    ['posts per second', ({ verdict, seconds }) => (verdict.posts / seconds).toFixed(2)],
    ['seconds', ({ seconds }) => seconds.toFixed(0)],
  ]
  const line = (name: string, ...cells: string[]) =>
    `  ${name.padEnd(22)}${cells.map((cell) => cell.padStart(12)).join('')}`
  return [
    line('', 'Pressroom', ...(naive ? ['naive'] : [])),
    ...rows.map(([name, of]) => line(name, of(ours), ...(naive ? [of(naive)] : []))),
  ]
}

/** How the times after a death are spread, and where the longest was. */
function spread(times: readonly Since[]): string {
  const worst = times.at(-1)
  if (!worst) return 'nothing was in hand'
  const median = times[Math.floor(times.length / 2)]?.ms ?? 0
  const nine = times[Math.ceil(times.length * 0.9) - 1]?.ms ?? 0
  const where = worst.targetId === undefined ? '' : ` (${worst.targetId})`
  return `median ${inSeconds(median)}, nine of ten within ${inSeconds(nine)}, worst ${inSeconds(worst.ms)}${where}`
}

/** What else there is to know about the product's run. */
export function describe({ verdict, leaseMs, commands, troubles, crashes }: OwnResult): string[] {
  const { ups, known, words, firsts, ends, doubledMessages, notTaken } = verdict
  const happened = [...troubles].map(([what, times]) => `${what} ${times}`).join(', ')
  return [
    `  after the death of a worker, of ${known.length} targets that it was sending (a lease is ${inSeconds(leaseMs)}):`,
    ...(ups.length > 0 ? [`    the program was up again: ${spread(ups)}`] : []),
    `    the truth was in the store: ${spread(known)}`,
    `    and in the ${words.length} threads that showed it: ${spread(words)}`,
    ...(firsts.length > 0
      ? [`    the ${firsts.length} whose turn to be shown came later: ${spread(firsts)}`]
      : []),
    `    and they came to their end, retries included: ${spread(ends)}`,
    `  troubles: ${happened || 'none'}; processes that ended by themselves: ${crashes}`,
    ...(commands
      ? [
          `  commands: ${commands.sent} sent, ${commands.unheard} unheard, ${commands.lost} acknowledged and lost, ${commands.answered} told that it was not done, ${commands.redelivered} redelivered; ${commands.clicks} clicks on Retry failed`,
          ...commands.unheardAt
            .slice(0, MOST_SHOWN)
            .map(({ at, error }) => `    unheard: ${new Date(at).toISOString()} ${error}`),
          `  acknowledged after: median ${share(commands.ackMs, 0.5)} ms, 99 of 100 within ${share(commands.ackMs, 0.99)} ms, worst ${share(commands.ackMs, 1)} ms`,
        ]
      : []),
    `  messages that stand twice: ${doubledMessages.length}; requests never taken: ${notTaken}`,
    ...findings(verdict),
  ]
}

/** What so many of them are not above, rounded. */
function share(sorted: readonly number[], part: number): string {
  return (sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0).toFixed(0)
}

const MOST_SHOWN = 12

/** What must not be, one by one. */
function findings(verdict: Result['verdict']): string[] {
  const { duplicates, missed, lies, stuck, needless, doubledMessages } = verdict
  const groups = { duplicates, missed, lies, stuck, needless, doubledMessages }
  return Object.entries(groups).flatMap(([name, list]) =>
    list.length === 0
      ? []
      : [
          `  ${name}:`,
          ...list.slice(0, MOST_SHOWN).map((about) => `    ${about}`),
          ...(list.length > MOST_SHOWN ? [`    … and ${list.length - MOST_SHOWN} more`] : []),
        ],
  )
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}
