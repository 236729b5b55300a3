/** Counts uses per key in a rolling window. */
export class RollingLimit {
  private readonly uses = new Map<string, number[]>()

  constructor(
    readonly limit: number,
    readonly windowMs: number,
    private readonly now: () => number,
    private readonly enforced: boolean,
  ) {}

  used(key: string): number {
    return this.recent(key).length
  }

  /** Counts a use of some weight. @returns false, counting nothing, when the window has no room */
  take(key: string, weight = 1): boolean {
    const recent = this.recent(key)
    if (this.enforced && recent.length + weight > this.limit) return false
    for (let count = 0; count < weight; count += 1) recent.push(this.now())
    return true
  }

  remaining(key: string): number {
    return Math.max(0, this.limit - this.used(key))
  }

  /** When the oldest use leaves the window, milliseconds since the epoch. */
  resetAt(key: string): number {
    return (this.recent(key)[0] ?? this.now()) + this.windowMs
  }

  clear(): void {
    this.uses.clear()
  }

  private recent(key: string): number[] {
    const all = this.uses.get(key) ?? []
    const since = this.now() - this.windowMs
    const firstRecent = all.findIndex((at) => at > since)
    const recent = firstRecent === 0 ? all : firstRecent < 0 ? [] : all.slice(firstRecent)
    this.uses.set(key, recent)
    return recent
  }
}
