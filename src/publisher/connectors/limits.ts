import type { Media, Problem } from './connector.js'

const MB = 1024 * 1024

/**
 * A file that has more bytes than a platform takes; nothing when it fits.
 * @param who as it stands before "takes": `X`, `this server`
 */
export function checkSize(
  who: string,
  { filename, bytes }: Media,
  mostBytes: number,
  next?: string,
): readonly Problem[] {
  if (bytes <= mostBytes) return []
  // Rounded away from each other, so that they never read the same.
  const size = Math.ceil((bytes / MB) * 10) / 10
  const most = Math.floor((mostBytes / MB) * 10) / 10
  const message = `${filename} has ${size} MB; ${who} takes ${most} MB.`
  return [{ field: 'media', message, ...(next === undefined ? {} : { next }) }]
}

/** An alt text that is longer than a platform takes, by its own count; nothing when it fits. */
export function checkAlt(
  who: string,
  { filename, alt = '' }: Media,
  most: number,
  lengthOf = (text: string) => [...text].length,
): readonly Problem[] {
  const length = lengthOf(alt)
  if (length <= most) return []
  const message = `The alt text of ${filename} has ${length} characters; ${who} takes ${most}.`
  return [{ field: 'alt', message }]
}
