import type { APIApplicationCommandOptionChoice } from 'discord.js'
import { recentPosts } from '../../store/posts.js'
import { countsOf } from '../card.js'
import { type HandleDeps, searchAccounts } from '../handle.js'
import { excerpt, headline, shorten } from '../wording.js'
import type { Incoming } from './parse.js'
import type { Typed } from './parse-options.js'

type Choice = APIApplicationCommandOptionChoice<string>

/** @see https://docs.discord.com/developers/interactions/application-commands#autocomplete */
const MOST_CHOICES = 25
const LONGEST_CHOICE = 100

/** What could stand in the option that is being typed. */
export async function suggest(
  { focused, given }: Typed,
  conversation: Incoming['conversation'],
  deps: HandleDeps,
): Promise<Choice[]> {
  const typed = (focused && given.get(focused)) ?? ''
  switch (focused) {
    case 'to':
      return suggestAccounts(typed, (query) => searchAccounts(query, deps))
    case 'id':
      return suggestPosts(typed, conversation, deps)
    case 'period':
      return fitting(['this week', 'last week'].filter((one) => one.startsWith(typed.trim())))
    default:
      return []
  }
}

/** Completes the last of several names; those before it stay, and are not offered again. */
async function suggestAccounts(
  typed: string,
  search: (query: string) => Promise<readonly { name: string }[]>,
): Promise<Choice[]> {
  const parts = typed.split(',').map((name) => name.trim())
  const last = parts.at(-1) ?? ''
  const before = parts.slice(0, -1).filter((name) => name !== '')
  const found = (await search(last)).map(({ name }) => name)
  const offered = found.filter((name) => !before.includes(name))
  return fitting(offered.map((name) => [...before, name].join(', ')))
}

async function suggestPosts(
  typed: string,
  conversation: Incoming['conversation'],
  { database }: HandleDeps,
): Promise<Choice[]> {
  const wanted = typed.trim().toLowerCase()
  const recent = await recentPosts(database.orm, conversation, MOST_CHOICES)
  return recent
    .map(({ post, targets }) => ({
      name: `${post.id} ${excerpt(post.text, 40)} (${headline(countsOf(targets))})`,
      value: post.id,
    }))
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .map(({ name, value }) => ({ name: shorten(name, LONGEST_CHOICE), value }))
}

/** A choice that would be cut is none. */
function fitting(values: readonly string[]): Choice[] {
  return values
    .filter((value) => value.length <= LONGEST_CHOICE)
    .slice(0, MOST_CHOICES)
    .map((value) => ({ name: value, value }))
}
