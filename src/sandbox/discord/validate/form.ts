import { z } from 'zod'
import { type FormErrors, invalidForm } from '../errors.js'

type Issue = z.core.$ZodIssue

/**
 * Text of `min` to `max` UTF-16 units. Discord may count code points, which are never more, so
 * what passes here passes there.
 */
export function text(max: number, min = 0) {
  return z.string().superRefine((value, ctx) => {
    if (min > 0 && value.length === 0) complain(ctx, 'BASE_TYPE_REQUIRED', 'This field is required')
    else if (value.length >= min && value.length <= max) return
    else if (min > 0)
      complain(ctx, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`)
    else complain(ctx, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`)
  })
}

/** A URL of the given schemes, at most `max` long. */
export function link(max: number, schemes: readonly string[] = ['http', 'https']) {
  return text(max, 1).superRefine((value, ctx) => {
    const scheme = /^([a-z]+):\/\/\S+$/i.exec(value)?.[1]?.toLowerCase()
    if (scheme === undefined) complain(ctx, 'URL_TYPE_INVALID_URL', 'Not a well formed URL.')
    else if (!schemes.includes(scheme)) {
      const allowed = schemes.map((name) => `'${name}'`).join(', ')
      const message = `Scheme "${scheme}" is not supported. Scheme must be one of (${allowed}).`
      complain(ctx, 'URL_TYPE_INVALID_SCHEME', message)
    }
  })
}

/** A list of `min` to `max` items. */
export function list<T extends z.ZodType>(item: T, max: number, min = 0) {
  return z.array(item).superRefine((items, ctx) => {
    if (items.length >= min && items.length <= max) return
    complain(ctx, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`)
  })
}

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number) {
  return z.int().superRefine((value, ctx) => {
    if (value < min)
      complain(ctx, 'NUMBER_TYPE_MIN', `int value should be greater than or equal to ${min}.`)
    if (value > max)
      complain(ctx, 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${max}.`)
  })
}

/** One of a few values. */
export function oneOf<const T extends readonly (string | number)[]>(values: T) {
  return z.custom<T[number]>((value) => values.includes(value as T[number]), {
    error: () => `Value must be one of {${values.join(', ')}}.`,
    params: { code: 'BASE_TYPE_CHOICES' },
  })
}

/** An id. */
export const snowflake = z
  .union([z.string().regex(/^\d{1,20}$/), z.int().nonnegative()], {
    error: (issue) => `Value "${String(issue.input)}" is not snowflake.`,
  })
  .transform(String)

/** Adds one complaint with Discord's own error code, at `path` below the value being checked. */
export function complain(
  ctx: z.RefinementCtx,
  code: string,
  message: string,
  path: (string | number)[] = [],
): void {
  ctx.addIssue({ code: 'custom', message, path, params: { code } })
}

/**
 * Checks a request body.
 * @throws ApiError 50035 with one entry for every field that is wrong
 */
export function parseForm<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const errors: FormErrors = {}
  for (const issue of result.error.issues) place(errors, issue, body)
  throw invalidForm(errors)
}

function place(errors: FormErrors, issue: Issue, body: unknown): void {
  let node = errors
  for (const key of issue.path.map(String)) {
    const next = node[key]
    if (next !== undefined && !Array.isArray(next)) node = next
    else {
      const created: FormErrors = {}
      node[key] = created
      node = created
    }
  }
  const { _errors: known } = node
  node._errors = [...(Array.isArray(known) ? known : []), wordIssue(issue, valueAt(body, issue))]
}

function valueAt(body: unknown, issue: Issue): unknown {
  return issue.path.reduce<unknown>(
    (value, key) => (value === null ? undefined : Object(value)[key]),
    body,
  )
}

function wordIssue(issue: Issue, value: unknown): { code: string; message: string } {
  const { message } = issue
  if (issue.code === 'custom') {
    return { code: String(issue.params?.code ?? 'BASE_TYPE_INVALID'), message }
  }
  if (value === undefined || value === null) {
    return { code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }
  }
  if (issue.code === 'invalid_union') return { code: 'UNION_TYPE_CHOICES', message }
  if (issue.code !== 'invalid_type') return { code: 'BASE_TYPE_CHOICES', message }
  switch (issue.expected) {
    case 'object':
    case 'record':
      return {
        code: 'MODEL_TYPE_CONVERT',
        message: 'Only dictionaries may be used in a ModelType',
      }
    case 'array':
      return { code: 'LIST_TYPE_CONVERT', message: 'Only iterables may be used in a ListType' }
    case 'boolean':
      return { code: 'BOOLEAN_TYPE_CONVERT', message: 'Must be either true or false.' }
    case 'int':
    case 'number':
      return { code: 'NUMBER_TYPE_COERCE', message: `Value "${String(value)}" is not int.` }
    default:
      return { code: 'STRING_TYPE_CONVERT', message: `Could not interpret "${value}" as string.` }
  }
}
