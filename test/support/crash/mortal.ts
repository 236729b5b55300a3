import type { PGlite } from '@electric-sql/pglite'
import type { Chat } from '../../../src/bot/chat.js'
import type { Connector, Reader, Steps } from '../../../src/publisher/connectors/connector.js'
import type { Doorbell } from '../../../src/publisher/queue/queue.js'

/**
 * A process that dies at one chosen point. Every effect passes two points, one before and one
 * after it; from the death on, nothing it awaits ever comes back and nothing it starts happens.
 */
export interface Life {
  /** Points passed so far, such as `after write to targets 3`: the third time. */
  passed(): readonly string[]
  readonly dead: boolean
  /** Resolves when it dies. */
  readonly death: Promise<string>
  /** It dies at no point any more: what is under way comes to its end. */
  spare(): void
  effect<T>(name: string, act: () => Promise<T>): Promise<T>
}

/**
 * @param dieAt the point at which it dies; left out, it lives on. Points are named, because what runs
 * side by side (sweeps, bells) does not pass them in the same order each time.
 */
export function createLife(dieAt?: string): Life {
  const passed: string[] = []
  const times = new Map<string, number>()
  let dead = false
  let spared = false
  let told: (at: string) => void = () => {}
  const death = new Promise<string>((resolve) => {
    told = resolve
  })
  const point = async (name: string): Promise<void> => {
    if (dead) await never()
    const time = (times.get(name) ?? 0) + 1
    times.set(name, time)
    passed.push(`${name} ${time}`)
    if (spared || passed.at(-1) !== dieAt) return
    dead = true
    told(dieAt ?? '')
    await never()
  }
  return {
    passed: () => passed,
    get dead() {
      return dead
    },
    death,
    spare() {
      spared = true
    },
    async effect(name, act) {
      await point(`before ${name}`)
      const result = await act()
      await point(`after ${name}`)
      return result
    },
  }
}

function never(): Promise<never> {
  return new Promise(() => {})
}

/** The engine as a mortal process sees it: each write is an effect, and the dead hear nothing. */
export function mortalEngine(pglite: PGlite, life: Life): PGlite {
  const named = (statement: unknown) => {
    // A claim that is kept alive by the clock is not a step: to die there is to die in between.
    if (String(statement).includes('set "tell_lease_expires_at"')) return undefined
    const table = /(?:update|insert into|delete from)\s+"?pressroom"?\."?(\w+)/i.exec(
      String(statement),
    )
    return table ? `write to ${table[1]}` : undefined
  }
  return new Proxy(pglite, {
    get(target, property) {
      if (property === 'query') {
        return async (statement: string, ...rest: []) => {
          const name = named(statement)
          if (life.dead) await never()
          if (!name) return target.query(statement, ...rest)
          return life.effect(name, () => target.query(statement, ...rest))
        }
      }
      if (property === 'transaction') {
        return (work: Parameters<PGlite['transaction']>[0]) =>
          life.effect('transaction', () => target.transaction(work))
      }
      if (property === 'listen') {
        return (channel: string, hear: (payload: string) => void) =>
          target.listen(channel, (payload) => (life.dead ? undefined : hear(payload)))
      }
      const value: unknown = Reflect.get(target, property)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** Every request of an attempt, a poll or a look-up is an effect. */
export function mortalConnector(connector: Connector, life: Life): Connector {
  const mortalReader = (reader: Reader): Reader => ({
    ...reader,
    read: (request) => life.effect('read', () => reader.read(request)),
  })
  const mortalSteps = (steps: Steps): Steps => ({
    ...steps,
    ...mortalReader(steps),
    prepare: (request) => life.effect('preparing request', () => steps.prepare(request)),
    mutate: (request, handles) => life.effect('mutation', () => steps.mutate(request, handles)),
  })
  const { poll, lookUp, verify } = connector
  return {
    ...connector,
    publish: (request, steps) => connector.publish(request, mortalSteps(steps)),
    ...(poll && { poll: (request, reader) => poll(request, mortalReader(reader)) }),
    ...(lookUp && { lookUp: (doubt, reader) => lookUp(doubt, mortalReader(reader)) }),
    ...(verify && { verify: (post, reader) => verify(post, mortalReader(reader)) }),
  }
}

export function mortalDoorbell(queue: Doorbell, life: Life): Doorbell {
  return {
    ...queue,
    ring: (bells, now) =>
      bells.length === 0 ? Promise.resolve() : life.effect('bell', () => queue.ring(bells, now)),
    answer: (options, answer) =>
      queue.answer(options, (targetId) => (life.dead ? never() : answer(targetId))),
  }
}

export function mortalChat(chat: Chat, life: Life): Chat {
  return {
    name: chat.name,
    pace: { post: [], edit: [], find: [] },
    post: (message) => life.effect(`posting a ${message.card.kind}`, () => chat.post(message)),
    edit: (message) => life.effect(`editing a ${message.card.kind}`, () => chat.edit(message)),
    find: (sought) => life.effect('looking in the chat', () => chat.find(sought)),
    remove: (message) => life.effect('removing a message', () => chat.remove(message)),
  }
}
