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

/** Gives every component the numeric id Discord assigns when the app gave none. */
export function numberComponents(components: readonly MessageComponent[]): MessageComponent[] {
  const numbered = structuredClone([...components])
  const all = walkComponents(numbered)
  const taken = new Set(all.map(({ id }) => id).filter(Boolean))
  let next = 1
  for (const component of all) {
    if (component.id) continue
    while (taken.has(next)) next += 1
    component.id = next
    taken.add(next)
  }
  return numbered
}
