import { type FailedContainer, failedContainer } from '../meta/containers.js'
import { type GraphError, isMissing, type Meaning, type Meanings } from '../meta/errors.js'

const refused = (reasonClass: 'validation' | 'media', text: string, next?: string): Meaning => ({
  kind: 'refused',
  class: reasonClass,
  text,
  ...(next === undefined ? {} : { next }),
})
/** The media could not be fetched or processed this time; what was prepared is worthless. */
const again = (text: string): Meaning => ({
  kind: 'unsure',
  class: 'media',
  text,
  discardHandles: true,
})
const SHAPE = 'Use a width to height ratio between 4:5 and 1.91:1.'

/**
 * What Instagram's errors mean beyond Meta's shared table.
 * @see Instagram Platform "Error Codes"; rows without words there were collected by others
 * (gitroomhq/postiz-app, `instagram.provider.ts`)
 */
export const instagramMeanings: Meanings = {
  subcodes: {
    2207001: { kind: 'unsure', class: 'platform' },
    2207003: again('took too long to fetch the media'),
    2207004: refused('media', 'finds an image too large', 'Instagram takes images up to 8 MB.'),
    2207005: refused('media', 'does not take this image format', 'Save it as JPEG.'),
    2207006: again('no longer has the media'),
    2207008: { kind: 'unsure', class: 'platform', text: 'does not find the prepared post' },
    2207009: refused('media', 'does not take this shape of image', SHAPE),
    2207010: refused('validation', 'finds the caption too long'),
    2207020: again('no longer has the media'),
    2207023: refused('validation', 'does not take this kind of media'),
    2207026: refused('media', 'does not take this video format', 'Use MP4 with H.264 and AAC.'),
    2207027: { kind: 'unsure', class: 'platform', text: 'has not finished preparing the media' },
    2207028: refused('validation', 'does not take this number of images and videos'),
    2207032: again('could not take the media'),
    2207035: refused('validation', 'finds too many product tags'),
    2207036: refused('validation', 'finds too many product tags'),
    2207037: refused('validation', 'refuses the product tags'),
    2207040: refused('validation', 'finds too many mentions'),
    2207050: {
      kind: 'refused',
      class: 'policy',
      text: 'restricts this account',
      next: 'Look at the account in the Instagram app and follow what it asks.',
    },
    2207052: again('could not fetch the media'),
    2207053: again('could not take the media'),
    2207057: refused('validation', 'finds the thumbnail outside the video'),
    2207077: again('could not fetch the video'),
    2207081: refused('validation', 'does not offer trial reels to this account'),
    2207082: again('could not take the media'),
  },
  codes: {},
}

/** Publishing was asked for too early (9007/2207027); nothing was published. */
export function isNotReady({ code, error_subcode }: GraphError): boolean {
  return code === 9007 || error_subcode === 2207027
}

/** The container is not known, or not any more. */
export function isUnknown(error: GraphError): boolean {
  return isMissing(error) || error.error_subcode === 2207008
}

/** What a failed container means; the subcode stands somewhere in its status text. */
export function failedMedia(status = ''): FailedContainer {
  const subcode = /\d{7}/.exec(status)?.[0] ?? ''
  return failedContainer('Instagram', instagramMeanings.subcodes[Number(subcode)], subcode)
}
