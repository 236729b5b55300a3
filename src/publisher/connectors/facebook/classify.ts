import type { Meaning, Meanings } from '../meta/errors.js'

const onSite = 'Look at the Page on Facebook and follow what it asks.'
const policy = (text: string, next = onSite): Meaning => ({
  kind: 'refused',
  class: 'policy',
  text,
  next,
})
const validation = (text: string, next: string): Meaning => ({
  kind: 'refused',
  class: 'validation',
  text,
  next,
})
const UNAVAILABLE: Meaning = { kind: 'unsure', class: 'platform' }

/**
 * What Facebook's errors mean beyond Meta's shared table.
 * @see Meta docs, Graph API "Handling Errors"; the seven-digit subcodes are not documented and
 * were collected by others (gitroomhq/postiz-app, `facebook.provider.ts`)
 */
export const facebookMeanings: Meanings = {
  subcodes: {
    1346003: policy('flags this content'),
    1363047: UNAVAILABLE,
    1366046: { kind: 'refused', class: 'media', text: 'finds a photo too large' },
    1366051: {
      kind: 'refused',
      class: 'duplicate',
      text: 'says these photos were already posted',
    },
    1390008: { kind: 'limited' },
    1404078: {
      kind: 'blocked',
      class: 'permission',
      text: 'The Page needs a publishing authorization.',
      next: `${onSite} Then press Check credentials.`,
    },
    1404102: policy('says this goes against its community standards'),
    1404112: policy('limits what this account may do'),
    1609005: validation('cannot read the linked page', 'Check the link, or leave it out.'),
    1609008: validation('refuses links to facebook.com here', 'Leave the link out.'),
    1609010: UNAVAILABLE,
    // Seen with a post that was published all the same, and Facebook's list proves no absence.
    2207051: {
      kind: 'unsure',
      class: 'policy',
      text: 'restricts this account, because it takes its activity for spam',
    },
    4854002: {
      kind: 'blocked',
      class: 'permission',
      text: 'Someone has to confirm their identity first.',
      next: `${onSite} Then press Check credentials.`,
    },
  },
  codes: {
    324: { kind: 'refused', class: 'media', text: 'cannot read a picture' },
    352: { kind: 'refused', class: 'media', text: 'cannot read the video' },
    506: {
      kind: 'refused',
      class: 'duplicate',
      text: "refuses the same text as the Page's previous post",
      next: 'Change the text to say it again.',
    },
    1609005: validation('cannot read the linked page', 'Check the link, or leave it out.'),
  },
}
