import type { webApi } from '@slack/bolt'
import type { Log } from '../../log.js'
import type { Membership } from '../permit.js'

const KNOWN_FOR_MS = 60_000
const PAGE_SIZE = 1_000
const MOST_PAGES = 10

/**
 * Who belongs to Slack's user groups (`group:S…`) and channels (`channel:C…`); remembered for a
 * minute. Needs the scopes usergroups:read, channels:read and groups:read.
 */
export function createGroups(parts: {
  client: webApi.WebClient
  now: () => number
  log: Log
}): (userId: string, among: readonly string[]) => Promise<Membership> {
  const { client, now, log } = parts
  const known = new Map<string, { until: number; members: Promise<Members> }>()

  async function ask(who: string): Promise<ReadonlySet<string>> {
    const id = who.slice(who.indexOf(':') + 1)
    if (who.startsWith('group:')) {
      const { users = [] } = await client.usergroups.users.list({ usergroup: id })
      return new Set(users)
    }
    const members = new Set<string>()
    let cursor: string | undefined
    for (let page = 0; page < MOST_PAGES; page++) {
      const answer = await client.conversations.members({
        channel: id,
        limit: PAGE_SIZE,
        ...(cursor === undefined ? {} : { cursor }),
      })
      for (const member of answer.members ?? []) members.add(member)
      cursor = answer.response_metadata?.next_cursor || undefined
      if (cursor === undefined) break
    }
    return members
  }

  function membersOf(who: string): Promise<Members> {
    const remembered = known.get(who)
    if (remembered && remembered.until > now()) return remembered.members
    const members = ask(who).catch((error: Error) => {
      known.delete(who)
      log.warn({ who, error: error.message }, 'Slack does not tell who belongs to it')
      return undefined
    })
    known.set(who, { until: now() + KNOWN_FOR_MS, members })
    return members
  }

  return async (userId, among) => {
    const asked = among.filter((who) => /^(group|channel):/.test(who))
    const lists = await Promise.all(asked.map(membersOf))
    return {
      is: new Set(asked.filter((_who, index) => lists[index]?.has(userId))),
      unknown: new Set(asked.filter((_who, index) => lists[index] === undefined)),
    }
  }
}

/** Undefined: Slack did not tell, and is asked again the next time. */
type Members = ReadonlySet<string> | undefined
