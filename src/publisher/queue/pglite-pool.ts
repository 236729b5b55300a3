import { EventEmitter } from 'node:events'
import type { PGlite } from '@electric-sql/pglite'
import type { runMigrations } from 'bullmq'

type PoolClient = Parameters<typeof runMigrations>[0]

/**
 * The part of a node-postgres pool that BullMQ's Postgres backend uses, over the one connection of
 * an embedded engine. BullMQ's statements are each atomic (functions in the database), so sharing
 * the connection with the store is safe; it holds no transaction open between two calls.
 */
export function createPglitePool(pglite: PGlite): PoolClient & { end(): Promise<void> } {
  return new PglitePool(pglite) as unknown as PoolClient & { end(): Promise<void> }
}

class PglitePool extends EventEmitter {
  private readonly stops: (() => Promise<void>)[] = []
  /** Read by BullMQ: notifications here never go silent, so it may wait as long as it likes. */
  readonly options = { keepAlive: true }

  constructor(private readonly pglite: PGlite) {
    super()
    this.setMaxListeners(0)
  }

  async query(
    text: string,
    params?: readonly unknown[],
  ): Promise<{ rows: unknown[]; rowCount: number }> {
    const channel = /^\s*(?:--[^\n]*\n\s*)*LISTEN\s+(\w+)/i.exec(text)?.[1]
    if (channel) return this.listen(channel)
    if (params && params.length > 0) {
      const { rows, affectedRows } = await this.pglite.query(text, [...params])
      return { rows, rowCount: rows.length || (affectedRows ?? 0) }
    }
    const last = (await this.pglite.exec(text)).at(-1)
    return { rows: last?.rows ?? [], rowCount: last?.rows.length || (last?.affectedRows ?? 0) }
  }

  private async listen(channel: string): Promise<{ rows: unknown[]; rowCount: number }> {
    this.stops.push(
      await this.pglite.listen(channel, (payload) =>
        this.emit('notification', { channel, payload }),
      ),
    )
    return { rows: [], rowCount: 0 }
  }

  /** Every "client" is this one connection, with listeners of its own. */
  async connect(): Promise<PglitePool> {
    return new PglitePool(this.pglite)
  }

  release(): void {
    for (const stop of this.stops.splice(0)) void stop()
    this.removeAllListeners()
  }

  /** The engine belongs to the store, which closes it. */
  async end(): Promise<void> {
    this.release()
  }
}
