import type { Question } from './answers.js'
import { MARKER, type PostThread, type TargetThread } from './chat.js'
import type { Death } from './ground.js'

/** What the store says at the end. */
export interface StoreImage {
  readonly posts: readonly {
    readonly id: string
    readonly text: string
    /** What asked for it. */
    readonly sourceKey: string | null
  }[]
  readonly targets: readonly StoredRow[]
  readonly attempts: readonly {
    readonly targetId: string
    readonly worker: string
    readonly startedAt: number
  }[]
  /** What the store came to know about attempts: an answer, or that the lease had ended without one. */
  readonly ends: readonly {
    readonly targetId: string
    readonly at: number
    readonly isLeaseEnd: boolean
  }[]
}

export interface StoredRow {
  readonly id: string
  readonly postId: string
  readonly account: string
  readonly status: string
  readonly remoteId: string | null
}

/** What the audience sees, by the account's name in the accounts file. */
export interface Copy {
  readonly account: string
  readonly marker: string
  readonly id: string
}

/** What the threads say; absent where the program has no chat. */
export interface Said {
  readonly posts: ReadonlyMap<string, PostThread>
  readonly targets: ReadonlyMap<string, TargetThread>
  /** Messages that stand twice, by what they are about. */
  readonly doubled: readonly string[]
}

export interface Evidence {
  readonly asked: readonly { readonly marker: string; readonly accounts: readonly string[] }[]
  readonly store: StoreImage
  readonly copies: readonly Copy[]
  readonly said?: Said
  /** What people were asked before they answered at the end. */
  readonly questions: readonly Question[]
  readonly deaths: readonly Death[]
  /** Whether it can be known without a person if a post is out there, given whether it is. */
  decidable(account: string, isLive: boolean): boolean
}

export interface Verdict {
  readonly posts: number
  readonly targets: number
  readonly live: number
  readonly failed: number
  /** Asked for, and never taken: the person was told or gave up, and nothing is live. */
  readonly notTaken: number
  readonly duplicates: readonly string[]
  readonly missed: readonly string[]
  readonly lies: readonly string[]
  readonly stuck: readonly string[]
  readonly questions: number
  readonly needless: readonly string[]
  readonly doubledMessages: readonly string[]
  /** From the death of a worker until its program was up again, where nobody else went on. */
  readonly ups: readonly Since[]
  /** Until the store knew about each target that it had in hand, … */
  readonly known: readonly Since[]
  /** … until the thread that showed it did not call it under way any more, … */
  readonly words: readonly Since[]
  /** … until a thread that had said nothing of it yet said something, … */
  readonly firsts: readonly Since[]
  /** … and until its end, with everything that it still had to go through. */
  readonly ends: readonly Since[]
}

/** The quickest first. */
export interface Since {
  /** Absent for what concerns the program as a whole. */
  readonly targetId?: string
  readonly ms: number
}

const MOVING = ['scheduled', 'queued', 'publishing', 'processing', 'waiting', 'reconciling']

/** Compares what is live with what the store and the threads say. Pure. */
export function judge(evidence: Evidence): Verdict {
  const { asked, store, said } = evidence
  const duplicates: string[] = []
  const missed: string[] = []
  const lies: string[] = []
  const stuck: string[] = []
  let live = 0
  let failed = 0
  let notTaken = 0
  const copiesAt = groupBy(evidence.copies, ({ marker, account }) => `${marker} ${account}`)
  const postsOf = groupBy(store.posts, ({ text }) => MARKER.exec(text)?.[0] ?? '')
  const targetsOf = groupBy(store.targets, ({ postId }) => postId)

  for (const { marker, accounts } of asked) {
    const posts = postsOf.get(marker) ?? []
    const rows = posts.flatMap(({ id }) => targetsOf.get(id) ?? [])
    if (posts.length === 0) notTaken += 1
    if (posts.length > 1) lies.push(`${marker}: ${posts.length} posts for one request`)
    for (const account of accounts) {
      const about = `${marker} ${account}`
      const copies = copiesAt.get(about) ?? []
      if (copies.length > 1) duplicates.push(`${about}: ${copies.length} copies`)
      if (copies.length > 0) live += 1
      const row = rows.find((one) => one.account === account)
      if (!row) {
        if (copies.length > 0) lies.push(`${about}: live, and the store knows nothing of it`)
        else if (posts.length > 0) missed.push(`${about}: not in the store`)
        continue
      }
      const { status, remoteId } = row
      if (status === 'failed') failed += 1
      if (MOVING.includes(status)) stuck.push(`${about}: ${status}, ${copies.length} live`)
      if (status === 'published' && copies.length === 0) lies.push(`${about}: called live, is not`)
      if (status === 'failed' && copies.length > 0) lies.push(`${about}: called failed, is live`)
      if (status === 'published' && copies.length === 1 && remoteId !== null) {
        const [copy] = copies
        if (copy?.id !== remoteId) lies.push(`${about}: names ${remoteId}, is ${copy?.id}`)
      }
      if (status === 'unconfirmed') stuck.push(`${about}: asked, answered, and still in doubt`)
      if (said) compareThread(about, row, said, missed, lies)
    }
    if (said)
      for (const post of posts) compareCounts(marker, targetsOf.get(post.id) ?? [], said, lies)
  }
  const needless = evidence.questions.filter(({ account, isLive }) =>
    evidence.decidable(account, isLive),
  )
  return {
    posts: asked.length,
    targets: store.targets.length,
    live,
    failed,
    notTaken,
    duplicates,
    missed,
    lies,
    stuck,
    questions: evidence.questions.length,
    needless: needless.map(
      ({ marker, account, isLive }) => `${marker} ${account}: ${isLive ? 'live' : 'not live'}`,
    ),
    doubledMessages: said?.doubled ?? [],
    ...afterDeaths(store, said, evidence.deaths),
  }
}

function compareThread(
  about: string,
  row: StoredRow,
  said: Said,
  missed: string[],
  lies: string[],
): void {
  const told = said.targets.get(row.id)?.states.at(-1)?.state
  if (told === undefined) missed.push(`${about}: ${row.status}, and the thread says nothing`)
  else if (told !== row.status) lies.push(`${about}: ${row.status}, and the thread says ${told}`)
}

function compareCounts(
  marker: string,
  rows: readonly StoredRow[],
  said: Said,
  lies: string[],
): void {
  const counts = said.posts.get(marker)?.counts
  if (!counts) return
  const count = (...statuses: string[]) =>
    rows.filter(({ status }) => statuses.includes(status)).length
  const real = {
    live: count('published'),
    failed: count('failed'),
    processing: count('scheduled', 'queued', 'publishing', 'processing', 'reconciling'),
    needsRetry: count('waiting'),
    needsPerson: count('unconfirmed', 'held'),
  }
  for (const [name, number] of Object.entries(real)) {
    const told = counts[name as keyof typeof real]
    if (told !== number) lies.push(`${marker}: ${number} ${name}, and the message says ${told}`)
  }
}

/** What was known when, of each target that a killed worker was sending. */
function afterDeaths(
  store: StoreImage,
  said: Said | undefined,
  deaths: readonly Death[],
): Pick<Verdict, 'ups' | 'known' | 'words' | 'firsts' | 'ends'> {
  const endsOf = groupBy(store.ends, ({ targetId }) => targetId)
  const inHand = deaths.flatMap(({ pid, at }) =>
    store.attempts
      .filter(({ worker, startedAt }) => worker.includes(`-${pid}-`) && startedAt <= at)
      .flatMap(({ targetId, startedAt }) => {
        const end = endsOf.get(targetId)?.find((one) => one.at >= startedAt)
        if (!end?.isLeaseEnd || end.at < at) return [] // it had let go of it before
        return { targetId, at, knownAt: end.at, states: said?.targets.get(targetId)?.states ?? [] }
      }),
  )
  const since = (when: (one: (typeof inHand)[number]) => number | undefined): Since[] =>
    inHand
      .flatMap((one) => {
        const then = when(one)
        return then === undefined ? [] : [{ targetId: one.targetId, ms: then - one.at }]
      })
      .sort(quickestFirst)
  return {
    ups: deaths
      .flatMap(({ at, upAt }) => (upAt === undefined ? [] : [{ ms: upAt - at }]))
      .sort(quickestFirst),
    known: since(({ knownAt }) => knownAt),
    words: since(({ knownAt, states }) => {
      const standing = states.findLast((one) => one.at <= knownAt)?.state
      if (standing === undefined) return undefined
      // From an earlier attempt the thread may say already what the store learns only now.
      if (standing === 'reconciling') return knownAt
      return states.find((one) => one.at > knownAt && !BEFORE_DEATH.includes(one.state))?.at
    }),
    firsts: since(({ knownAt, states: [first] }) =>
      first && first.at > knownAt ? first.at : undefined,
    ),
    ends: since(
      ({ knownAt, states }) =>
        states.find((one) => one.at >= knownAt && !MOVING.includes(one.state))?.at,
    ),
  }
}

/** What a thread may have said when the worker died. */
const BEFORE_DEATH = ['scheduled', 'queued', 'publishing']

function quickestFirst(a: Since, b: Since): number {
  return a.ms - b.ms
}

function groupBy<T>(list: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of list) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}
