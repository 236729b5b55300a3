import { useEffect, useRef, useState } from 'react'
import { type Block, Message } from 'slack-blocks-to-jsx'
import type { Snapshot } from '../changes.js'

type Json = Record<string, unknown>

/** A button with the block it stood in when it was shown. */
interface ShownButton {
  button: Json
  blockId: string
}

/**
 * Block Kit as Slack shows it. The renderer marks a block with its block_id and a button with its
 * action_id; both together name one button, because action ids are unique within a block.
 */
export function Blocks(props: {
  blocks: Json[]
  state: Snapshot
  theme: string
  onPress: (action: { actionId: string; blockId: string; value?: string }) => Promise<void>
}) {
  const { blocks, state, theme, onPress } = props
  const box = useRef<HTMLDivElement>(null)
  const [asking, setAsking] = useState<ShownButton>()

  async function press({ button, blockId }: ShownButton, shown?: Element): Promise<void> {
    shown?.setAttribute('aria-busy', 'true')
    if (typeof button.url === 'string') window.open(button.url, '_blank', 'noreferrer')
    const value = typeof button.value === 'string' ? { value: button.value } : {}
    await onPress({ actionId: String(button.action_id), blockId, ...value })
    shown?.removeAttribute('aria-busy')
  }

  useEffect(() => {
    const element = box.current
    const listen = (event: MouseEvent) => {
      const shown = event.target instanceof Element ? event.target.closest('button[id]') : null
      const found = shown && findButton(blocks, shown)
      if (!found || shown.ariaBusy === 'true') return
      if (found.button.confirm) setAsking(found)
      else void press(found, shown)
    }
    element?.addEventListener('click', listen)
    return () => element?.removeEventListener('click', listen)
  })

  return (
    <div className="blocks" ref={box}>
      <Message
        blocks={blocks.map((block) => forRenderer(block)) as unknown as Block[]}
        name=""
        logo=""
        theme={theme === 'dark' ? 'dark' : 'light'}
        withoutWrapper
        data={{
          users: state.users.map(({ id, realName }) => ({ id, name: realName })),
          channels: state.channels.map(({ id, name }) => ({ id, name })),
        }}
      />
      {asking && (
        <Confirm
          text={asking.button.confirm as Json}
          onAnswer={(yes) => {
            setAsking(undefined)
            if (yes) void press(asking)
          }}
        />
      )}
    </div>
  )
}

function findButton(blocks: Json[], shown: Element): ShownButton | undefined {
  for (const block of blocks) {
    const blockId = String(block.block_id)
    const own = shown.closest(`[id="${CSS.escape(blockId)}"]`)
    if (!own) continue
    const elements = [block.accessory, ...((block.elements as unknown[]) ?? [])] as Json[]
    const button = elements.find((e) => e?.type === 'button' && e.action_id === shown.id)
    return button && { button, blockId }
  }
  return undefined
}

/** Questions and links of buttons are handled here, and workspace files have a URL here. */
function forRenderer(block: Json): Json {
  const plain = (element: unknown): unknown => {
    const { confirm: _, url: __, ...rest } = element as Json
    return (element as Json).type === 'button' ? rest : withFile(element as Json)
  }
  return {
    ...withFile(block),
    ...(Array.isArray(block.elements) ? { elements: block.elements.map(plain) } : {}),
    ...(block.accessory ? { accessory: plain(block.accessory) } : {}),
  }
}

function withFile(image: Json): Json {
  const file = image.slack_file as { id?: string; url?: string } | undefined
  if (!file) return image
  const id = file.id ?? /-(F\w+)\//.exec(file.url ?? '')?.[1]
  return { ...image, image_url: `page/files/${id}` }
}

const textOf = (value: unknown) => String((value as Json | undefined)?.text ?? '')

function Confirm({ text, onAnswer }: { text: Json; onAnswer: (yes: boolean) => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} className="dialog narrow" onClose={() => onAnswer(false)}>
      <h2>{textOf(text.title)}</h2>
      <p>{textOf(text.text)}</p>
      <footer>
        <button type="button" onClick={() => onAnswer(false)}>
          {textOf(text.deny)}
        </button>
        <button
          type="button"
          className={text.style === 'danger' ? 'danger' : 'primary'}
          onClick={() => onAnswer(true)}
        >
          {textOf(text.confirm)}
        </button>
      </footer>
    </dialog>
  )
}
