import { readVerdictValue, verdictValue } from '../verdict-value.js'

interface Pressable {
  readonly action: string
  readonly value: string
  /** See `Button`. */
  readonly askedAt?: number
}

type ActionsBlock<E> = {
  readonly type: 'actions'
  readonly block_id?: string
  readonly elements: E[]
}

/** Buttons as blocks; a block that asks for a verdict has an id that says since when. */
export function actionBlocks<B extends Pressable, E>(
  buttons: readonly B[],
  elementOf: (button: B) => E,
): ActionsBlock<E>[] {
  return actionRows(buttons).map((row, index) => ({
    type: 'actions',
    ...questionId(row, index),
    elements: row.map(elementOf),
  }))
}

/**
 * Inside one block Slack takes each action id once: what comes again begins a row of its own. So
 * does a verdict about something else, because a block's id names one question.
 */
function actionRows<B extends Pressable>(buttons: readonly B[]): B[][] {
  const rows: B[][] = []
  for (const button of buttons) {
    const row = rows.find((others) =>
      others.every((other) => other.action !== button.action && !asksOtherwise(other, button)),
    )
    if (row) row.push(button)
    else rows.push([button])
  }
  return rows
}

function asksOtherwise(one: Pressable, other: Pressable): boolean {
  if (one.askedAt === undefined || other.askedAt === undefined) return false
  return one.value !== other.value || one.askedAt !== other.askedAt
}

/**
 * Slack sends it along with a press, as it stood where the button was seen. Slack advises a new id at
 * each edit; here it stays while the question does, because buttons hold nothing that could be lost.
 * @see https://docs.slack.dev/reference/block-kit/blocks/actions-block
 */
function questionId(row: readonly Pressable[], index: number): { block_id?: string } {
  const asking = row.find(({ askedAt }) => askedAt !== undefined)
  return asking?.askedAt === undefined
    ? {}
    : { block_id: `verdict:${verdictValue(asking.value, asking.askedAt)}:${index}` }
}

/** When the question of a pressed button was asked; undefined where its block does not tell. */
export function questionAsked(
  blockId: string | null | undefined,
  targetId: string,
): number | undefined {
  const [, value = ''] = /^verdict:(.+):\d+$/.exec(blockId ?? '') ?? []
  const { id, askedAt } = readVerdictValue(value)
  return id === targetId ? askedAt : undefined
}
