const DISCORD_EPOCH_MS = 1_420_070_400_000

/**
 * Makes ids as Discord does: milliseconds since 2015 in the upper bits, then a counter, so that
 * ids sort by time. Two ids are never equal and never go backwards, also when the clock does.
 * @see https://docs.discord.com/developers/reference#snowflakes
 */
export function createSnowflakes(clock: () => number): () => string {
  let lastMs = 0
  let counter = 0
  return () => {
    const nowMs = Math.max(clock(), lastMs)
    counter = nowMs === lastMs ? counter + 1 : 0
    lastMs = counter > 0xfff ? nowMs + 1 : nowMs
    counter &= 0xfff
    return ((BigInt(lastMs - DISCORD_EPOCH_MS) << 22n) | BigInt(counter)).toString()
  }
}

/** True for what Discord would accept as an id: 17 to 20 digits. */
export function isSnowflake(text: string): boolean {
  return /^\d{17,20}$/.test(text)
}

/** Orders ids by age; older first. */
export function compareSnowflakes(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
