import { useState } from 'react'

/** State that outlives a reload of the page, as far as the browser lets us store it. */
export function useStored(key: string, initial: string): [string, (value: string) => void] {
  const name = `pressroom.${key}`
  const [value, setValue] = useState(() => localStorage.getItem(name) ?? initial)
  return [
    value,
    (next) => {
      localStorage.setItem(name, next)
      setValue(next)
    },
  ]
}
