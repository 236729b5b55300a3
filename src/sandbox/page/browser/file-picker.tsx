import { useState } from 'react'
import { calls, type FieldValue } from './calls.js'

/** Files for a form: chosen or dropped, uploaded at once, shown, removable. */
export function FilePicker(props: {
  id: string
  'aria-invalid': boolean
  'aria-describedby': string | undefined
  element: Record<string, unknown>
  me: string
  ids: string[]
  onChange: (value: FieldValue) => void
}) {
  const { element, me, ids, onChange } = props
  const [files, setFiles] = useState<Record<string, { name: string; mimetype: string }>>({})
  const [problem, setProblem] = useState('')
  const filetypes = element.filetypes as string[] | undefined

  async function add(chosen: FileList | null): Promise<void> {
    try {
      const added = await Promise.all([...(chosen ?? [])].map((file) => calls.upload(me, file)))
      setFiles((old) => ({ ...old, ...Object.fromEntries(added.map((file) => [file.id, file])) }))
      onChange([...ids, ...added.map((file) => file.id)])
      setProblem('')
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'The upload did not work.')
    }
  }

  return (
    <div className="files">
      {ids.map((fileId) => (
        <span className="chip file" key={fileId}>
          {files[fileId]?.mimetype.startsWith('image/') && (
            <img src={`page/files/${fileId}`} alt="" />
          )}
          {files[fileId]?.name ?? fileId}
          <button
            type="button"
            aria-label={`Remove ${files[fileId]?.name ?? fileId}`}
            onClick={() => onChange(ids.filter((id) => id !== fileId))}
          >
            ✕
          </button>
        </span>
      ))}
      <input
        type="file"
        id={props.id}
        aria-invalid={props['aria-invalid']}
        aria-describedby={props['aria-describedby']}
        multiple={element.max_files !== 1}
        accept={filetypes?.map((type) => `.${type}`).join(',')}
        onChange={(event) => {
          void add(event.target.files)
          event.target.value = ''
        }}
      />
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  )
}
