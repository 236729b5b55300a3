import { deserialize, serialize } from 'node:v8'
import type { State } from './state.js'

/** What a workspace remembers over a restart: what was said, to all and to one. */
type Kept = Pick<State, 'channels' | 'ephemerals' | 'files' | 'ids'>

/** @returns bytes for {@link recall} */
export function remember({ channels, ephemerals, files, ids }: State): Uint8Array {
  const kept: Kept = { channels, ephemerals, files, ids }
  return serialize(kept)
}

/** Puts back what an earlier workspace remembered; channels it did not know stay as they are. */
export function recall(state: State, memory: Uint8Array): void {
  const kept: Kept = deserialize(memory)
  for (const [id, channel] of kept.channels) state.channels.set(id, channel)
  state.ephemerals.push(...kept.ephemerals)
  state.ids = kept.ids
  for (const [id, file] of kept.files) state.files.set(id, file)
}
