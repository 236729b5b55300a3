import { z } from 'zod'
import { accessory, actionsElement, image, inputElement } from './elements.js'
import { limits } from './limits.js'
import { anyText, hasOneImageSource, imageFields, mrkdwn, plainText } from './objects.js'

const block_id = z.string().min(1).max(limits.blockId).optional()

const section = z
  .strictObject({
    type: z.literal('section'),
    block_id,
    text: anyText(limits.sectionText).optional(),
    fields: z.array(anyText(limits.sectionField)).min(1).max(limits.sectionFields).optional(),
    accessory: accessory.optional(),
    expand: z.boolean().optional(),
  })
  .refine((b) => b.text !== undefined || b.fields !== undefined, {
    error: 'needs text or fields',
  })

const divider = z.strictObject({ type: z.literal('divider'), block_id })

const header = z.strictObject({
  type: z.literal('header'),
  block_id,
  text: plainText(limits.header),
})

const imageBlock = z
  .strictObject({
    type: z.literal('image'),
    block_id,
    title: plainText(limits.imageTitle).optional(),
    ...imageFields,
  })
  .refine(hasOneImageSource, { error: 'needs exactly one of image_url and slack_file' })

const actions = z.strictObject({
  type: z.literal('actions'),
  block_id,
  elements: z.array(actionsElement).min(1).max(limits.actionsElements),
})

const contextElement = z.discriminatedUnion('type', [
  plainText(limits.contextText),
  mrkdwn(limits.contextText),
  image,
])
const context = z.strictObject({
  type: z.literal('context'),
  block_id,
  elements: z.array(contextElement).min(1).max(limits.contextElements),
})

const input = z.strictObject({
  type: z.literal('input'),
  block_id,
  label: plainText(limits.inputLabel),
  element: inputElement,
  hint: plainText(limits.inputHint).optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
})

const markdown = z.strictObject({
  type: z.literal('markdown'),
  block_id,
  text: z.string().min(1).max(limits.markdown),
})

/** Inner runs of rich text are checked by type only; their fields are left as they are. */
const richRun = z.looseObject({
  type: z.enum([
    'text',
    'link',
    'emoji',
    'user',
    'channel',
    'usergroup',
    'broadcast',
    'date',
    'color',
    'team',
  ]),
})
const richSection = z.strictObject({
  type: z.literal('rich_text_section'),
  elements: z.array(richRun),
})
const richPart = z.discriminatedUnion('type', [
  richSection,
  z.strictObject({
    type: z.enum(['rich_text_quote', 'rich_text_preformatted']),
    elements: z.array(richRun),
    border: z.union([z.literal(0), z.literal(1)]).optional(),
  }),
  z.strictObject({
    type: z.literal('rich_text_list'),
    style: z.enum(['bullet', 'ordered']),
    elements: z.array(richSection),
    indent: z.number().int().min(0).optional(),
    offset: z.number().int().min(0).optional(),
    border: z.union([z.literal(0), z.literal(1)]).optional(),
  }),
])
const richText = z.strictObject({
  type: z.literal('rich_text'),
  block_id,
  elements: z.array(richPart).min(1),
})

const cell = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('raw_text'), text: z.string().min(1) }),
  z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string() }),
  richText,
])
const table = z.strictObject({
  type: z.literal('table'),
  block_id,
  rows: z.array(z.array(cell).min(1).max(limits.tableColumns)).min(1).max(limits.tableRows),
  column_settings: z
    .array(
      z.strictObject({
        align: z.enum(['left', 'center', 'right']).optional(),
        is_wrapped: z.boolean().optional(),
      }),
    )
    .max(limits.tableColumns)
    .optional(),
})

const common = [section, divider, header, imageBlock, actions, context, input, richText] as const

/** Blocks a message may carry. Newer block types are refused until they are needed. */
export const messageBlocks = z
  .array(z.discriminatedUnion('type', [...common, markdown, table]))
  .max(limits.messageBlocks)

const viewBlock = z.discriminatedUnion('type', common)

/** A modal as passed to `views.open`, `views.push` and `views.update`. */
export const modal = z
  .strictObject({
    type: z.literal('modal'),
    title: plainText(limits.modalTitle),
    blocks: z.array(viewBlock).max(limits.viewBlocks),
    close: plainText(limits.modalButton).optional(),
    submit: plainText(limits.modalButton).optional(),
    private_metadata: z.string().max(limits.privateMetadata).optional(),
    callback_id: z.string().max(limits.callbackId).optional(),
    external_id: z.string().max(limits.callbackId).optional(),
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
    submit_disabled: z.boolean().optional(),
  })
  .refine((v) => v.submit !== undefined || v.blocks.every((b) => b.type !== 'input'), {
    error: 'submit is required when there are input blocks',
    path: ['submit'],
  })

export type Modal = z.infer<typeof modal>
