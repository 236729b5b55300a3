import { z } from 'zod'
import { limits } from './limits.js'

export const plainText = (max: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(max),
    emoji: z.boolean().optional(),
  })

export const mrkdwn = (max: number) =>
  z.strictObject({
    type: z.literal('mrkdwn'),
    text: z.string().min(1).max(max),
    verbatim: z.boolean().optional(),
  })

export const anyText = (max: number) => z.discriminatedUnion('type', [plainText(max), mrkdwn(max)])

export const actionId = z.string().min(1).max(limits.actionId).optional()

const optionFields = {
  value: z.string().min(1).max(limits.optionValue),
  description: plainText(limits.optionDescription).optional(),
}

export const option = z.strictObject({ text: plainText(limits.optionText), ...optionFields })

/** Radio buttons and checkboxes may use mrkdwn. */
export const richOption = z.strictObject({
  text: anyText(limits.optionText),
  value: optionFields.value,
  description: anyText(limits.optionDescription).optional(),
})

export const overflowOption = option.extend({ url: z.url().max(limits.buttonUrl).optional() })

export const optionGroup = z.strictObject({
  label: plainText(limits.optionText),
  options: z.array(option).min(1).max(limits.options),
})

export const confirm = z
  .strictObject({
    title: plainText(limits.confirmTitle),
    text: anyText(limits.confirmText),
    confirm: plainText(limits.confirmButton),
    deny: plainText(limits.confirmButton),
    style: z.enum(['primary', 'danger']).optional(),
  })
  .optional()

const httpUrl = z
  .string()
  .max(limits.imageUrl)
  .regex(/^https?:\/\/\S+$/, 'must be an http(s) URL')

/** An image comes from a public URL or from a file in the workspace, never from both. */
export const imageFields = {
  alt_text: z.string().min(1).max(limits.imageAlt),
  image_url: httpUrl.optional(),
  slack_file: z
    .union([z.strictObject({ id: z.string().min(1) }), z.strictObject({ url: httpUrl })])
    .optional(),
}

export const hasOneImageSource = (image: {
  image_url?: string | undefined
  slack_file?: unknown
}): boolean => (image.image_url === undefined) !== (image.slack_file === undefined)
