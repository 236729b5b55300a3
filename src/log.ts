import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'> & {
  child(bindings: object): Log
}

/** Values that must never be written anywhere, whatever object or message they sit in. */
export interface Redactor {
  add(secret: string): void
  clean(text: string): string
}

/** Short values would blank out innocent text. */
const SHORTEST_SECRET = 6

export function createRedactor(secrets: Iterable<string> = []): Redactor {
  const known = new Set<string>()
  const redactor: Redactor = {
    add(secret) {
      if (secret.length < SHORTEST_SECRET) return
      known.add(secret)
      // The same secret as it appears inside URLs and JSON.
      known.add(encodeURIComponent(secret))
      known.add(JSON.stringify(secret).slice(1, -1))
    },
    clean(text) {
      let cleaned = text
      for (const secret of known) cleaned = cleaned.replaceAll(secret, '[secret]')
      return cleaned
    },
  }
  for (const secret of secrets) redactor.add(secret)
  return redactor
}

/**
 * One structured logger; subsystems take a child with their name. Every line passes the redactor
 * as text, after it was serialised, so that no path around it exists.
 */
export function createLog(options: {
  level: string
  redactor: Redactor
  destination?: { write(line: string): unknown }
}): Log {
  const out = options.destination ?? process.stdout
  const stream: DestinationStream = {
    write: (line) => {
      out.write(options.redactor.clean(line))
    },
  }
  return pino(
    { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    stream,
  )
}
