import { type MetaError, refuseMeta } from '../meta/errors.js'
import { type GraphCall, textOf } from '../meta/graph.js'
import type { MediaRules } from '../meta/media.js'

const CAPTION_MAX = 2200
const ALT_MAX = 1000
const IMAGE_MAX_BYTES = 8 * 1024 * 1024
export const MEDIA_PARAMS = [
  'image_url',
  'video_url',
  'media_type',
  'caption',
  'alt_text',
  'is_carousel_item',
  'children',
  'user_tags',
  'location_id',
  'collaborators',
  'is_ai_generated',
  'cover_url',
  'thumb_offset',
  'share_to_feed',
  'upload_type',
]
const MEDIA_TYPES = ['IMAGE', 'VIDEO', 'REELS', 'STORIES', 'CAROUSEL']

/** The documented error pairs that this stand-in gives. @see Instagram Platform "Error Codes" */
export const ERRORS = {
  notFetchable: { code: 9004, subcode: 2207052, message: 'The media could not be fetched' },
  notReady: { code: 9007, subcode: 2207027, message: 'Media ID is not available' },
  noContainer: { code: 24, subcode: 2207008, message: 'The container is unknown or has expired' },
  failed: { code: -1, subcode: 2207032, message: 'Create media failed, please try again' },
  quota: { code: 9, subcode: 2207042, message: 'The maximum number of posts was reached' },
  imageSize: { code: 36000, subcode: 2207004, message: 'The image is too large' },
  imageFormat: { code: 36001, subcode: 2207005, message: 'The image format is not supported' },
  ratio: { code: 36003, subcode: 2207009, message: 'The aspect ratio is not supported' },
  caption: { code: 36004, subcode: 2207010, message: 'The caption is too long' },
  mediaType: { code: 100, subcode: 2207023, message: 'The media type is unknown or not allowed' },
  carousel: { code: 100, subcode: 2207028, message: 'A carousel needs 2 to 10 fitting items' },
  tags: { code: 100, subcode: 2207040, message: 'Too many tags' },
} satisfies Record<string, MetaError>

export const PUBLISH_REFUSALS = {
  notReady: ERRORS.notReady,
  failed: ERRORS.failed,
  gone: ERRORS.noContainer,
  // Nobody has documented this one; "not available" is what people report.
  again: ERRORS.notReady,
  quota: ERRORS.quota,
}

/** JPEG, 8 MB, ratio 4:5 to 1.91:1; the width is scaled, not refused. */
export const MEDIA_RULES: MediaRules = {
  notFetchable: ERRORS.notFetchable,
  mediaType: ERRORS.mediaType,
  videoNotFetched: '2207077',
  videoFormat: '2207026',
  checkImage: ({ type, width, height }, bytes) => {
    if (type !== 'jpg') throw refuseMeta(ERRORS.imageFormat)
    if (bytes > IMAGE_MAX_BYTES) throw refuseMeta(ERRORS.imageSize)
    // A hair of tolerance, because whole pixels round the ratio.
    if (width / height < 0.795 || width / height > 1.915) throw refuseMeta(ERRORS.ratio)
  },
}

/** Refuses parameters that do not go together, and captions beyond the limits. */
export function checkShape({ params }: GraphCall, type: string, isChild: boolean, caption: string) {
  const alt = textOf(params, 'alt_text')
  if (!MEDIA_TYPES.includes(type)) throw refuseMeta(ERRORS.mediaType)
  if (isChild && (caption !== '' || !['IMAGE', 'VIDEO'].includes(type))) {
    throw refuseMeta(ERRORS.mediaType)
  }
  // Single videos are reels; plain VIDEO is left for carousel items.
  if (type === 'VIDEO' && !isChild) throw refuseMeta(ERRORS.mediaType)
  if ([...caption].length > CAPTION_MAX) throw refuseMeta(ERRORS.caption)
  if ((caption.match(/#[\p{L}\p{N}_]+/gu) ?? []).length > 30) throw refuseMeta(ERRORS.tags)
  if ((caption.match(/@[\w.]+/g) ?? []).length > 20) throw refuseMeta(ERRORS.tags)
  if (alt !== undefined && (type !== 'IMAGE' || alt.length > ALT_MAX)) {
    throw refuseMeta({ code: 100, message: '(#100) alt_text is for images, 1000 characters' })
  }
}
