import { and, asc, eq, inArray, lt, notInArray, sql } from 'drizzle-orm'
import type { Orm } from './database.js'
import { requests } from './schema.js'

export type StoredRequest = typeof requests.$inferSelect

export interface NewRequest {
  readonly key: string
  readonly chat: string
  readonly sealed: string
  readonly at: number
  readonly holder: string
  readonly heldUntil: number
}

/** Writes requests down that do not stand there. @returns the keys of these */
export async function writeRequests(
  orm: Orm,
  all: readonly NewRequest[],
): Promise<ReadonlySet<string>> {
  const written = await orm
    .insert(requests)
    .values(all.map(rowOf))
    .onConflictDoNothing()
    .returning({ key: requests.key })
  return new Set(written.map(({ key }) => key))
}

/** The same, whoever held it before. */
export async function seizeRequest(orm: Orm, request: NewRequest): Promise<void> {
  const { holder, heldUntil } = rowOf(request)
  await orm
    .insert(requests)
    .values(rowOf(request))
    .onConflictDoUpdate({ target: requests.key, set: { holder, heldUntil } })
}

function rowOf({ at, heldUntil, ...request }: NewRequest) {
  return { ...request, at: new Date(at), heldUntil: new Date(heldUntil) }
}

/** Keeps others from taking these up. */
export async function renewRequests(
  orm: Orm,
  keys: readonly string[],
  holder: string,
  heldUntil: number,
): Promise<void> {
  await orm
    .update(requests)
    .set({ heldUntil: new Date(heldUntil) })
    .where(and(inArray(requests.key, [...keys]), eq(requests.holder, holder)))
}

/** Takes up what nobody sees to any more, the oldest first, each by one process. */
export async function takeRequests(
  orm: Orm,
  by: {
    chats: readonly string[]
    holder: string
    now: number
    heldUntil: number
    limit: number
    /** What the holder is at itself, though it could not say so in time. */
    except: readonly string[]
  },
): Promise<StoredRequest[]> {
  const left = orm
    .select({ key: requests.key })
    .from(requests)
    .where(
      and(
        inArray(requests.chat, [...by.chats]),
        lt(requests.heldUntil, new Date(by.now)),
        notInArray(requests.key, [...by.except]),
      ),
    )
    .orderBy(asc(requests.at))
    .limit(by.limit)
    .for('update', { skipLocked: true })
  return orm
    .update(requests)
    .set({
      holder: by.holder,
      heldUntil: new Date(by.heldUntil),
      taken: sql`${requests.taken} + 1`,
    })
    .where(inArray(requests.key, left))
    .returning()
}

/** Crosses requests off that are still this holder's. */
export async function forgetRequests(
  orm: Orm,
  keys: readonly string[],
  holder: string,
): Promise<void> {
  await orm
    .delete(requests)
    .where(and(inArray(requests.key, [...keys]), eq(requests.holder, holder)))
}

/** Those of a chat that this installation does not have any more. */
export async function forgetOldRequests(orm: Orm, before: number): Promise<void> {
  await orm.delete(requests).where(lt(requests.at, new Date(before)))
}
