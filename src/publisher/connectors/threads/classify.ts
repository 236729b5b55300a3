import { type FailedContainer, failedContainer } from '../meta/containers.js'
import { type GraphError, isMissing, type Meaning, type Meanings } from '../meta/errors.js'

const video = (text: string): Meaning => ({ kind: 'refused', class: 'media', text })

/**
 * What Threads' errors mean beyond Meta's shared table; the subcodes are not documented and were
 * collected by others (gitroomhq/postiz-app, `threads.provider.ts`).
 */
export const threadsMeanings: Meanings = {
  subcodes: {
    2207052: {
      kind: 'unsure',
      class: 'media',
      text: 'could not fetch the media',
      discardHandles: true,
    },
    4279013: {
      kind: 'refused',
      class: 'policy',
      text: 'restricts this account',
      next: 'Look at the account in the Threads app and follow what it asks.',
    },
  },
  codes: {},
}

/** Words that a container uses for its failure. @see Threads API "Troubleshooting" */
const FAILURES: Readonly<Record<string, Meaning>> = {
  FAILED_DOWNLOADING_VIDEO: { kind: 'unsure', class: 'media', text: 'could not fetch the video' },
  INVALID_ASPEC_RATIO: video('does not take this shape of video'),
  INVALID_BIT_RATE: video('does not take the bit rate of this video'),
  INVALID_DURATION: video('does not take a video of this length'),
  INVALID_FRAME_RATE: video('does not take the frame rate of this video'),
  INVALID_AUDIO_CHANNELS: video('does not take the sound of this video'),
  INVALID_AUDIO_CHANNEL_LAYOUT: video('does not take the sound of this video'),
}

export function failedMedia(message = ''): FailedContainer {
  return failedContainer('Threads', FAILURES[message], message)
}

/**
 * Publishing was asked for too early: 4279009 is "not found", which others have seen for containers
 * that were not ready yet; 9007 is Instagram's word for it.
 */
export function isNotReady({ code, error_subcode }: GraphError): boolean {
  return code === 9007 || error_subcode === 4279009
}

/** The container is not known, or not any more. */
export function isUnknown(error: GraphError): boolean {
  return isMissing(error) || error.error_subcode === 4279009
}
