import { useEffect, useRef, useState } from 'react'
import { calls, type FieldValue } from './calls.js'
import { type Choice, toChoices } from './field-values.js'

/** A select with search: one choice or many, listed by the form or asked from the app. */
export function OptionPicker(props: {
  id: string
  'aria-invalid': boolean
  'aria-describedby': string | undefined
  placeholder: string | undefined
  choices: Choice[]
  chosen: string[]
  many: boolean
  most: number | undefined
  /** Set when the app is asked for the options. */
  search: { user: string; viewId: string; actionId: string } | undefined
  onChange: (value: FieldValue) => void
}) {
  const { id, chosen, many, most, search, onChange } = props
  const [query, setQuery] = useState('')
  const [open, setOpen] = useState(false)
  const [at, setAt] = useState(0)
  const [found, setFound] = useState<Choice[]>([])
  const [known, setKnown] = useState<Choice[]>(props.choices)
  const input = useRef<HTMLInputElement>(null)
  const asked = useRef(0)

  const wanted = search && open ? query : undefined
  const key = search && `${search.user} ${search.viewId} ${search.actionId}`
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for `search`, which is a new object at each render
  useEffect(() => {
    if (wanted === undefined || !search) return
    const turn = ++asked.current
    calls.suggest({ ...search, query: wanted }).then(
      ({ options }) => {
        if (turn !== asked.current) return
        const choices = toChoices(options ?? [])
        setFound(choices)
        setKnown((old) => toUnique([...old, ...choices]))
      },
      () => setFound([]),
    )
  }, [wanted, key])

  const labelOf = (value: string) =>
    [...props.choices, ...known].find((choice) => choice.value === value)?.label ?? value
  const matches = (choice: Choice) => choice.label.toLowerCase().includes(query.toLowerCase())
  const offered = (search ? found : props.choices.filter(matches)).filter(
    ({ value }) => !many || !chosen.includes(value),
  )
  const isFull = many && most !== undefined && chosen.length >= most

  function choose(choice: Choice | undefined): void {
    if (!choice || isFull) return
    onChange(many ? [...chosen, choice.value] : choice.value)
    setQuery('')
    setAt(0)
    setOpen(many)
  }

  function remove(value: string): void {
    onChange(many ? chosen.filter((v) => v !== value) : null)
    input.current?.focus()
  }

  function onKeyDown(event: React.KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const last = chosen.at(-1)
    if (step && offered.length > 0) {
      event.preventDefault()
      setOpen(true)
      setAt((at + step + offered.length) % offered.length)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      if (open) choose(offered[at])
    } else if (event.key === 'Escape' && open) {
      event.preventDefault()
      event.stopPropagation()
      setOpen(false)
    } else if (event.key === 'Backspace' && !query && last !== undefined) {
      remove(last)
    }
  }

  return (
    <fieldset
      className="picker"
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) setOpen(false)
      }}
    >
      <div className="chips">
        {chosen.map((value) => (
          <span className="chip" key={value}>
            {labelOf(value)}
            <button
              type="button"
              aria-label={`Remove ${labelOf(value)}`}
              onClick={() => remove(value)}
            >
              ✕
            </button>
          </span>
        ))}
        <input
          ref={input}
          id={id}
          role="combobox"
          autoComplete="off"
          aria-expanded={open}
          aria-controls={`${id}-list`}
          aria-activedescendant={open && offered[at] ? `${id}-${at}` : undefined}
          aria-invalid={props['aria-invalid']}
          aria-describedby={props['aria-describedby']}
          placeholder={chosen.length ? '' : (props.placeholder ?? 'Search…')}
          value={query}
          onFocus={() => setOpen(true)}
          onClick={() => setOpen(true)}
          onChange={(event) => {
            setQuery(event.target.value)
            setAt(0)
            setOpen(true)
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      {open && (
        <div className="options" role="listbox" id={`${id}-list`} tabIndex={-1}>
          {offered.map((choice, index) => (
            <button
              type="button"
              role="option"
              tabIndex={-1}
              id={`${id}-${index}`}
              key={choice.value}
              aria-selected={index === at}
              disabled={isFull}
              onClick={() => choose(choice)}
            >
              {choice.label}
              {choice.about && <span className="quiet">{choice.about}</span>}
            </button>
          ))}
          {offered.length === 0 && <p className="quiet">Nothing to choose</p>}
        </div>
      )}
    </fieldset>
  )
}

const toUnique = (choices: Choice[]) => [...new Map(choices.map((c) => [c.value, c])).values()]
