import { z } from 'zod'
import type { Sandbox } from '../index.js'
import { FAULT_KINDS, type Fault, PLATFORM_NAMES, type StormPlan } from '../types.js'
import type { Body, Reply } from './exchange.js'

const platform = z.enum(PLATFORM_NAMES)
const optional = <T extends z.ZodType>(schema: T) => z.exactOptional(schema)

const faultSchema: z.ZodType<Fault & { platform: (typeof PLATFORM_NAMES)[number] }> =
  z.strictObject({
    platform,
    on: z.enum(['prepare', 'mutation', 'read', 'any']),
    when: z.enum(['before', 'after']),
    kind: z.enum(FAULT_KINDS),
    status: optional(z.int().min(300).max(599)),
    code: optional(z.int()),
    subcode: optional(z.int()),
    transient: optional(z.boolean()),
    delayMs: optional(z.int().min(0)),
    retryAfterS: optional(z.number().min(0)),
    times: z.union([z.int().min(1), z.literal('always')]),
    account: optional(z.string()),
  })

const stormKey = z
  .string()
  .regex(new RegExp(`^((prepare|mutation|read):)?(before|after|late):(${FAULT_KINDS.join('|')})$`))

const stormSchema = z.strictObject({
  seed: z.int(),
  rates: z.record(stormKey, z.number().min(0).max(1)),
  platforms: optional(z.array(platform)),
  delayMs: optional(z.int().min(0)),
  lateMs: optional(z.int().min(0)),
  retryAfterS: optional(z.number().min(0)),
})

const accountSchema = z.strictObject({ platform, account: z.string() })
const postSchema = z.strictObject({ platform, id: z.string() })
const filterSchema = z.object({ platform: optional(platform), account: optional(z.string()) })

/**
 * Drives a sandbox from another process, under `/_sandbox/`: GET live, GET requests, POST and
 * DELETE faults, POST and DELETE storm, POST remove, revoke, restore, reset. JSON in and out.
 */
export function answerControl(sandbox: Sandbox, method: string, target: URL, body: Body): Reply {
  const done: Reply = { status: 200, body: { ok: true } }
  const input = body.type === 'json' ? body.value : {}
  try {
    const filter = filterSchema.parse(Object.fromEntries(target.searchParams))
    switch (`${method} ${target.pathname.replace('/_sandbox/', '')}`) {
      case 'GET live':
        return { status: 200, body: sandbox.live(filter.platform, filter.account) }
      case 'GET requests':
        return { status: 200, body: sandbox.requests(filter.platform) }
      case 'POST faults': {
        const { platform: name, ...fault } = faultSchema.parse(input)
        sandbox.addFault(name, fault)
        return done
      }
      case 'DELETE faults':
        sandbox.clearFaults(filter.platform)
        return done
      case 'POST storm':
        sandbox.storm(stormSchema.parse(input) as StormPlan)
        return done
      case 'DELETE storm':
        sandbox.storm(undefined)
        return done
      case 'POST remove': {
        const { platform: name, id } = postSchema.parse(input)
        return { status: 200, body: { ok: true, removed: sandbox.remove(name, id) } }
      }
      case 'POST revoke':
      case 'POST restore': {
        const { platform: name, account } = accountSchema.parse(input)
        sandbox[target.pathname.endsWith('revoke') ? 'revoke' : 'restore'](name, account)
        return done
      }
      case 'POST reset':
        sandbox.reset()
        return done
      default:
        return { status: 404, body: { ok: false, error: 'unknown control path' } }
    }
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    return { status: 400, body: { ok: false, error: z.prettifyError(error) } }
  }
}
