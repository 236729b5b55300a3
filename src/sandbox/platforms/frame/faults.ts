import {
  type CallKind,
  FAULT_KINDS,
  type Fault,
  type PlatformName,
  type StormPlan,
} from '../types.js'

export interface FaultBook {
  add(platform: PlatformName, fault: Fault): void
  clear(platform?: PlatformName): void
  storm(plan: StormPlan | undefined): void
  /** The fault this call meets; a scripted one is used up by it. */
  take(platform: PlatformName, kind: CallKind, account: string | undefined): Fault | undefined
  /** Puts a scripted fault back, because the call was refused and there was nothing to spoil. */
  giveBack(fault: Fault): void
}

/** Keeps scripted faults, first come first met, and draws random ones while there is a storm. */
export function createFaultBook(): FaultBook {
  let scripted: { platform: PlatformName; fault: Fault }[] = []
  let storm: { plan: StormPlan; next: () => number } | undefined

  return {
    add: (platform, fault) => {
      scripted.push({ platform, fault: { ...fault } })
    },
    clear: (platform) => {
      scripted = scripted.filter((entry) => platform !== undefined && entry.platform !== platform)
      if (platform === undefined) storm = undefined
    },
    storm: (plan) => {
      storm = plan && { plan, next: seededRandom(plan.seed) }
    },
    take: (platform, kind, account) => {
      for (const { platform: owner, fault } of scripted) {
        if (owner !== platform || (fault.on !== 'any' && fault.on !== kind)) continue
        if (fault.account !== undefined && fault.account !== account) continue
        if (fault.times === 'always') return fault
        if (fault.times <= 0) continue
        fault.times -= 1
        return fault
      }
      if (!storm || (storm.plan.platforms && !storm.plan.platforms.includes(platform))) return
      return drawFault(storm.plan, kind, storm.next)
    },
    giveBack: (fault) => {
      if (fault.times !== 'always') fault.times += 1
    },
  }
}

const STORM_STATUSES = [500, 502, 503, 504]

/** One draw decides whether a call of this kind meets a fault of the plan, and which. */
function drawFault(plan: StormPlan, kind: CallKind, next: () => number): Fault | undefined {
  let left = next()
  for (const [key, rate] of Object.entries(plan.rates)) {
    const parts = key.split(':')
    const faultKind = FAULT_KINDS.find((name) => name === parts.at(-1))
    if (!faultKind || (parts.length === 3 && parts[0] !== kind)) continue
    if (left >= rate) {
      left -= rate
      continue
    }
    const moment = parts.at(-2)
    const late = moment === 'late' && faultKind !== 'slow'
    const delayMs = late ? (plan.lateMs ?? 200) : (plan.delayMs ?? 200)
    const status = STORM_STATUSES[Math.floor((left / rate) * STORM_STATUSES.length)] ?? 500
    return {
      on: kind,
      when: moment === 'before' ? 'before' : 'after',
      kind: faultKind,
      times: 0,
      retryAfterS: plan.retryAfterS ?? 1,
      ...(faultKind === 'slow' || late ? { delayMs } : {}),
      ...(faultKind === 'status' ? { status } : {}),
      ...(faultKind === 'meta_code' ? { code: 2 } : {}),
    }
  }
  return undefined
}

/**
 * A small seeded generator, uniform in [0, 1).
 * @see https://github.com/cprosche/mulberry32
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
