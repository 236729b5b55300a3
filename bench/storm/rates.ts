import { CHAT_FAULT_RATE, FAULT_RATES, REDELIVERY_RATE } from './measures.js'

/** What goes wrong how often, for whoever reads a result. */
export function statedRates(): string[] {
  const of = (prefix: string) =>
    Object.entries(FAULT_RATES ?? {})
      .filter(([key]) => key.startsWith(prefix))
      .reduce((sum, [, rate]) => sum + (rate ?? 0), 0)
  const percent = (rate: number) => `${Number((100 * rate).toFixed(1))} %`
  return [
    'faults at the platforms, by chance, and kills and freezes above that:',
    `  sending: accepted and the answer lost, spoiled or slow ${percent(of('mutation:after:'))}, accepted after the answer was lost ${percent(of('mutation:late:'))}, not accepted ${percent(of('mutation:before:'))}`,
    `  preparing ${percent(of('prepare:'))}, reading ${percent(of('read:'))}; chat calls lost or spoiled ${percent(CHAT_FAULT_RATE)}, commands delivered twice ${percent(REDELIVERY_RATE)}`,
  ]
}
