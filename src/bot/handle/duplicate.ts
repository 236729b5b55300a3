import { requestComparisons } from '../../store/comparisons.js'
import {
  askForRemoval,
  copiesOf,
  liveInChannel,
  openDuplicate,
  reportDuplicate,
  settleDuplicates,
} from '../../store/duplicates.js'
import { once } from '../../store/inbox.js'
import { loadPost } from '../../store/posts.js'
import type { StoredTarget } from '../../store/stored-target.js'
import { hear } from '../hear.js'
import { nothing, type Reply, say } from '../reply.js'
import { excerpt } from '../wording.js'
import type { Asked, Found } from './asked.js'
import type { HandleDeps } from './deps.js'
import { listOf } from './words.js'

const MONTH_MS = 31 * 86_400_000
const OFFERED = 5
/** Looking at an account takes a request or two for each of its newest posts. */
const WAIT_FOR_COMPARISON_MS = 8_000

/**
 * `/publish duplicate <link>`: looks whether there are two copies, and takes the person's word for
 * it where no machine can see.
 * @param found the post that it is a copy of, where that was said
 */
export async function reportedDuplicate(
  link: string,
  found: Found | undefined,
  asked: Asked,
  deps: HandleDeps,
): Promise<Reply> {
  const { orm } = deps.database
  const since = deps.now() - MONTH_MS
  const live = await liveInChannel(orm, asked.conversation, since)
  const own = live.find(({ target }) => isSameLink(linkOf(target.state), link))
  const meant = found ? onPlatformOf(link, targetsOf(found)) : []
  if (found && own && !meant.some(({ id }) => id === own.id)) return isItsOwn(own, link)
  const suspects = own ? [own] : found ? meant : onPlatformOf(link, live)
  if (suspects.length === 0) {
    const what = found ? 'no part of that post is live there' : 'nothing from here is live there'
    return say(`${link} is not known to me, and ${what}.`)
  }
  await compare([...new Set(suspects.map(({ account }) => account))], deps)
  for (const stored of suspects) {
    const open = await openDuplicate(orm, stored.id, stored.postId)
    const isIt = open && (own || copiesOf(open).some((copy) => isSameLink(copy.permalink, link)))
    if (isIt) return say(`Yes: ${stored.account} has it twice. Its thread says what can be done.`)
  }
  if (own) {
    return say(
      `That is the post itself, and I see no second one. If there is a copy, give me its link: duplicate <link of the copy> ${own.postId}.`,
    )
  }
  const [stored, another] = suspects
  if (!found || !stored || another) return whichOne(suspects, deps)
  const copies = [copyOf(stored), { permalink: link }]
  const at = deps.now()
  const { result: added, first } = await once(orm, asked.key, at, (tx) =>
    reportDuplicate(tx, stored, { copies, by: asked.actor, at }),
  )
  if (!first) return nothing
  return say(
    added
      ? `Recorded: ${stored.account} has ${stored.postId} twice. Its thread says what can be done.`
      : `A duplicate of ${stored.postId} on ${stored.account} is known already; its thread says what can be done.`,
  )
}

/** A link to a post of ours is no copy of another one: it was published on purpose. */
async function isItsOwn({ postId, account }: StoredTarget, link: string): Promise<Reply> {
  return say(`${link} is ${postId} on ${account}: a post of its own, published on purpose.`)
}

function targetsOf({ target, targets }: Found): StoredTarget[] {
  const list = target ? [target] : targets
  return list.filter((one) => one.target.state.status === 'published')
}

/** Links of one platform begin alike; where none is known, any may be meant. */
function onPlatformOf(link: string, targets: readonly StoredTarget[]): StoredTarget[] {
  const host = hostOf(link)
  return targets.filter(({ target: { state } }) => {
    const known = linkOf(state)
    return known === undefined ? targets.length === 1 : hostOf(known) === host
  })
}

function linkOf(state: StoredTarget['target']['state']): string | undefined {
  return state.status === 'published' ? state.permalink : undefined
}

function copyOf({ target: { state } }: StoredTarget) {
  if (state.status !== 'published') return {}
  const { remoteId, permalink } = state
  return { ...(remoteId ? { remoteId } : {}), ...(permalink ? { permalink } : {}) }
}

function hostOf(link: string): string {
  return URL.canParse(link) ? new URL(link).host.replace(/^www\./, '') : ''
}

function isSameLink(a: string | undefined, b: string): boolean {
  return a !== undefined && a.replace(/\/+$/, '') === b.replace(/\/+$/, '')
}

async function whichOne(suspects: readonly StoredTarget[], deps: HandleDeps): Promise<Reply> {
  const ids = [...new Set(suspects.map(({ postId }) => postId))].slice(0, OFFERED)
  const posts = await Promise.all(ids.map((id) => loadPost(deps.database.orm, id)))
  const lines = posts.flatMap((found) => {
    if (!found) return []
    const accounts = suspects
      .filter(({ postId }) => postId === found.post.id)
      .map(({ account }) => account)
    return [`• ${found.post.id} “${excerpt(found.post.text, 60)}” on ${listOf(accounts)}`]
  })
  return say(
    `I see no two copies of it. If it is one, say of which post: duplicate <link> <id>.\n${lines.join('\n')}`,
  )
}

async function compare(accounts: readonly string[], deps: HandleDeps): Promise<void> {
  const heard = await hear('pressroom_compared', deps.database)
  try {
    const now = deps.now()
    await requestComparisons(deps.database.orm, { now, notSince: now + 1, accounts })
    await heard.until(accounts, deps.waitForCheckMs ?? WAIT_FOR_COMPARISON_MS)
  } finally {
    await heard.end()
  }
}

/** "Delete the copy", after it was asked about once more. */
export async function deleteCopy(found: Found, asked: Asked, deps: HandleDeps): Promise<Reply> {
  const { target } = found
  if (!target) return onItsOwn
  const at = deps.now()
  const { result, first } = await once(deps.database.orm, asked.key, at, async (tx) => {
    if (!(await openDuplicate(tx, target.id, target.postId))) return 'There is one copy by now.'
    return (await askForRemoval(tx, target, asked.actor, at))
      ? `Deleting the copy on ${target.account}; the thread shows how that ends.`
      : 'The copy is being deleted already.'
  })
  return first ? say(result) : nothing
}

/** "Leave both": somebody looked, and it may stay so. */
export async function keepCopies(found: Found, asked: Asked, deps: HandleDeps): Promise<Reply> {
  const { target } = found
  if (!target) return onItsOwn
  const at = deps.now()
  const { result: settled, first } = await once(deps.database.orm, asked.key, at, (tx) =>
    settleDuplicates(tx, target, { resolution: 'kept', at, by: asked.actor }),
  )
  if (!first) return nothing
  return say(settled ? `Left as it is on ${target.account}.` : 'There is one copy by now.')
}

const onItsOwn = say('That is asked for each account on its own: use the buttons in the thread.')
