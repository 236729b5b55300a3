import type { Settings } from '../config.js'
import { readSettings } from '../config.js'
import type { Database } from '../store/database.js'
import type { CommandContext } from './command.js'
import { withStore } from './with-store.js'

/** The running program refused, or there is none that answers. */
export class ProgramRefusedError extends Error {
  override readonly name = 'ProgramRefusedError'
}

/** Asks the program that runs with the same configuration, over its HTTP API. */
export type AskProgram = (
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  json?: unknown,
) => Promise<unknown>

/**
 * Works on the store; while a running program holds the embedded one, asks that program instead.
 * @throws ProgramRefusedError, and what `withStore` throws
 */
export async function inStoreOrProgram<T>(
  context: Pick<CommandContext, 'environment'>,
  inStore: (database: Database, settings: Settings) => Promise<T>,
  inProgram: (ask: AskProgram) => Promise<T>,
): Promise<T> {
  try {
    return await withStore(context, inStore)
  } catch (error) {
    if ((error as Error).name !== 'FolderInUseError') throw error
    const settings = readSettings(context.environment)
    if (settings.apiToken === null) {
      const { message } = error as Error
      throw new ProgramRefusedError(
        `${message} Set PRESSROOM_API_TOKEN for both, and this command asks the running program.`,
      )
    }
    return inProgram(askOf(settings.port, settings.apiToken))
  }
}

function askOf(port: number, token: string): AskProgram {
  return async (method, path, json) => {
    let response: Response
    try {
      response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      })
    } catch {
      throw new ProgramRefusedError(
        `A running program holds the store, and does not answer on port ${port}. Set PORT to its port, or stop it first.`,
      )
    }
    const body = (await response.json().catch(() => undefined)) as { detail?: string } | undefined
    if (response.ok) return body
    throw new ProgramRefusedError(
      `The running program on port ${port} refused: ${body?.detail ?? `status ${response.status}`}`,
    )
  }
}
