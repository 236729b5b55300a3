import type { Actor } from '../../publisher/core/target.js'
import type { Deed } from '../../store/load-history.js'
import { duration } from '../wording.js'

/** `a`, `a and b`, `a, b and c`. */
export function listOf(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? ''
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

export function nameOf({ name, id }: Actor): string {
  return name ?? id
}

/** Who did what to a target last, such as `Ben asked for a retry 3 seconds ago.` */
export function deedWords(deed: Deed, reader: Actor, now: number): string {
  const who = deed.who.id === reader.id ? 'You' : nameOf(deed.who)
  const ago = now - deed.at < 1000 ? 'a moment ago' : `${duration(now - deed.at)} ago`
  return `${who} ${verb(deed)} ${ago}.`
}

/** What was done, such as `asked for a retry`. */
export function verb({ type, toStatus }: Deed): string {
  switch (type) {
    case 'retryRequested':
      return 'asked for a retry'
    case 'verdictGiven':
      return toStatus === 'published' ? 'confirmed it is live' : 'said it is not there'
    case 'edited':
      return 'edited it'
    case 'publishNowRequested':
      return 'pressed Publish now'
    case 'cancelRequested':
      return 'cancelled it'
    case 'rescheduled':
      return 'moved it'
    case 'approved':
      return 'approved it'
    default:
      return 'changed it'
  }
}
