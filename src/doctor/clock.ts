import { type ClockReading, type Finding, findings } from './finding.js'

const about = findings('clock')

/** Beyond this, "tomorrow at 9:00" and tokens' ends are noticeably off. */
const FAULT_MS = 30_000

/** Compares this machine's clock with the others that were seen. Pure. */
export function judgeClock(readings: readonly ClockReading[]): Finding {
  if (readings.length === 0) return about('unchecked', 'there was no other clock to compare with')
  const off = readings.filter(({ aheadMs }) => Math.abs(aheadMs) > FAULT_MS)
  if (off.length === 0) {
    return about('ok', `agrees with ${readings.map(({ of }) => of).join(' and ')}`)
  }
  const parts = off.map(
    ({ of, aheadMs }) =>
      `${inWords(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} ${of}`,
  )
  return about(
    'fault',
    `this machine's clock is ${parts.join(' and ')}.`,
    'Let it be set from the network (timedatectl set-ntp true, or chrony), here or on the database server.',
  )
}

function inWords(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 120) return `${seconds} seconds`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
}
