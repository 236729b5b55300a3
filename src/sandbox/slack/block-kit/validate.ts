import type { z } from 'zod'
import { type JsonObject, SlackApiError } from '../types.js'
import { type Modal, messageBlocks, modal } from './blocks.js'
import { limits } from './limits.js'

/**
 * Checks a message's blocks and fills in the ids Slack would generate.
 * @throws SlackApiError `invalid_blocks`, with a message naming the path, or `msg_blocks_too_long`
 */
export function checkMessageBlocks(blocks: unknown, newId: () => string): JsonObject[] {
  const parsed = parse(messageBlocks, blocks, '/blocks', 'invalid_blocks')
  const problems = [...duplicates(parsed, '/blocks'), ...messageOnly(parsed)]
  if (problems.length > 0) throw new SlackApiError('invalid_blocks', problems)
  if (textLength(parsed) > limits.messageBlocksText) throw new SlackApiError('msg_blocks_too_long')
  return withIds(parsed, newId)
}

/**
 * Checks a modal and fills in the ids Slack would generate.
 * @throws SlackApiError `invalid_arguments`, with a message naming the path, or `view_too_large`
 */
export function checkModal(view: unknown, newId: () => string): Modal & { blocks: JsonObject[] } {
  if (Buffer.byteLength(JSON.stringify(view) ?? '') > limits.viewBytes) {
    throw new SlackApiError('view_too_large')
  }
  const parsed = parse(modal, view, '/view', 'invalid_arguments')
  const problems = duplicates(parsed.blocks, '/view/blocks')
  if (elements(parsed.blocks).filter((e) => e.element.focus_on_load === true).length > 1) {
    problems.push(problem('only one element may set focus_on_load', '/view/blocks'))
  }
  if (problems.length > 0) throw new SlackApiError('invalid_arguments', problems)
  return { ...parsed, blocks: withIds(parsed.blocks, newId) } as Modal & { blocks: JsonObject[] }
}

/** All interactive elements of some blocks, with the block and the path they stand in. */
export function elements(
  blocks: readonly JsonObject[],
): { block: JsonObject; element: JsonObject; path: string }[] {
  return blocks.flatMap((block, b) => {
    const found: { block: JsonObject; element: JsonObject; path: string }[] = []
    const add = (element: unknown, path: string) => {
      if (isObject(element)) found.push({ block, element, path: `/${b}/${path}` })
    }
    if (block.type === 'actions' && Array.isArray(block.elements)) {
      for (const [i, element] of block.elements.entries()) add(element, `elements/${i}`)
    }
    const accessory = block.accessory
    if (isObject(accessory) && accessory.type !== 'image') add(accessory, 'accessory')
    if (block.type === 'input') add(block.element, 'element')
    return found
  })
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Parses a value with a schema.
 * @throws SlackApiError with the given code and one message per problem, in Slack's form
 */
export function parse<S extends z.ZodType>(
  schema: S,
  value: unknown,
  root: string,
  code: string,
): z.infer<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const details = result.error.issues.map((issue) =>
    problem(
      issue.code === 'invalid_union'
        ? `unsupported type: ${typeAt(value, issue.path)}`
        : issue.message,
      [root, ...issue.path].join('/'),
    ),
  )
  throw new SlackApiError(code, details)
}

const problem = (what: string, path: string) => `[ERROR] ${what} [json-pointer:${path}]`

function typeAt(value: unknown, path: readonly PropertyKey[]): string {
  let at: unknown = value
  for (const key of path) at = (at as Record<PropertyKey, unknown> | undefined)?.[key]
  return isObject(at) ? String(at.type) : String(at)
}

function duplicates(blocks: readonly JsonObject[], root: string): string[] {
  const problems: string[] = []
  const blockIds = new Set<unknown>()
  for (const [b, block] of blocks.entries()) {
    const id = block.block_id
    if (id !== undefined && blockIds.has(id)) {
      problems.push(problem(`block_id "${id}" already exists`, `${root}/${b}/block_id`))
    }
    blockIds.add(id)
    const actionIds = new Set<unknown>()
    for (const { element, path } of elements([block])) {
      const action = element.action_id
      if (action !== undefined && actionIds.has(action)) {
        const where = `${root}/${b}${path.slice(2)}/action_id`
        problems.push(problem(`action_id "${action}" already exists`, where))
      }
      actionIds.add(action)
    }
  }
  return problems
}

function messageOnly(blocks: readonly JsonObject[]): string[] {
  const fileInputs = elements(blocks).filter((e) => e.element.type === 'file_input')
  const problems = fileInputs.map((e) => problem('file_input needs a modal', `/blocks${e.path}`))
  const tables = blocks.filter((b) => b.type === 'table')
  if (tables.length > 1) problems.push(problem('only_one_table_allowed', '/blocks'))
  const markdown = blocks.filter((b) => b.type === 'markdown')
  if (textLength(markdown) > limits.markdown) {
    problems.push(problem('markdown blocks are too long together', '/blocks'))
  }
  return problems
}

function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, v) => sum + textLength(v), 0)
  if (!isObject(value)) return 0
  return Object.entries(value).reduce(
    (sum, [key, v]) => sum + (key === 'text' && typeof v === 'string' ? v.length : textLength(v)),
    0,
  )
}

function withIds(blocks: readonly JsonObject[], newId: () => string): JsonObject[] {
  const copy = structuredClone(blocks) as JsonObject[]
  for (const block of copy) block.block_id ??= newId()
  for (const { element } of elements(copy)) element.action_id ??= newId()
  return copy
}
