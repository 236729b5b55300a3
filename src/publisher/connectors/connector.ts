import type { Finding, Outcome, Reason, Sighting } from '../core/outcome.js'
import type { Capabilities, Evidence, Handles, Instant } from '../core/target.js'
import type { Answer, HttpRequest } from './http.js'

export const PLATFORMS = [
  'facebook',
  'instagram',
  'threads',
  'bluesky',
  'mastodon',
  'x',
  'linkedin',
  'telegram',
  'discord',
  'manual',
] as const
export type PlatformName = (typeof PLATFORMS)[number]

/** What is sent to one account: frozen and stored before the first attempt. */
export interface Content {
  readonly text: string
  readonly media: readonly Media[]
  /** What the page behind the link of the text said of itself. */
  readonly card?: LinkCard
}

/** A linked page as a platform shows it that does not read pages. */
export interface LinkCard {
  /** The link as it stands in the text. */
  readonly url: string
  readonly title: string
  readonly description: string
  readonly thumb?: Media
}

export interface Media {
  readonly id: string
  readonly kind: 'image' | 'video'
  readonly mime: string
  readonly bytes: number
  readonly width: number
  readonly height: number
  readonly durationMs?: number
  /** How a video's pictures are stored, such as `avc1` or `hvc1`, where the file tells. */
  readonly codec?: string
  readonly framesPerSecond?: number
  /** How its sound is stored, such as `mp4a.40.2`, where it has any and the file tells. */
  readonly sound?: { readonly codec: string; readonly hertz?: number }
  /** A video whose description (`moov`) stands at its end. */
  readonly describedLast?: true
  /** An image of more than one picture. */
  readonly animated?: true
  readonly alt?: string
  readonly filename: string
  /** Where it came from, when that is an address anybody may fetch. */
  readonly sourceUrl?: string
}

/** What images a platform takes: what does not fit is converted where nobody would miss anything. */
export interface ImageRule {
  readonly types: readonly string[]
  readonly maxBytes?: number
  readonly maxPixels?: number
  /** Of width and height together. */
  readonly maxSides?: number
  /** Types whose animation the platform shows; elsewhere only the first picture would be seen. */
  readonly moving: readonly string[]
}

/** Something that would fail, found before anything is queued. */
export interface Problem {
  readonly field: 'text' | 'media' | 'alt' | 'account'
  /** One plain sentence: what is wrong, the number found and the limit. */
  readonly message: string
  readonly next?: string
}

/** One attempt at a target. */
export interface PublishRequest {
  readonly targetId: string
  /** The same for every attempt at this target: a UUID. */
  readonly idempotencyKey: string
  readonly content: Content
  readonly handles: Handles
  readonly attempt: number
  /** When the target was created: the frozen time for records that carry one. */
  readonly frozenAt: Instant
  /** When this round began: its time, or when a person last asked for it. Earlier ones failed. */
  readonly dueSince: Instant
  /** Posts on this account that belong to other targets of ours: never proof of this one. */
  readonly otherRemoteIds?: ReadonlySet<string>
}

/** A doubtful attempt to be looked up. */
export interface Doubt extends PublishRequest {
  /** When the mutation in doubt began. */
  readonly mutationAt: Instant
  readonly evidence: readonly Evidence[]
  readonly otherRemoteIds: ReadonlySet<string>
}

/** A live target to be looked at again. */
export interface LivePost extends PublishRequest {
  readonly remoteId?: string
  readonly publishedAt: Instant
  readonly otherRemoteIds: ReadonlySet<string>
}

/** What a connector may do without changing anything. */
export interface Reader {
  /** A request that changes nothing. */
  read(request: HttpRequest): Promise<Answer>
  now(): Instant
}

/** What a connector may do inside an attempt. Each call is refused once the lease has ended. */
export interface Steps extends Reader {
  /** A preparing call: safe to repeat, makes nothing public. */
  prepare(request: HttpRequest): Promise<Answer>
  /** Stores the handles of the steps so far, before the next one. */
  save(handles: Handles): Promise<void>
  /**
   * The one call that makes the post public. Writes the write-ahead mark and the handles first,
   * then sends; an attempt calls it at most once.
   */
  mutate(request: HttpRequest, handles?: Handles): Promise<Answer>
  /** Says in the thread how far a long upload is; said too often, it is left out. */
  progress(note: string): Promise<void>
  /** The bytes of a medium. */
  bytes(media: Media): Promise<Uint8Array>
  /** An address from which the platform can fetch the medium. */
  publicUrl(media: Media): string
}

export type CredentialCheck = {
  /** What is known of the platform by then, for every process: plain JSON, read by `learn`. */
  readonly learned?: Readonly<Record<string, unknown>>
} & CheckResult

type CheckResult =
  | {
      readonly kind: 'ok'
      readonly identity: string
      readonly expiresAt?: Instant
      /** The platform renews it before it ends, without anybody's help. */
      readonly renews?: true
      readonly warning?: string
    }
  | { readonly kind: 'refused'; readonly reason: Reason }
  /** The check itself did not work: it says nothing about the credential. */
  | { readonly kind: 'unknown'; readonly reason: Reason }

/** Keys of an account's entry with new values: tokens, all of them secret. */
export type Credentials = Readonly<Record<string, string>>

/** Where a platform gives new credentials for old ones. */
export interface Renewal {
  /** How long before their end they are renewed, in milliseconds. */
  readonly aheadMs: number
  /** Renew at once when nobody knows when they end: renewing tells. */
  readonly toLearnTheEnd?: true
  /** May use the old credentials up; the caller keeps what comes of it before anything uses it. */
  ask(reader: Reader): Promise<Renewed>
  /** What a credential that works may not do, where renewing tells what it was granted. Pure. */
  withScopes?(
    check: Extract<CredentialCheck, { kind: 'ok' }>,
    granted: readonly string[],
  ): CredentialCheck
}

export type Renewed =
  | {
      readonly kind: 'renewed'
      readonly credentials: Credentials
      readonly expiresAt?: Instant
      /** What it may do, where the platform says so. */
      readonly scopes?: readonly string[]
    }
  | { readonly kind: 'refused'; readonly reason: Reason }
  /** It did not work this time. */
  | { readonly kind: 'unknown'; readonly reason: Reason }

/** How a deletion ended; a post that was not there any more counts as removed. */
export type Removal =
  | { readonly kind: 'removed' }
  | { readonly kind: 'notRemoved'; readonly reason: Reason }

/**
 * One account on one platform. Connectors return outcomes; they never sleep, loop until something
 * happens, or write to the store, and they decide nothing about retrying.
 */
export interface Connector {
  readonly platform: PlatformName
  /** In a few words, for the thread: is sending again after a doubt safe, and why. */
  readonly retrySafety: string
  /** Set where the platform fetches media from an address instead of taking bytes. */
  readonly fetchesMedia?: true
  /** What images it takes; those that do not fit are converted before they are checked. */
  readonly images?: ImageRule
  /**
   * The link that is shown as a card, whose page is read before the post is queued; only where the
   * platform does not read pages itself. Pure.
   */
  linkCard?(content: Content): string | undefined
  /** What would fail, by the platform's documented limits. Pure. */
  check(content: Content): readonly Problem[]
  /** Goes on from `request.handles`; returns after at most one mutation. */
  publish(request: PublishRequest, steps: Steps): Promise<Outcome>
  /** How an accepted mutation ended; only where `publish` can return `accepted` as `finishing`. */
  poll?(request: PublishRequest, reader: Reader): Promise<Outcome>
  /** What happened to a doubtful attempt; absent where the platform cannot be read. */
  lookUp?(doubt: Doubt, reader: Reader): Promise<Finding>
  /** Whether a live post is still there, once; absent where the platform cannot be read. */
  verify?(post: LivePost, reader: Reader): Promise<Sighting>
  /** Deletes a post of ours (a duplicate, after a person said so). */
  remove?(remoteId: string, steps: Pick<Steps, 'prepare' | 'now'>): Promise<Removal>
  /** Where a person can look: an address or an instruction. */
  where(request: PublishRequest): string
  checkCredentials(reader: Reader): Promise<CredentialCheck>
  /**
   * From now on goes by what a check has learned, be it of another process or of one before this.
   * What it cannot read is left aside.
   */
  learn?(learned: unknown): void
  /** Set where the platform renews credentials. */
  readonly renewal?: Renewal
}

/** What decisions need to know about a connector. */
export function capabilitiesOf(connector: Connector): Capabilities {
  return { canLookUp: connector.lookUp !== undefined, canVerify: connector.verify !== undefined }
}
