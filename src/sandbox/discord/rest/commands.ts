import { guildOf } from '../access.js'
import { refusal } from '../errors.js'
import type { Command } from '../model.js'
import { type Route, type RouteRequest, route } from '../router.js'
import { type CommandFields, command, commandEdit, commandSet } from '../validate/command.js'
import { parseForm } from '../validate/form.js'
import type { World } from '../world.js'

interface Place {
  app: string
  guild?: string
  command?: string
}

const MOST_COMMANDS = 100

function commandsIn(world: World, { app, guild }: Place): Command[] {
  if (app !== world.applicationId) throw refusal('unknownApplication')
  if (guild !== undefined) guildOf(world, guild)
  return [...world.commands.values()].filter(({ guild_id }) => guild_id === guild)
}

function save(world: World, { guild }: Place, fields: CommandFields, id: string): Command {
  const made: Command = {
    ...fields,
    id,
    type: 1,
    application_id: world.applicationId,
    version: world.nextId(),
    options: fields.options ?? [],
    default_member_permissions: fields.default_member_permissions ?? null,
    ...(guild === undefined ? {} : { guild_id: guild }),
  }
  world.commands.set(id, made)
  return made
}

function one(world: World, place: Place): Command {
  const found = commandsIn(world, place).find(({ id }) => id === place.command)
  if (!found) throw refusal('unknownCommand')
  return found
}

/** PUT: the new set replaces the old one; a command keeps its id as long as it keeps its name. */
function replaceAll(world: World, place: Place, body: unknown): Command[] {
  const before = commandsIn(world, place)
  const wanted = parseForm(commandSet, body)
  for (const { id } of before) world.commands.delete(id)
  return wanted.map((fields) => {
    const known = before.find(({ name }) => name === fields.name)
    return save(world, place, fields, known?.id ?? world.nextId())
  })
}

/** POST: a command of the same name is overwritten, which answers 200 instead of 201. */
function create(world: World, place: Place, body: unknown) {
  const all = commandsIn(world, place)
  const fields = parseForm(command, body)
  const known = all.find(({ name }) => name === fields.name)
  if (!known && all.length >= MOST_COMMANDS) throw refusal('tooManyCommands')
  const made = save(world, place, fields, known?.id ?? world.nextId())
  return { status: known ? 200 : 201, body: made }
}

function edit(world: World, place: Place, body: unknown): Command {
  const current = one(world, place)
  const changes = parseForm(commandEdit, body)
  return save(world, place, parseForm(command, { ...current, ...changes }), current.id)
}

function routesAt(
  base: '/applications/:app/commands' | '/applications/:app/guilds/:guild/commands',
) {
  const changed = <T>(world: World, result: T): T => {
    world.hub.emit({ type: 'commands' })
    return result
  }
  const at = ({ params }: RouteRequest): Place => ({ app: '', ...params })
  return [
    route(`GET ${base}`, 'bot', (world, request) => ({
      status: 200,
      body: commandsIn(world, at(request)),
    })),
    route(`PUT ${base}`, 'bot', (world, request) => ({
      status: 200,
      body: changed(world, replaceAll(world, at(request), request.body)),
    })),
    route(`POST ${base}`, 'bot', (world, request) =>
      changed(world, create(world, at(request), request.body)),
    ),
    route(`GET ${base}/:command`, 'bot', (world, request) => ({
      status: 200,
      body: one(world, at(request)),
    })),
    route(`PATCH ${base}/:command`, 'bot', (world, request) => ({
      status: 200,
      body: changed(world, edit(world, at(request), request.body)),
    })),
    route(`DELETE ${base}/:command`, 'bot', (world, request) => {
      world.commands.delete(one(world, at(request)).id)
      return changed(world, { status: 204 })
    }),
  ]
}

/** Slash commands, global and for one guild. */
export const commandRoutes: Route[] = [
  ...routesAt('/applications/:app/commands'),
  ...routesAt('/applications/:app/guilds/:guild/commands'),
]
