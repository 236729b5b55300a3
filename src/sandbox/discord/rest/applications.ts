import { refusal } from '../errors.js'
import { type Route, route } from '../router.js'
import type { World } from '../world.js'

function application(world: World) {
  return {
    id: world.applicationId,
    name: world.bot.username,
    icon: null,
    description: '',
    type: null,
    bot: world.bot,
    bot_public: false,
    bot_require_code_grant: false,
    verify_key: '0'.repeat(64),
    flags: 0,
    flags_new: '0',
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    owner: world.bot,
    team: null,
    approximate_guild_count: [...world.guilds.values()].filter(({ hasBot }) => hasBot).length,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    eligible_oauth2_scopes: [],
  }
}

/** Who the bot is and where its gateway is. */
export const applicationRoutes: Route[] = [
  route('GET /applications/@me', 'bot', (world) => ({ status: 200, body: application(world) })),
  route('GET /oauth2/applications/@me', 'bot', (world) => ({
    status: 200,
    body: application(world),
  })),
  route('GET /users/@me', 'bot', (world) => ({
    status: 200,
    body: { ...world.bot, mfa_enabled: false, locale: 'en-US', verified: true, email: null },
  })),
  route('GET /users/:user', 'bot', (world, { params }) => {
    const user = world.users.get(params.user)
    if (!user) throw refusal('unknownUser')
    return { status: 200, body: user }
  }),
  route('GET /gateway', 'none', (world) => ({ status: 200, body: { url: gatewayUrl(world) } })),
  route('GET /gateway/bot', 'bot', (world) => ({
    status: 200,
    body: {
      url: gatewayUrl(world),
      shards: 1,
      session_start_limit: { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 1 },
    },
  })),
]

/** Where a client connects first. Sessions resume at `resumeUrl`. */
export function gatewayUrl(world: World): string {
  return `${world.baseUrl.replace(/^http/, 'ws')}/gateway`
}
