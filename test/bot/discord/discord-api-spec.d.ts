declare module 'discord-api-spec/zod' {
  import type { $ZodType } from 'zod/v4/core'

  export const ApplicationCommandAutocompleteCallbackRequestSchema: $ZodType
  export const ApplicationCommandUpdateRequestSchema: $ZodType
  export const CreateMessageInteractionCallbackRequestSchema: $ZodType
  export const CreateTextThreadWithMessageRequestSchema: $ZodType
  export const IncomingWebhookInteractionRequestSchema: $ZodType
  export const IncomingWebhookUpdateRequestPartialSchema: $ZodType
  export const MessageCreateRequestSchema: $ZodType
  export const MessageEditRequestPartialSchema: $ZodType
  export const ModalInteractionCallbackRequestSchema: $ZodType
  export const UpdateMessageInteractionCallbackRequestSchema: $ZodType
  export const UpdateThreadRequestPartialSchema: $ZodType
}
