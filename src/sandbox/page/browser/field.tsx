import type { Snapshot } from '../changes.js'
import type { FieldValue } from './calls.js'
import { type Choice, choicesOf, fromLocalInput, toLocalInput } from './field-values.js'
import { FilePicker } from './file-picker.js'
import { OptionPicker } from './option-picker.js'

type Json = Record<string, unknown>
const textOf = (value: unknown) => String((value as Json | undefined)?.text ?? '')

export interface FieldProps {
  block: Json
  element: Json
  value: FieldValue
  error: string | undefined
  state: Snapshot
  me: string
  viewId: string
  onChange: (value: FieldValue) => void
}

/** One input block: label, control, hint, and what is wrong with it. */
export function Field(props: FieldProps) {
  const { block, error } = props
  const id = String(block.block_id)
  const describedBy = error ? `error-${id}` : undefined
  return (
    <div className={error ? 'field wrong' : 'field'} id={`field-${id}`}>
      <label htmlFor={`input-${id}`}>
        {textOf(block.label)}
        {block.optional === true && <span className="quiet"> (optional)</span>}
      </label>
      <Control {...props} id={`input-${id}`} describedBy={describedBy} />
      {block.hint !== undefined && <p className="quiet hint">{textOf(block.hint)}</p>}
      {error && (
        <p className="problem" id={describedBy} role="alert">
          {error}
        </p>
      )}
    </div>
  )
}

const inputTypes: Record<string, string> = {
  plain_text_input: 'text',
  url_text_input: 'url',
  email_text_input: 'email',
  number_input: 'text',
  datepicker: 'date',
  timepicker: 'time',
}

function Control(props: FieldProps & { id: string; describedBy: string | undefined }) {
  const { element, value, onChange, id, state, me, viewId } = props
  const type = String(element.type)
  const common = {
    id,
    'aria-invalid': props.error !== undefined,
    'aria-describedby': props.describedBy,
    placeholder: textOf(element.placeholder) || undefined,
  }
  const text = value === null ? '' : String(value)
  const list = Array.isArray(value) ? value : []

  if (type === 'plain_text_input' && element.multiline) {
    return <textarea {...common} rows={5} value={text} onChange={(e) => onChange(e.target.value)} />
  }
  if (type === 'datetimepicker') {
    return (
      <input
        {...common}
        type="datetime-local"
        value={typeof value === 'number' ? toLocalInput(value) : ''}
        onChange={(e) => onChange(fromLocalInput(e.target.value))}
      />
    )
  }
  if (type in inputTypes) {
    return (
      <input
        {...common}
        type={inputTypes[type]}
        value={text}
        onChange={(e) => onChange(e.target.value)}
      />
    )
  }
  if (type === 'file_input') {
    return <FilePicker {...common} element={element} me={me} ids={list} onChange={onChange} />
  }
  if (type === 'radio_buttons' || type === 'checkboxes') {
    return <Choices {...props} choices={choicesOf(element)} chosen={list.length ? list : [text]} />
  }
  return (
    <OptionPicker
      {...common}
      choices={idChoices(type, state) ?? choicesOf(element)}
      chosen={Array.isArray(value) ? value : text ? [text] : []}
      many={type.startsWith('multi_')}
      most={element.max_selected_items as number | undefined}
      search={
        type.endsWith('external_select')
          ? { user: me, viewId, actionId: String(element.action_id) }
          : undefined
      }
      onChange={onChange}
    />
  )
}

/** People and conversations are chosen from the workspace itself. */
function idChoices(type: string, state: Snapshot): Choice[] | undefined {
  if (type.endsWith('users_select')) {
    return state.users.map(({ id, realName }) => ({ value: id, label: realName }))
  }
  if (!/(channels|conversations)_select$/.test(type)) return undefined
  return state.channels.map(({ id, name }) => ({ value: id, label: `#${name}` }))
}

function Choices(props: FieldProps & { id: string; choices: Choice[]; chosen: string[] }) {
  const { element, choices, chosen, onChange, id } = props
  const many = element.type === 'checkboxes'
  return (
    <div className="choices" id={id} role={many ? 'group' : 'radiogroup'}>
      {choices.map(({ value, label, about }) => (
        <label key={value}>
          <input
            type={many ? 'checkbox' : 'radio'}
            name={id}
            checked={chosen.includes(value)}
            onChange={(event) => {
              const others = chosen.filter((v) => v && v !== value)
              onChange(many ? (event.target.checked ? [...others, value] : others) : value)
            }}
          />
          <span>{label}</span>
          {about && <span className="quiet">{about}</span>}
        </label>
      ))}
    </div>
  )
}
