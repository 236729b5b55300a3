import { activeThreads, channelsOf } from './access.js'
import type { Guild } from './model.js'
import type { World } from './world.js'

/** The API's guild object; with `whole`, what GUILD_CREATE adds for a bot without GUILD_MEMBERS. */
export function toGuild(world: World, guild: Guild, whole: boolean): object {
  const { id, name, roles } = guild
  const plain = {
    id,
    name,
    roles,
    // Owners may do everything; so that nobody in a test can by accident, nobody is the owner.
    owner_id: guild.id,
    icon: null,
    splash: null,
    discovery_splash: null,
    banner: null,
    description: null,
    vanity_url_code: null,
    features: [],
    emojis: [],
    stickers: [],
    preferred_locale: 'en-US',
    region: 'deprecated',
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: 0,
    widget_enabled: false,
    widget_channel_id: null,
    rules_channel_id: null,
    public_updates_channel_id: null,
    safety_alerts_channel_id: null,
    home_header: null,
    incidents_data: null,
    application_id: null,
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    mfa_level: 0,
    nsfw: false,
    nsfw_level: 0,
    premium_tier: 0,
    premium_subscription_count: 0,
    premium_progress_bar_enabled: false,
    max_presences: null,
    max_members: 500_000,
    max_video_channel_users: 25,
    max_stage_video_channel_users: 50,
  }
  if (!whole) return plain
  const self = guild.members.get(world.bot.id)
  const members = world.privilegedIntents.has('GUILD_MEMBERS')
    ? [...guild.members.values()]
    : [self]
  return {
    ...plain,
    members,
    threads: activeThreads(world, id),
    channels: channelsOf(world, id),
    member_count: guild.members.size,
    joined_at: self?.joined_at,
    large: false,
    unavailable: false,
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  }
}
