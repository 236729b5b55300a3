import type { AnyComponent, Interactive, MessageComponent } from './validate/components.js'

/** Every component of a message, parents before children, in the order Discord numbers them. */
export function walkComponents(components: readonly MessageComponent[]): AnyComponent[] {
  return components.flatMap((component): AnyComponent[] => {
    switch (component.type) {
      case 1:
        return [component, ...component.components]
      case 9:
        return [component, ...component.components, component.accessory]
      case 17:
        return [component, ...walkComponents(component.components)]
      default:
        return [component]
    }
  })
}

/** The buttons and menus among them that have a `custom_id`. */
export function interactiveComponents(components: readonly MessageComponent[]): Interactive[] {
  return walkComponents(components).filter(
    (component): component is Interactive => 'custom_id' in component && !!component.custom_id,
  )
}

/** All text of a Components V2 message. */
export function textOf(components: readonly MessageComponent[]): string {
  return walkComponents(components)
    .map((component) => (component.type === 10 ? component.content : ''))
    .join('')
}

/** What Discord writes where the app wrote nothing. */
const DEFAULTS: Record<number, object> = {
  3: { min_values: 1, max_values: 1 },
  5: { min_values: 1, max_values: 1 },
  6: { min_values: 1, max_values: 1 },
  7: { min_values: 1, max_values: 1 },
  8: { min_values: 1, max_values: 1 },
  14: { divider: true, spacing: 1 },
  17: { accent_color: null, spoiler: false },
}

/** Components as the API shows them: every one with a numeric id and its defaults, without nulls. */
export function completeComponents(components: readonly MessageComponent[]): MessageComponent[] {
  const complete = withoutNulls([...components])
  const all = walkComponents(complete)
  const taken = new Set(all.map(({ id }) => id).filter(Boolean))
  let next = 1
  for (const component of all) {
    Object.assign(component, { ...DEFAULTS[component.type], ...component })
    if (component.id) continue
    while (taken.has(next)) next += 1
    component.id = next
    taken.add(next)
  }
  return complete
}

/** A deep copy that leaves out what is null, as the API does where null means nothing. */
export function withoutNulls<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (_key, inner: unknown) => inner ?? undefined))
}
