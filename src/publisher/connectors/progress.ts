import type { Media, Steps } from './connector.js'

/** Files below this are uploaded before anybody has opened the thread. */
const LONG_BYTES = 4_000_000

/**
 * Says how far the upload of a large file is; small ones need no words.
 * @param sent bytes that the platform has
 */
export async function tellProgress(
  steps: Pick<Steps, 'progress'>,
  { filename, bytes }: Media,
  sent: number,
): Promise<void> {
  if (bytes < LONG_BYTES) return
  const megabytes = (bytes / 1_000_000).toFixed(0)
  const percent = Math.floor((100 * Math.min(sent, bytes)) / bytes)
  const far = sent === 0 ? `${megabytes} MB` : `${percent} % of ${megabytes} MB`
  await steps.progress(`Uploading ${filename}: ${far}.`)
}
