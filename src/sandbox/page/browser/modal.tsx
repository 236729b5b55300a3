import { useEffect, useRef, useState } from 'react'
import type { View } from '../../slack/types.js'
import type { Snapshot } from '../changes.js'
import { Blocks } from './blocks.js'
import { calls, type FieldValue } from './calls.js'
import { Field } from './field.js'
import { initialValue } from './field-values.js'

type Json = Record<string, unknown>
const textOf = (value: unknown) => String((value as Json | null)?.text ?? '')

/** The field the app wants to start with, or the first one. */
function firstInput({ blocks }: View): string {
  const inputs = blocks.filter((block) => block.type === 'input')
  const wanted = inputs.find((block) => (block.element as Json).focus_on_load === true)
  return `input-${(wanted ?? inputs[0])?.block_id}`
}

/** The open modal: its blocks, its fields, and what the app says about them. */
export function Modal(props: { view: View; state: Snapshot; me: string; theme: string }) {
  const { view, state, me, theme } = props
  const dialog = useRef<HTMLDialogElement>(null)
  const [values, setValues] = useState<Record<string, FieldValue>>({})
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)
  const focused = useRef(firstInput(view))
  useEffect(() => {
    dialog.current?.showModal()
    document.getElementById(focused.current)?.focus()
  }, [])

  async function attempt(work: () => Promise<unknown>): Promise<void> {
    setBusy(true)
    setProblem('')
    try {
      await work()
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'That did not work.')
    }
    setBusy(false)
  }

  const submit = () =>
    attempt(async () => {
      const answer = await calls.submit({ user: me, viewId: view.id, values })
      setErrors(answer.errors ?? {})
      if (answer.error && !answer.errors) {
        setProblem('We had some trouble connecting. Try again?')
      }
      const [first] = Object.keys(answer.errors ?? {})
      if (first) document.getElementById(`field-${first}`)?.scrollIntoView({ block: 'center' })
    })

  const close = () => attempt(() => calls.close({ user: me, viewId: view.id }))
  const press = (action: { actionId: string; value?: FieldValue }) =>
    attempt(() => calls.click({ user: me, target: view.id, values, ...action }))

  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-label={textOf(view.title)}
      onCancel={(event) => {
        event.preventDefault()
        void close()
      }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <header>
          <h2>{textOf(view.title)}</h2>
          <button type="button" className="ghost" aria-label="Close" onClick={close}>
            ✕
          </button>
        </header>
        <div className="fields">
          {view.blocks.map((block) => {
            const id = String(block.block_id)
            if (block.type !== 'input') {
              return (
                <Blocks key={id} blocks={[block]} state={state} theme={theme} onPress={press} />
              )
            }
            const element = block.element as Json
            return (
              <Field
                key={id}
                block={block}
                element={element}
                value={id in values ? (values[id] ?? null) : initialValue(view, block)}
                error={errors[id]}
                state={state}
                me={me}
                viewId={view.id}
                onChange={(value) => {
                  setValues((old) => ({ ...old, [id]: value }))
                  setErrors(({ [id]: _, ...rest }) => rest)
                  if (block.dispatch_action) {
                    void press({ actionId: String(element.action_id), value })
                  }
                }}
              />
            )
          })}
        </div>
        <footer>
          {problem && (
            <p className="problem" role="alert">
              {problem}
            </p>
          )}
          <button type="button" onClick={close}>
            {textOf(view.close) || 'Cancel'}
          </button>
          {view.submit !== null && (
            <button type="submit" className="primary" disabled={busy} aria-busy={busy}>
              {textOf(view.submit)}
            </button>
          )}
        </footer>
      </form>
    </dialog>
  )
}
