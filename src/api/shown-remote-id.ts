/**
 * A post's id as its platform says it. A message of Telegram is stored with the chat that it is in,
 * because each chat counts its own; Telegram's word for its id is the number alone. Pure.
 */
export function shownRemoteId(platform: string, remoteId: string): string {
  return platform === 'telegram' ? (remoteId.split('/').at(-1) ?? remoteId) : remoteId
}
