import { decide } from '../../publisher/core/decide.js'
import { once } from '../../store/inbox.js'
import { lockTargets } from '../../store/lock-targets.js'
import { recordLink } from '../../store/record-link.js'
import { recordTransition } from '../../store/record-transition.js'
import { nothing, type Reply, say } from '../reply.js'
import type { Asked, Found } from './asked.js'
import type { HandleDeps } from './deps.js'

/** "Add the link", after somebody confirmed that a post is live: the form. */
export function askForLink({ target }: Found): Reply {
  if (!target) return say('A link belongs to one account: use the buttons in the thread.')
  return { kind: 'form', form: { kind: 'link', targetId: target.id, account: target.account } }
}

/** Keeps where a live post can be seen, when the platform did not tell. */
export async function linkSubmitted(
  { post, target }: Found,
  written: string,
  asked: Asked,
  deps: HandleDeps,
): Promise<Reply> {
  if (!target) return say('A link belongs to one account: use the buttons in the thread.')
  const link = written.trim()
  if (!/^https?:\/\/\S+$/i.test(link) || link.length > 2000 || !URL.canParse(link)) {
    const message = 'This is not an address that starts with http:// or https://.'
    return { kind: 'problems', problems: [{ field: 'link', message }], written }
  }
  const at = deps.now()
  const can = deps.platforms.capabilities(target.account)
  const { result, first } = await once(deps.database.orm, asked.key, at, async (tx) => {
    const stored = (await lockTargets(tx, post.id)).find(({ id }) => id === target.id)
    if (stored?.target.state.status !== 'published') return 'It is not live, so it has no link yet.'
    const { permalink } = stored.target.state
    if (permalink !== undefined) return `It has a link already: ${permalink}`
    // Who has the address has seen it live.
    const event = { type: 'sighted', at, sighting: { kind: 'live', permalink: link } } as const
    const decision = decide(stored.target, event, { policy: deps.policy, can })
    if (decision.kind === 'refused') return decision.why
    await recordTransition(tx, stored, event, decision)
    await recordLink(tx, stored, { link, who: asked.actor, at })
    return null
  })
  if (!first) return nothing
  if (result === null) return say(`The link stands in the thread of ${target.account} now.`)
  return { kind: 'problems', problems: [{ field: 'link', message: result }] }
}
