export type { Actor } from './actor.js'
export type { Faults } from './faults.js'
export type { DisconnectReason } from './socket-mode.js'
export type { RateLimitMode, SlashCommand, StoredFile, WorkspaceOptions } from './state.js'
export type {
  ApiCall,
  Delivery,
  Ephemeral,
  JsonObject,
  Message,
  MessageMetadata,
  SlackEvents,
  SlackFile,
  SlackUser,
  View,
} from './types.js'
export type { FieldValue } from './view-values.js'
export { createSlackWorkspace, type SlackWorkspace } from './workspace.js'
