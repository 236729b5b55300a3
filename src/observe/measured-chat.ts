import type { Chat } from '../bot/chat.js'
import type { Metrics } from './metrics.js'

/** The same chat, with every call counted and timed. */
export function measuredChat(chat: Chat, metrics: Pick<Metrics, 'chatCall'>): Chat {
  const timed = async <T>(
    operation: string,
    call: Promise<T>,
    resultOf: (value: T) => string,
  ): Promise<T> => {
    const startedAt = performance.now()
    const end = (result: string) =>
      metrics.chatCall(chat.name, operation, result, performance.now() - startedAt)
    try {
      const value = await call
      end(resultOf(value))
      return value
    } catch (error) {
      end('error')
      throw error
    }
  }
  const kindOf = ({ kind }: { kind: string }) => kind
  return {
    ...chat,
    post: (message) => timed('post', chat.post(message), kindOf),
    edit: (message) => timed('edit', chat.edit(message), kindOf),
    find: (sought) => timed('find', chat.find(sought), kindOf),
    remove: (message) => timed('remove', chat.remove(message), () => 'done'),
  }
}
