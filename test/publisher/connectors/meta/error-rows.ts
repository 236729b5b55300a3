import type { ErrorRow } from '../../../support/connector-contract.js'

/** An error of Meta's on the call that publishes, and what it says. */
export function metaRow(
  name: string,
  says: ErrorRow['says'],
  code: number,
  subcode?: number,
): ErrorRow {
  return {
    name: `${name} (${code}${subcode ? `/${subcode}` : ''})`,
    says,
    fault: { kind: 'meta_code', code, ...(subcode === undefined ? {} : { subcode }) },
  }
}

/** The same error, calling itself transient: then the post may be out, whatever its code means. */
function transient({ name, says, fault }: ErrorRow): ErrorRow {
  return {
    name: `${name}, transient`,
    says: says === 'limit' ? 'limit' : 'doubt',
    fault: { ...fault, transient: true },
  }
}

const PLAIN: readonly ErrorRow[] = [
  metaRow('too many calls', 'limit', 4),
  metaRow('too many calls of the user', 'limit', 17),
  metaRow('too many calls to the Page', 'limit', 32),
  metaRow('expired token', 'credential', 190, 463),
  metaRow('missing scope', 'credential', 10),
  metaRow('invalid parameter', 'refusal', 100),
  metaRow('blocked for now', 'refusal', 368),
  metaRow('a code nobody documents', 'refusal', 424242),
]

/** What Facebook, Instagram and Threads all answer. */
export const META_ROWS: readonly ErrorRow[] = [
  metaRow('unknown error', 'doubt', 1),
  metaRow('temporarily down', 'doubt', 2),
  ...PLAIN,
  ...PLAIN.map(transient),
]
