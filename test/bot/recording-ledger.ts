import type { Entry, Ledger, Request } from '../../src/bot/ledger.js'

/** A ledger in memory that tells what was done with it. */
export function recordingLedger(keep: () => Promise<unknown> = async () => {}) {
  const requests: Request[] = []
  const happened: string[] = []
  const entry: Entry = {
    seize: () => void happened.push('seized'),
    async settle() {
      happened.push('crossed off')
      return true
    },
    leave: () => void happened.push('left'),
  }
  const ledger: Ledger = {
    async keep(request) {
      requests.push(request)
      await keep()
      happened.push('written down')
      return entry
    },
  }
  return { ledger, entry, requests, happened }
}
