import { createHash } from 'node:crypto'
import type { Media } from '../../publisher/connectors/connector.js'
import { createId } from '../../store/ids.js'
import { loadMedia, saveMedia } from '../../store/media.js'
import type { BotDeps } from '../deps.js'
import { type Converted, convert } from './convert.js'
import { type Fit, planFit } from './fit.js'
import type { Intake } from './intake.js'

export interface Fitted {
  /** The media as each account gets them. */
  mediaOf(account: string): readonly Media[]
  /** SHA-256 of what people gave us, by the id of each medium, also of those made from it. */
  readonly hashes: ReadonlyMap<string, string>
  /** What was changed for whom, one line for each file. */
  readonly changes: readonly string[]
}

/**
 * Makes images fit where an account's platform would refuse them, once for every account that
 * needs the same. What cannot be made to fit stays as it is, and its platform says why not.
 */
export async function fitMedia(
  { media, hashes: given }: Pick<Intake, 'media' | 'hashes'>,
  accounts: readonly string[],
  deps: Pick<BotDeps, 'database' | 'now' | 'random' | 'platforms'>,
): Promise<Fitted> {
  const hashes = new Map(given)
  const made = new Map<string, Media | undefined>()
  const byAccount = new Map<string, Media[]>()
  for (const account of accounts) {
    const rule = deps.platforms.images(account)
    const own: Media[] = []
    for (const image of media) {
      const fit = rule && planFit(image, rule)
      const key = `${image.id} ${JSON.stringify(fit)}`
      if (fit && !made.has(key)) {
        const sha256 = hashes.get(image.id) ?? image.id
        const variant = await makeFit(image, sha256, fit, deps)
        if (variant) hashes.set(variant.id, sha256)
        made.set(key, variant)
      }
      own.push((fit && made.get(key)) ?? image)
    }
    byAccount.set(account, own)
  }
  return {
    mediaOf: (account) => byAccount.get(account) ?? media,
    hashes,
    changes: media.flatMap((image, at) => changesOf(image, at, byAccount)),
  }
}

async function makeFit(
  image: Media,
  madeFrom: string,
  fit: Fit,
  deps: Pick<BotDeps, 'database' | 'now' | 'random'>,
): Promise<Media | undefined> {
  const { orm } = deps.database
  const kept = await loadMedia(orm, image.id)
  const converted = kept && (await convert(kept.bytes, fit))
  if (!converted) return undefined
  const at = deps.now()
  const sha256 = createHash('sha256').update(converted.bytes).digest('hex')
  const facts = factsOf(image, converted)
  const wanted = { id: createId('m', at, deps.random), sha256, facts, at, madeFrom }
  const id = await saveMedia(orm, { ...wanted, bytes: converted.bytes })
  return { id, ...facts, ...(image.alt === undefined ? {} : { alt: image.alt }) }
}

/** Its own address shows the image as it was, so the new one has none. */
function factsOf(image: Media, { bytes, mime, width, height }: Converted) {
  const extension = mime === 'image/png' ? 'png' : 'jpg'
  const filename = `${image.filename.replace(/\.[^.]*$/, '')}.${extension}`
  return { kind: 'image' as const, mime, bytes: bytes.byteLength, width, height, filename }
}

function changesOf(
  image: Media,
  at: number,
  byAccount: ReadonlyMap<string, readonly Media[]>,
): string[] {
  const changed = [...byAccount].flatMap(([account, own]) => {
    const variant = own[at]
    return variant && variant.id !== image.id ? [`${account} ${inWords(image, variant)}`] : []
  })
  return changed.length > 0 ? [`${image.filename} was made to fit: ${changed.join(', ')}.`] : []
}

function inWords(before: Media, after: Media): string {
  const type = after.mime === 'image/png' ? 'PNG' : 'JPEG'
  const smaller = after.width < before.width || after.height < before.height
  return `gets a ${type}${smaller ? ` of ${after.width} by ${after.height}` : ''}`
}
