/** The waits of telling, in milliseconds. */
export interface AnnounceSettings {
  /** How often posts are looked for whose doorbell was missed. */
  readonly sweepEveryMs: number
  /** How long a telling is kept from others without a sign of life. */
  readonly leaseMs: number
  /** Between two loads of a post that changes quickly. */
  readonly loadGapMs: number
  /** A state on the way is shown once it has lasted this long. */
  readonly settleMs: number
  /** Between two edits of one message, unless it needs a person. */
  readonly editGapMs: number
  /** What is said to a person waits this long for more of its kind, … */
  readonly lingerMs: number
  /** … and this long while other targets of the post are being sent. */
  readonly companyMs: number
  /** After a lost answer: before the first look, … */
  readonly lookAfterMs: number
  /** … and before a message that is not seen counts as not posted. */
  readonly absentAfterMs: number
  /** The first wait after a failure; doubled each time, at most sixty times as long. */
  readonly backoffMs: number
  /** The first wait after a channel refused us; doubled each time, at most eight times as long. */
  readonly closedMs: number
  /** Posts told at the same time. */
  readonly concurrency: number
  /** Posts looked at in the store at the same time; each takes a handful of statements. */
  readonly loads: number
}

export const ANNOUNCE_SETTINGS: AnnounceSettings = {
  sweepEveryMs: 3_000,
  leaseMs: 10_000,
  loadGapMs: 250,
  settleMs: 1_000,
  editGapMs: 1_000,
  lingerMs: 700,
  companyMs: 4_000,
  lookAfterMs: 1_000,
  absentAfterMs: 5_000,
  backoffMs: 1_000,
  closedMs: 15_000,
  concurrency: 200,
  loads: 6,
}
