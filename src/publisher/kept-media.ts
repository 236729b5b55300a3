import { permanent } from './connectors/classify.js'
import type { Content } from './connectors/connector.js'
import type { Outcome } from './core/outcome.js'
import type { PublisherDeps } from './deps.js'

/** How long media are kept after every target of their posts has ended. */
export const MEDIA_KEPT_DAYS = 30

/** Why content cannot be sent whose files were deleted; undefined while they are all there. */
export async function withoutMedia(
  { media, card }: Content,
  store: PublisherDeps['media'],
): Promise<Outcome | undefined> {
  const wanted = [...media, ...(card?.thumb ? [card.thumb] : [])]
  const kept = await store.kept?.(wanted.map(({ id }) => id))
  if (!kept) return undefined
  const lost = wanted.find(({ id }) => !kept.has(id))
  if (!lost) return undefined
  const rule = `files are deleted ${MEDIA_KEPT_DAYS} days after a post has ended everywhere`
  return lost === card?.thumb
    ? permanent(
        'media',
        `The picture of its link is no longer kept: ${rule}.`,
        'Use Edit and retry, which reads the linked page anew.',
      )
    : permanent(
        'media',
        `The file ${lost.filename} is no longer kept: ${rule}.`,
        'Publish it anew, with the file.',
      )
}
