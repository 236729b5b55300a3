import { copiesOf, type StoredIncident } from '../store/duplicates.js'
import type { StoredTarget } from '../store/stored-target.js'
import type { Button } from './card-buttons.js'
import { type Line, linkOr, plural } from './wording.js'

/** Where the copies are. */
export function duplicateLine(incident: StoredIncident): Line {
  const copies = copiesOf(incident)
  const links = copies.flatMap(({ remoteId, permalink }, index): Line => {
    const shown = permalink ? linkOr(permalink, `copy ${index + 1}`) : (remoteId ?? 'not linked')
    return [index > 0 ? ', ' : '', shown]
  })
  return [`There are ${copies.length} copies on the platform: `, ...links, '.']
}

/** What is known of the duplicates of a target: the copies, their removal, what stood in its way. */
export function duplicateLines(incidents: readonly StoredIncident[]): Line[] {
  return incidents.flatMap((incident): Line[] => {
    if (incident.resolvedAt !== null) return []
    const { removal } = incident
    const reporter = (incident.detail as { reportedBy?: { id: string; name?: string } }).reportedBy
    const reported: Line = reporter
      ? [' Reported by ', { who: { kind: 'person', ...reporter } }, '.']
      : []
    const doing: Line[] = !removal
      ? []
      : removal.problem === undefined
        ? [['Deleting the copy, as ', { who: removal.by }, ' asked.']]
        : [[`The copy could not be deleted. ${removal.problem}`]]
    return [[...duplicateLine(incident), ...reported], ...doing]
  })
}

const SETTLED = {
  deleted: 'Copy deleted, asked for by ',
  kept: 'Copies left as they are, said ',
  gone: 'There is one copy again.',
} as const

/** What became of the duplicates of a target. */
export function settledLines(incidents: readonly StoredIncident[]): Line[] {
  return incidents.flatMap(({ resolvedAt, resolution, resolvedBy }): Line[] => {
    if (resolvedAt === null || resolution === null) return []
    const by: Line = resolvedBy && resolution !== 'gone' ? [{ who: resolvedBy }, ' '] : [' ']
    return [[SETTLED[resolution], ...by, { at: resolvedAt.getTime() }]]
  })
}

/** What can be done about two live copies. */
export function duplicateButtons(
  { id: value, account, target: { state } }: StoredTarget,
  incidents: readonly StoredIncident[],
  canRemove: boolean,
): Button[] {
  const open = incidents.find(({ resolvedAt }) => resolvedAt === null)
  if (!open || state.status !== 'published') return []
  const isRunning = open.removal !== null && open.removal.problem === undefined
  const others = Math.max(1, copiesOf(open).length - 1)
  const remove: Button = {
    action: 'delete_copy',
    value,
    label: 'Delete the copy',
    style: 'danger',
    confirm: {
      title: 'Delete the copy?',
      text: `${plural(others, 'post')} on ${account} will be deleted for good. The one that this message links to stays.`,
      yes: 'Delete the copy',
    },
  }
  const keep: Button = { action: 'keep_copies', value, label: 'Leave both' }
  return [...(canRemove && !isRunning ? [remove] : []), keep]
}
