import { accountLine, duration, plural } from '../wording.js'
import type { Entry } from './card-thread.js'
import { comparedWords } from './compared.js'
import { firstAttemptRate, successRate } from './figures.js'
import type { AccountReport, Report } from './report.js'
import { publishes, rateOrDash } from './words.js'

/** The figures of each account that did something in the week, one line each. */
export function accountEntries({ accounts, weeksInMean }: Report): Entry[] {
  return accounts.flatMap((account) => {
    const details = detailsOf(account)
    const { settled, live } = account.now
    if (settled === 0 && details.length === 0) return []
    const compared = account.before
      ? ` (success ${comparedWords(account, weeksInMean, successRate, rateOrDash)})`
      : ''
    const rate =
      settled === 0
        ? 'nothing came to a result'
        : `${rateOrDash(successRate(account.now))}, ${live} of ${publishes(settled)} live, ${rateOrDash(firstAttemptRate(account.now))} at first attempt${compared}`
    return [{ line: [...accountLine(account), `: ${[rate, ...details].join('; ')}.`] }]
  })
}

/** Everything else that is not zero. */
function detailsOf({ now, addedAt, removedAt }: AccountReport): string[] {
  const { resolved, questions } = now
  const some = (number: number, words: string) => (number > 0 ? [words] : [])
  return [
    ...some(
      now.manualRetries,
      now.manualRetries === 1 ? '1 manual retry' : `${now.manualRetries} manual retries`,
    ),
    ...(resolved ? [`${resolved.count} resolved, in ${duration(resolved.meanMs)} on average`] : []),
    ...some(now.duplicates, plural(now.duplicates, 'duplicate')),
    ...some(now.prevented, `${plural(now.prevented, 'duplicate')} prevented`),
    ...some(now.late, `${now.late} late`),
    ...some(now.missed, `${now.missed} missed`),
    ...some(questions.asked, `${plural(questions.asked, 'question')} asked`),
    ...some(now.removed, `${now.removed} gone from the platform`),
    ...some(now.givenUp, `${now.givenUp} given up`),
    ...some(now.byHand, `${now.byHand} posted by hand`),
    ...(addedAt === undefined ? [] : ['new this week']),
    ...(removedAt === undefined ? [] : ['removed this week']),
  ]
}
