/**
 * The result, or undefined when it takes longer than `ms`; the work then goes on, and if it fails
 * later that is nobody's error any more.
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  work.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Resolves when the signal comes. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** The result, or undefined when the signal comes first. Leaves nothing behind on the signal. */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  let give = () => {}
  const given = new Promise<undefined>((resolve) => {
    give = () => resolve(undefined)
    if (signal.aborted) give()
    else signal.addEventListener('abort', give, { once: true })
  })
  work.catch(() => {})
  try {
    return await Promise.race([work, given])
  } finally {
    signal.removeEventListener('abort', give)
  }
}

/** Waits, but not beyond the signal. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted || ms <= 0) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}

/**
 * The wait after so many failures in a row, milliseconds: twice as long each time, up to `maxMs`, of
 * which chance takes up to a half.
 */
export function backoffMs(
  failures: number,
  { baseMs, maxMs }: { readonly baseMs: number; readonly maxMs: number },
  random: () => number,
): number {
  if (failures === 0) return 0
  return Math.min(maxMs, baseMs * 2 ** (failures - 1)) * (0.5 + random() / 2)
}
