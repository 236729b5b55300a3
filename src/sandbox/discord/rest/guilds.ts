import { activeThreads, channelsOf, guildOf, may } from '../access.js'
import { refusal } from '../errors.js'
import { toGuild } from '../guild-view.js'
import { type Route, route } from '../router.js'

/** Guilds, and who and what is in them. */
export const guildRoutes: Route[] = [
  route('GET /guilds/:guild', 'bot', (world, { params }) => ({
    status: 200,
    body: toGuild(world, guildOf(world, params.guild), false),
  })),
  route('GET /guilds/:guild/channels', 'bot', (world, { params }) => ({
    status: 200,
    body: channelsOf(world, guildOf(world, params.guild).id),
  })),
  route('GET /guilds/:guild/threads/active', 'bot', (world, { params }) => ({
    status: 200,
    body: {
      threads: activeThreads(world, guildOf(world, params.guild).id).filter((thread) =>
        may(world, thread, world.bot.id, 'VIEW_CHANNEL'),
      ),
      members: [],
      has_more: false,
    },
  })),
  route('GET /guilds/:guild/roles', 'bot', (world, { params }) => ({
    status: 200,
    body: guildOf(world, params.guild).roles,
  })),
  route('GET /guilds/:guild/roles/:role', 'bot', (world, { params }) => {
    const role = guildOf(world, params.guild).roles.find(({ id }) => id === params.role)
    if (!role) throw refusal('unknownRole')
    return { status: 200, body: role }
  }),
  route('GET /guilds/:guild/members/:user', 'bot', (world, { params }) => {
    const member = guildOf(world, params.guild).members.get(params.user)
    if (!member) throw refusal(world.users.has(params.user) ? 'unknownMember' : 'unknownUser')
    return { status: 200, body: member }
  }),
]
