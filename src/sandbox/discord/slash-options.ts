import { keepFiles } from './files.js'
import type { Attachment, Channel, Command, Member, Role, Upload, User } from './model.js'
import type { CommandOption, ValueOption } from './validate/command.js'
import type { World } from './world.js'

/** A value a person gives: text, number, yes or no, the id of somebody or something, or a file. */
export type OptionValue = string | number | boolean | Upload

export interface Resolved {
  users?: Record<string, User>
  members?: Record<string, Omit<Member, 'user'>>
  channels?: Record<string, Channel>
  roles?: Record<string, Role>
  attachments?: Record<string, Attachment>
}

export interface SlashInput {
  /** `name`, or `group name` for a subcommand in a group. */
  subcommand?: string
  options?: Record<string, OptionValue>
  /** The option being typed, for autocomplete only. */
  focused?: string
}

/**
 * What a Discord client sends for a slash command. Like a client, it does not let a person send
 * what the command does not take.
 * @throws Error that says which option is missing, unknown or out of bounds
 */
export function slashData(
  world: World,
  command: Command,
  channel: Channel,
  input: SlashInput,
): object {
  const path = input.subcommand?.split(' ') ?? []
  const accepted = optionsAt(command, path)
  const given = input.options ?? {}
  const resolved: Resolved = {}
  for (const name of Object.keys(given)) {
    if (accepted.some((option) => option.name === name)) continue
    throw new Error(`/${command.name} takes no option "${name}"`)
  }
  const values = accepted.flatMap((option): object[] => {
    const value = given[option.name]
    const isFocused = input.focused === option.name
    if (value === undefined && !isFocused) {
      // While a person still types, required options may be empty.
      if (!option.required || input.focused !== undefined) return []
      throw new Error(`/${command.name} needs the option "${option.name}"`)
    }
    const { type, name } = option
    if (isFocused) return [{ type, name, value: value ?? '', focused: true }]
    return [{ type, name, value: accept(world, channel, option, value, resolved) }]
  })
  const options = path.reduceRight<object[]>((inner, name, depth) => {
    const isGroup = path.length === 2 && depth === 0
    return [{ type: isGroup ? 2 : 1, name, options: inner }]
  }, values)
  const { id, name, guild_id } = command
  const found = Object.keys(resolved).length > 0 ? { resolved } : {}
  return { id, name, type: 1, options, ...(guild_id ? { guild_id } : {}), ...found }
}

function optionsAt(command: Command, path: string[]): readonly ValueOption[] {
  let options: readonly CommandOption[] = command.options ?? []
  for (const name of path) {
    const next = options.find((option) => option.name === name)
    if (next?.type !== 1 && next?.type !== 2) {
      throw new Error(`/${command.name} has no subcommand "${path.join(' ')}"`)
    }
    options = next.options ?? []
  }
  return options.map((option) => {
    if (option.type !== 1 && option.type !== 2) return option
    throw new Error(`/${command.name} can only be used with a subcommand`)
  })
}

function accept(
  world: World,
  channel: Channel,
  option: ValueOption,
  value: OptionValue | undefined,
  resolved: Resolved,
): string | number | boolean {
  const refuse = (why: string) => new Error(`option "${option.name}" ${why}`)
  switch (option.type) {
    case 3: {
      if (typeof value !== 'string') throw refuse('takes text')
      const { min_length, max_length } = option
      if (value.length < (min_length ?? 0)) throw refuse(`has at least ${min_length} characters`)
      if (value.length > (max_length ?? 6000)) throw refuse(`has at most ${max_length} characters`)
      return chosen(option, value, refuse)
    }
    case 4:
    case 10: {
      if (typeof value !== 'number') throw refuse('takes a number')
      const { min_value, max_value } = option
      if (option.type === 4 && !Number.isInteger(value)) throw refuse('takes a whole number')
      if (value < (min_value ?? -Infinity)) throw refuse(`is at least ${min_value}`)
      if (value > (max_value ?? Infinity)) throw refuse(`is at most ${max_value}`)
      return chosen(option, value, refuse)
    }
    case 5:
      if (typeof value !== 'boolean') throw refuse('takes true or false')
      return value
    case 11: {
      if (typeof value !== 'object') throw refuse('takes a file')
      const [attachment] = upload(world, channel, [value])
      if (!attachment) throw refuse('takes a file')
      resolved.attachments = { ...resolved.attachments, [attachment.id]: attachment }
      return attachment.id
    }
    default: {
      if (typeof value !== 'string') throw refuse('takes an id')
      if (!resolveEntity(world, channel, value, resolved)) throw refuse(`names nobody: ${value}`)
      return value
    }
  }
}

function chosen<T extends string | number>(
  { choices }: ValueOption,
  value: T,
  refuse: (why: string) => Error,
): T {
  if (!choices?.length || choices.some((choice) => choice.value === value)) return value
  throw refuse(`is one of ${choices.map((choice) => choice.value).join(', ')}`)
}

/** Adds the user, role or channel with this id to `resolved`; false when there is none. */
export function resolveEntity(world: World, at: Channel, id: string, resolved: Resolved): boolean {
  const guild = world.guilds.get(at.guild_id)
  const found = guild?.members.get(id)
  const role = guild?.roles.find((one) => one.id === id)
  const channel = world.channels.get(id)
  if (found) {
    const { user, ...member } = found
    resolved.users = { ...resolved.users, [id]: user }
    resolved.members = { ...resolved.members, [id]: member }
  }
  if (role) resolved.roles = { ...resolved.roles, [id]: role }
  if (channel) resolved.channels = { ...resolved.channels, [id]: channel }
  return found !== undefined || role !== undefined || channel !== undefined
}

/** Keeps the files a person uploads. They are ephemeral: only the app gets the links. */
export function upload(world: World, channel: Channel, files: Upload[], ephemeral = true) {
  const received = files.map(({ name, data, contentType }, index) => ({
    index,
    filename: name,
    contentType: contentType ?? 'application/octet-stream',
    data: typeof data === 'string' ? new TextEncoder().encode(data) : data,
  }))
  const described = files.map(({ description }, index) => ({ id: `${index}`, description }))
  return keepFiles(world, channel.id, received, described, ephemeral)
}
