import type { Content } from '../../publisher/connectors/connector.js'
import { decide } from '../../publisher/core/decide.js'
import { mediaHashes } from '../../store/media-hashes.js'
import { keptMedia } from '../../store/preflights.js'
import type { StoredTarget } from '../../store/stored-target.js'
import { readCards } from '../link-card/read-cards.js'
import { nothing, type Reply, say } from '../reply.js'
import { act, refusalWords } from './act.js'
import type { Asked, Found } from './asked.js'
import type { HandleDeps } from './deps.js'
import { approvalWords, hashContent, keyOf } from './draft.js'

/** "Edit and retry": the form with the target's own text, if it may be edited at all now. */
export async function editRetry(found: Found, asked: Asked, deps: HandleDeps): Promise<Reply> {
  const target = onlyOne(found)
  if (!target) return say('Each account is edited on its own: use its button in the thread.')
  const { state } = target.target
  const event = { type: 'edited', at: deps.now(), who: asked.actor } as const
  const can = deps.platforms.capabilities(target.account)
  const decision = decide(target.target, event, { policy: deps.policy, can })
  if (decision.kind === 'refused') {
    const { id: targetId, account } = target
    const refused = [{ account, targetId, status: state.status, why: decision.why }]
    return say(await refusalWords(found, refused, asked, deps))
  }
  return {
    kind: 'form',
    form: {
      kind: 'edit',
      retries: state.status === 'failed',
      targetId: target.id,
      account: target.account,
      text: target.content.text,
      ...('reason' in state ? { why: state.reason.text } : {}),
    },
  }
}

/** The edited text, checked against the platform's limits, then sent or kept for its time. */
export async function editSubmitted(
  found: Found,
  written: string,
  asked: Asked,
  deps: HandleDeps,
): Promise<Reply> {
  const target = onlyOne(found)
  if (!target) return say('Each account is edited on its own: use its button in the thread.')
  const { account } = target
  const edited: Content = { text: written.trim(), media: target.content.media }
  const problems = deps.platforms.check(account, edited).map(({ message, next }) => ({
    field: 'text' as const,
    account,
    message,
    ...(next ? { next } : {}),
  }))
  if (edited.text === '' && edited.media.length === 0) {
    problems.push({ field: 'text', account, message: 'There is no text and no media.' })
  }
  if (problems.length > 0) return { kind: 'problems', problems, written }
  const card = await cardFor(edited, target, deps)
  const content: Content = { ...edited, ...(card ? { card } : {}) }
  const hashes = await mediaHashes(
    deps.database.orm,
    content.media.map(({ id }) => id),
  )
  const contentHash = hashContent(content, hashes)
  const acted = await act({ ...found, target }, asked, deps, {
    event: (at, stored) => ({
      type: 'edited',
      at,
      who: asked.actor,
      unchanged: stored.contentHash === contentHash,
      ...approvalOf(deps),
    }),
    content: {
      content: content as StoredTarget['content'],
      contentHash,
      // A platform that knows the old key would answer with what the old content became.
      idempotencyKey: keyOf(target.id, contentHash),
    },
  })
  if (!acted) return nothing
  if (acted.done.length === 0) {
    const message = await refusalWords(found, acted.refused, asked, deps)
    return { kind: 'problems', problems: [{ field: 'text', message }], written }
  }
  const approval = approvalWords(deps)
  if (approval) return say(`Edited: ${account}.${approval}`)
  return say(
    target.target.state.status === 'failed'
      ? `Edited and sending again: ${account}.`
      : `Edited: ${account}. It goes out at its time.`,
  )
}

/** A form waits for its answer, so a page that was not read before gets a moment only. */
const CARD_WITHIN_MS = 1_000

/** The card stays as it was while the link does, and its picture is kept. */
async function cardFor(
  edited: Content,
  { account, content: { card } }: StoredTarget,
  deps: HandleDeps,
): Promise<Content['card']> {
  const isSame = card?.url === deps.platforms.linkCard(account, edited)
  const thumb = card?.thumb?.id
  const isWhole = thumb === undefined || (await keptMedia(deps.database.orm, [thumb])).has(thumb)
  if (isSame && isWhole) return card as Content['card']
  const cards = await readCards(new Map([[account, edited]]), deps, CARD_WITHIN_MS)
  return cards.get(account)
}

/** In a channel with approvals, other words need a new one. */
function approvalOf({ rules }: HandleDeps): { approvalMs?: number } {
  return rules?.approvalMs === undefined ? {} : { approvalMs: rules.approvalMs }
}

/** The target that was meant, or the post's only failed one. */
function onlyOne({ target, targets }: Found): StoredTarget | undefined {
  if (target) return target
  const failed = targets.filter((one) => one.target.state.status === 'failed')
  return failed.length === 1 ? failed[0] : undefined
}
