import { createHash } from 'node:crypto'
import { z } from 'zod'
import { isObject } from '../frame/exchange.js'
import type { LiveMedia } from '../types.js'

export interface Blob {
  $type: 'blob'
  ref: { $link: string }
  mimeType: string
  size: number
}

/** Finds an uploaded blob by its content id. */
export type FindBlob = (cid: string) => { blob: Blob; media: LiveMedia } | undefined

export interface CheckedRecord {
  text: string
  media: LiveMedia[]
}

const GRAPHEMES_MAX = 300
const TEXT_MAX_BYTES = 3000
const IMAGE_MAX_BYTES = 2_000_000
const THUMB_MAX_BYTES = 1_000_000

const blobSchema = z.strictObject({
  $type: z.literal('blob'),
  ref: z.strictObject({ $link: z.string() }),
  mimeType: z.string(),
  size: z.int(),
})
const ratioSchema = z.strictObject({ width: z.int().min(1), height: z.int().min(1) })
const embedSchema = z.discriminatedUnion('$type', [
  z.strictObject({
    $type: z.literal('app.bsky.embed.images'),
    images: z
      .array(
        z.strictObject({
          image: blobSchema,
          alt: z.string(),
          aspectRatio: z.exactOptional(ratioSchema),
        }),
      )
      .min(1)
      .max(4),
  }),
  z.strictObject({
    $type: z.literal('app.bsky.embed.external'),
    external: z.strictObject({
      uri: z.url(),
      title: z.string(),
      description: z.string(),
      thumb: z.exactOptional(blobSchema),
    }),
  }),
  z.strictObject({
    $type: z.literal('app.bsky.embed.video'),
    video: blobSchema,
    alt: z.exactOptional(z.string().max(1000)),
    aspectRatio: z.exactOptional(ratioSchema),
  }),
])
const refSchema = z.strictObject({ uri: z.string(), cid: z.string() })
const postSchema = z.strictObject({
  $type: z.literal('app.bsky.feed.post'),
  text: z.string(),
  createdAt: z.iso.datetime({ offset: true }),
  langs: z.exactOptional(z.array(z.string()).max(3)),
  tags: z.exactOptional(z.array(z.string().min(1).max(640)).max(8)),
  reply: z.exactOptional(z.strictObject({ root: refSchema, parent: refSchema })),
  embed: z.exactOptional(embedSchema),
  facets: z.exactOptional(
    z.array(
      z.strictObject({
        $type: z.exactOptional(z.literal('app.bsky.richtext.facet')),
        index: z.strictObject({ byteStart: z.int().min(0), byteEnd: z.int().min(1) }),
        features: z.array(
          z.discriminatedUnion('$type', [
            z.strictObject({ $type: z.literal('app.bsky.richtext.facet#link'), uri: z.url() }),
            z.strictObject({
              $type: z.literal('app.bsky.richtext.facet#mention'),
              did: z.string(),
            }),
            z.strictObject({ $type: z.literal('app.bsky.richtext.facet#tag'), tag: z.string() }),
          ]),
        ),
      }),
    ),
  ),
})

/**
 * Checks a post record against its lexicon, and more strictly: unknown fields are refused and
 * facets must not cut a character.
 * @returns what the audience sees, or the reason for refusing
 * @see bluesky-social/atproto lexicons/app/bsky/feed/post.json, embed/*.json, richtext/facet.json
 */
export function checkRecord(record: unknown, find: FindBlob): CheckedRecord | string {
  const parsed = postSchema.safeParse(record)
  if (!parsed.success) return `Invalid app.bsky.feed.post record: ${z.prettifyError(parsed.error)}`
  const { text, facets = [], embed } = parsed.data
  const bytes = Buffer.from(text)
  if (
    bytes.length > TEXT_MAX_BYTES ||
    [...new Intl.Segmenter().segment(text)].length > GRAPHEMES_MAX
  )
    return `Record/text must not be longer than ${GRAPHEMES_MAX} graphemes`
  for (const { index } of facets) {
    const piece = bytes.subarray(index.byteStart, index.byteEnd)
    const whole = Buffer.from(piece.toString()).equals(piece) && index.byteEnd <= bytes.length
    if (piece.length === 0 || !whole) return 'Record/facets must lie on characters of the text'
  }

  const wanted: { blob: Blob; alt?: string; of: RegExp; max: number; shown: boolean }[] = []
  const picture = { of: /^image\//, max: IMAGE_MAX_BYTES, shown: true }
  if (embed?.$type === 'app.bsky.embed.images') {
    wanted.push(...embed.images.map(({ image, alt }) => ({ blob: image, alt, ...picture })))
  }
  if (embed?.$type === 'app.bsky.embed.video') {
    const alt = embed.alt === undefined ? {} : { alt: embed.alt }
    wanted.push({ blob: embed.video, ...alt, of: /^video\/mp4$/, max: 300_000_000, shown: true })
  }
  if (embed?.$type === 'app.bsky.embed.external' && embed.external.thumb) {
    wanted.push({ blob: embed.external.thumb, ...picture, max: THUMB_MAX_BYTES, shown: false })
  }
  const media: LiveMedia[] = []
  for (const { blob, alt, of, max, shown } of wanted) {
    const found = find(blob.ref.$link)
    if (!found) return `Could not find blob: ${blob.ref.$link}`
    if (found.blob.size !== blob.size || found.blob.mimeType !== blob.mimeType)
      return `Referenced blob does not match: ${blob.ref.$link}`
    if (!of.test(blob.mimeType) || blob.size > max) return 'Record/embed: blob type or size'
    if (shown) media.push({ ...found.media, ...(alt === undefined ? {} : { alt }) })
  }
  return { text, media }
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const TID_ALPHABET = '234567abcdefghijklmnopqrstuvwxyz'

/** A record key as the lexicon wants it. @see packages/syntax/src/tid.ts */
export function isTid(key: string): boolean {
  return /^[2-7a-j][2-7a-z]{12}$/.test(key)
}

/** A record key from microseconds since the epoch. */
export function tidOf(microseconds: bigint): string {
  const bits = (microseconds << 10n).toString(2).padStart(65, '0')
  const digits = bits.match(/.{5}/g) ?? []
  return digits.map((digit) => TID_ALPHABET[Number.parseInt(digit, 2)]).join('')
}

/** Content id of raw bytes: version 1, codec raw, SHA-256. */
export function blobCid(bytes: Uint8Array): string {
  return cidOf(0x55, bytes)
}

/**
 * Content id of a record. It depends on all of the record and on nothing else, as a real one does,
 * but it is taken from sorted JSON, not from DAG-CBOR, so its value differs from the network's.
 */
export function recordCid(record: unknown): string {
  return cidOf(0x71, Buffer.from(JSON.stringify(sorted(record))))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]))
}

function cidOf(codec: number, bytes: Uint8Array): string {
  const digest = createHash('sha256').update(bytes).digest()
  const all = Buffer.concat([Buffer.from([1, codec, 0x12, 0x20]), digest])
  const bits = [...all].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const padded = bits.padEnd(Math.ceil(bits.length / 5) * 5, '0')
  const digits = padded.match(/.{5}/g) ?? []
  return `b${digits.map((digit) => BASE32[Number.parseInt(digit, 2)]).join('')}`
}
