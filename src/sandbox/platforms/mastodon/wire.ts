import { type Call, isObject, Refused } from '../frame/exchange.js'

export function refuse(status: number, error: string): Refused {
  return new Refused({ status, body: { error } })
}

export function invalid(reason: string): Refused {
  return refuse(422, `Validation failed: ${reason}`)
}

/** Parameters of a JSON or form body; `name[]` becomes a list. */
export function paramsOf(call: Call): Record<string, unknown> {
  if (call.body.type === 'json' && isObject(call.body.value)) return call.body.value
  if (call.body.type === 'invalid') throw refuse(400, 'Bad request')
  if (call.body.type !== 'form') return {}
  const params: Record<string, unknown> = {}
  for (const [name, value] of call.body.fields) {
    const list = /^(\w+)\[\]$/.exec(name)?.[1]
    if (list === undefined) params[name] = value
    else params[list] = [...(Array.isArray(params[list]) ? params[list] : []), value]
  }
  return params
}

export function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value)
}
