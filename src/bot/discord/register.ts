import { DiscordAPIError, type REST, Routes } from 'discord.js'
import { z } from 'zod'
import { COMMANDS } from './commands.js'

const optionSchema = z.looseObject({ type: z.number(), name: z.string() })
const registeredSchema = z.array(z.looseObject({ type: z.number().optional(), name: z.string() }))
type Registered = z.infer<typeof registeredSchema>[number]

/**
 * Registers the commands when what Discord has differs from what they should be; commands of other
 * programs that share the application stay.
 * @returns whether anything was registered
 * @see https://docs.discord.com/developers/interactions/application-commands#bulk-overwrite-global-application-commands
 */
export async function registerCommands(rest: REST, applicationId: string): Promise<boolean> {
  const path = Routes.applicationCommands(applicationId)
  const registered = await loadRegistered(rest, path)
  const others = registered.filter((one) => !COMMANDS.some((wanted) => isSame(one, wanted)))
  const own = COMMANDS.map((wanted) => registered.find((one) => isSame(one, wanted)))
  const isCurrent = COMMANDS.every((wanted, index) => {
    const current = own[index]
    return current !== undefined && shapeOf(current, current) === shapeOf(wanted, current)
  })
  if (isCurrent) return false
  await rest.put(path, { body: [...others, ...COMMANDS] })
  return true
}

/** What is registered; nothing where the API does not list it, because writing it is what counts. */
async function loadRegistered(rest: REST, path: `/${string}`): Promise<Registered[]> {
  try {
    return registeredSchema.parse(await rest.get(path))
  } catch (error) {
    if (error instanceof DiscordAPIError && NOT_LISTED.has(error.status)) return []
    throw error
  }
}

const NOT_LISTED: ReadonlySet<number> = new Set([404, 405])

const CHAT_INPUT = 1

/** Commands that people type are told apart by their names. */
function isSame({ type = CHAT_INPUT, name }: Registered, wanted: { name: string }): boolean {
  return type === CHAT_INPUT && name === wanted.name
}

/**
 * What a person would notice of a command, in one text. Discord leaves out what has its default
 * value, and answers with fields of its own.
 */
function shapeOf(command: object, registered: Registered): string {
  const { name, description, options, contexts } = command as Record<string, unknown>
  // Older servers of the API know no contexts; what they cannot keep is not registered again.
  const where = registered.contexts ? { contexts } : {}
  return JSON.stringify({ name, description, ...where, options: shapesOf(options) })
}

function shapesOf(options: unknown): object[] {
  const list = z.array(optionSchema).nullish().parse(options) ?? []
  return list.map((option) => ({
    type: option.type,
    name: option.name,
    description: option.description,
    required: option.required ?? false,
    autocomplete: option.autocomplete ?? false,
    options: shapesOf(option.options),
  }))
}
