import {
  type AutocompleteInteraction,
  type ChatInputCommandInteraction,
  Events,
  FileUploadBuilder,
  LabelBuilder,
  type MessageComponentInteraction,
  MessageFlags,
  ModalBuilder,
  type ModalSubmitInteraction,
  StringSelectMenuBuilder,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js'
import { describe, expect, it, vi } from 'vitest'
import type { DiscordServerOptions } from '../../../src/sandbox/discord/server.js'
import { ADA, BEN, GENERAL, login, request, startDiscord } from './support.js'

const MINUTE = 60_000

interface Handlers {
  command?: (interaction: ChatInputCommandInteraction) => unknown
  component?: (interaction: MessageComponentInteraction) => unknown
  autocomplete?: (interaction: AutocompleteInteraction) => unknown
  modal?: (interaction: ModalSubmitInteraction) => unknown
}

/** A bot with /do and the given handlers. What they reject with is kept in `failures`. */
async function bot(handlers: Handlers, options: DiscordServerOptions = {}) {
  let offsetMs = 0
  const clock = () => Date.now() + offsetMs
  const running = await startDiscord({ clock, rateLimits: [], ...options })
  const client = await login(running)
  const failures: unknown[] = []
  await client.application.commands.set([
    {
      name: 'do',
      description: 'Do it',
      options: [
        { type: 3, name: 'text', description: 'Text', autocomplete: true },
        { type: 11, name: 'media', description: 'A picture' },
      ],
    },
  ])
  client.on(Events.InteractionCreate, async (interaction) => {
    try {
      if (interaction.isChatInputCommand()) await handlers.command?.(interaction)
      if (interaction.isMessageComponent()) await handlers.component?.(interaction)
      if (interaction.isAutocomplete()) await handlers.autocomplete?.(interaction)
      if (interaction.isModalSubmit()) await handlers.modal?.(interaction)
    } catch (error) {
      failures.push(error)
    }
  })
  const pass = (ms: number) => {
    offsetMs += ms
  }
  return { ...running, failures, pass, ada: running.discord.as(ADA), ben: running.discord.as(BEN) }
}

describe('the first answer', () => {
  it('is told to be missing after the deadline, and is refused when it comes late', async () => {
    let late: ChatInputCommandInteraction | null = null
    const { ada, discord } = await bot(
      {
        command: (interaction) => {
          late = interaction
        },
      },
      { ackDeadlineMs: 50 },
    )
    const delivery = await ada.slash('do', {}, GENERAL)
    expect(delivery).toMatchObject({
      ackMs: null,
      response: null,
      problem: 'application did not respond',
    })
    const interaction = late as ChatInputCommandInteraction | null
    await expect(interaction?.reply('late')).rejects.toMatchObject({ code: 10062, status: 404 })
    expect(discord.messages(GENERAL)).toEqual([])
  })

  it('waits three seconds unless told otherwise', async () => {
    const { ada } = await bot({})
    const startedAt = performance.now()
    expect((await ada.slash('do', {}, GENERAL)).response).toBeNull()
    expect(performance.now() - startedAt).toBeGreaterThan(2_990)
  })

  it('is taken once, also when the interaction is delivered again', async () => {
    const { ada, discord, failures } = await bot({
      command: (interaction) => interaction.reply(`to ${interaction.id}`),
    })
    const delivery = await ada.slash('do', {}, GENERAL)
    delivery.redeliver()
    await vi.waitFor(() => expect(failures).toHaveLength(1))
    expect(failures).toMatchObject([{ code: 40060, status: 400 }])
    expect(discord.messages(GENERAL)).toMatchObject([{ content: `to ${delivery.interactionId}` }])
  })

  it('meets its double when interactions are delivered twice at once', async () => {
    const seen: string[] = []
    const { ada, discord, failures } = await bot({
      command: (interaction) => {
        seen.push(interaction.id)
        return interaction.deferReply()
      },
    })
    discord.faults.doubleInteractions()
    const { interactionId } = await ada.slash('do', {}, GENERAL)
    await vi.waitFor(() => expect(failures).toMatchObject([{ code: 40060 }]))
    expect(seen).toEqual([interactionId, interactionId])
  })

  it('can be asked for: message, or the state of a deferred one', async () => {
    const { ada, failures } = await bot({
      command: async (interaction) => {
        const { resource, interaction: callback } = await interaction.reply({
          content: 'now',
          withResponse: true,
        })
        expect(resource?.message?.content).toBe('now')
        expect(callback.responseMessageId).toBe(resource?.message?.id)
      },
    })
    expect((await ada.slash('do', {}, GENERAL)).response).toMatchObject({ kind: 'message' })
    expect(failures).toEqual([])
  })

  it('has to fit the interaction and Discord’s limits, and may be tried again', async () => {
    const { ada, failures } = await bot({
      command: async (interaction) => {
        await interaction.reply('x'.repeat(2001)).catch((error) => failures.push(error))
        await interaction.reply('short')
      },
    })
    const delivery = await ada.slash('do', {}, GENERAL)
    expect(delivery.response).toMatchObject({ message: { content: 'short' } })
    expect(failures).toMatchObject([{ code: 50035 }])
  })
})

describe('the token', () => {
  it('is void before the first answer and after fifteen minutes', async () => {
    const { ada, pass, failures } = await bot({
      command: async (interaction) => {
        const early = interaction.webhook.send('early')
        await early.catch((error: unknown) => failures.push(error))
        await interaction.deferReply()
        pass(14 * MINUTE)
        await interaction.editReply('in time')
        pass(MINUTE)
        await interaction.editReply('too late')
      },
    })
    await ada.slash('do', {}, GENERAL)
    await vi.waitFor(() => expect(failures).toHaveLength(2))
    expect(failures).toMatchObject([
      { code: 10015, status: 404 },
      { code: 50027, status: 401 },
    ])
  })

  it('leaves the message to the bot’s own token afterwards', async () => {
    const running = await bot({ command: (interaction) => interaction.reply('first') })
    await running.ada.slash('do', {}, GENERAL)
    running.pass(60 * MINUTE)
    const [message] = running.discord.messages(GENERAL)
    const path: `/${string}` = `/channels/${GENERAL}/messages/${message?.id}`
    const edited = await request(running, `PATCH ${path}`, { content: 'second' })
    expect(edited).toMatchObject({ status: 200, body: { content: 'second' } })
  })

  it('opens only the messages of its own interaction', async () => {
    const { ada, failures, discord } = await bot({
      command: async (interaction) => {
        const card = await interaction.client.rest.post(`/channels/${GENERAL}/messages`, {
          body: { content: 'card' },
        })
        await interaction.reply('answer')
        await interaction.webhook.editMessage((card as { id: string }).id, 'taken over')
      },
    })
    await ada.slash('do', {}, GENERAL)
    await vi.waitFor(() => expect(failures).toMatchObject([{ code: 10008 }]))
    expect(discord.messages(GENERAL)).toMatchObject([{ content: 'card' }, { content: 'answer' }])
  })
})

describe('replies', () => {
  it('fill in a deferred answer with the first follow-up, and stay as private as it was', async () => {
    const { ada, ben, discord } = await bot({
      command: async (interaction) => {
        await interaction.deferReply({ flags: MessageFlags.Ephemeral })
        await interaction.followUp({ content: 'filled in' })
        await interaction.followUp({ content: 'for all' })
      },
    })
    const { interactionId } = await ada.slash('do', {}, GENERAL)
    const replies = await discord.waitFor(() => {
      const now = discord.interactionReplies(interactionId)
      return now.followUps.length === 1 && now
    })
    expect(replies.original).toMatchObject({ ephemeral: true, message: { content: 'filled in' } })
    expect(replies.followUps).toMatchObject([{ ephemeral: false, message: { content: 'for all' } }])
    expect(ben.messages(GENERAL).map(({ content }) => content)).toEqual(['for all'])
    expect(ada.messages(GENERAL)).toHaveLength(2)
  })

  it('can be read, edited and deleted as @original', async () => {
    const { ada, discord, failures } = await bot({
      command: async (interaction) => {
        await interaction.reply('one')
        expect((await interaction.fetchReply()).content).toBe('one')
        await interaction.editReply('two')
        await interaction.deleteReply()
        await interaction.fetchReply()
      },
    })
    const { interactionId } = await ada.slash('do', {}, GENERAL)
    await vi.waitFor(() => expect(failures).toMatchObject([{ code: 10008 }]))
    const replies = discord.interactionReplies(interactionId)
    expect(replies.original).toBeNull()
    expect(replies.edits).toMatchObject([{ message: { content: 'two' } }])
  })
})

describe('components', () => {
  const button = (custom_id: string, disabled = false) => ({
    type: 2 as const,
    style: 1 as const,
    label: custom_id,
    custom_id,
    disabled,
  })
  const row = (...components: ReturnType<typeof button>[]) => ({ type: 1 as const, components })

  it('cannot be pressed when they are disabled or were never there, but when they were', async () => {
    const { ada, discord } = await bot({
      command: (interaction) =>
        interaction.reply({ content: 'x', components: [row(button('go'), button('off', true))] }),
      component: (interaction) => interaction.update({ content: 'done', components: [] }),
    })
    await ada.slash('do', {}, GENERAL)
    const [before] = discord.messages(GENERAL)
    if (!before) throw new Error('nothing was said')
    await expect(ada.click(before, 'off')).rejects.toThrow('no "off" to press')
    await expect(ada.click(before, 'other')).rejects.toThrow('no "other" to press')
    expect((await ada.click(before, 'go')).response).toMatchObject({ kind: 'update' })
    const [after] = discord.messages(GENERAL)
    if (!after) throw new Error('nothing was said')
    await expect(ada.click(after, 'go')).rejects.toThrow('no "go" to press')
    expect((await ada.click(before, 'go')).response).toMatchObject({ kind: 'update' })
  })

  it('of an ephemeral message can be pressed only by the person who sees it', async () => {
    const { ada, ben } = await bot({
      command: (interaction) =>
        interaction.reply({
          content: 'Already queued',
          components: [row(button('publish_anyway:1'))],
          flags: MessageFlags.Ephemeral,
        }),
      component: (interaction) => interaction.update({ content: 'Queued', components: [] }),
    })
    await ada.slash('do', {}, GENERAL)
    const [question] = ada.messages(GENERAL)
    if (!question) throw new Error('nothing was said')
    await expect(ben.click(question, 'publish_anyway:1')).rejects.toThrow('does not see')
    await ada.click(question, 'publish_anyway:1')
    expect(ada.messages(GENERAL)).toMatchObject([{ content: 'Queued', components: [] }])
  })

  it('that are menus send what was chosen', async () => {
    const menu = new StringSelectMenuBuilder()
      .setCustomId('accounts')
      .addOptions({ label: 'Facebook', value: 'facebook' }, { label: 'Bluesky', value: 'bluesky' })
      .setMaxValues(2)
    const { ada, discord } = await bot({
      command: (interaction) =>
        interaction.reply({ content: 'x', components: [{ type: 1, components: [menu] }] }),
      component: async (interaction) => {
        if (!interaction.isStringSelectMenu()) return
        await interaction.deferUpdate()
        await interaction.editReply({ content: interaction.values.join(), components: [] })
      },
    })
    await ada.slash('do', {}, GENERAL)
    const [message] = discord.messages(GENERAL)
    if (!message) throw new Error('nothing was said')
    await expect(ada.select(message, 'accounts', ['x'])).rejects.toThrow('no such choice')
    const chosen = await ada.select(message, 'accounts', ['facebook', 'bluesky'])
    expect(chosen.response).toEqual({ kind: 'deferredUpdate' })
    await discord.waitFor(() => discord.messages(GENERAL)[0]?.content === 'facebook,bluesky')
  })
})

describe('forms', () => {
  const form = new ModalBuilder()
    .setCustomId('publish_form')
    .setTitle('Publish')
    .addLabelComponents(
      new LabelBuilder()
        .setLabel('Text')
        .setTextInputComponent(
          new TextInputBuilder().setCustomId('text').setStyle(TextInputStyle.Paragraph),
        ),
      new LabelBuilder()
        .setLabel('Targets')
        .setStringSelectMenuComponent(
          new StringSelectMenuBuilder()
            .setCustomId('targets')
            .addOptions({ label: 'Facebook', value: 'facebook', default: true }),
        ),
      new LabelBuilder()
        .setLabel('Media')
        .setFileUploadComponent(new FileUploadBuilder().setCustomId('media').setRequired(false)),
    )

  it('open, take text, choices and files, and close', async () => {
    const received: unknown[] = []
    const { ada, ben, discord } = await bot({
      command: (interaction) => interaction.showModal(form),
      modal: async (interaction) => {
        const { fields } = interaction
        const file = fields.getUploadedFiles('media')?.first()
        const bytes = file ? await (await fetch(file.url)).text() : null
        const targets = fields.getStringSelectValues('targets')
        received.push(fields.getTextInputValue('text'), targets, file?.name, bytes)
        await interaction.reply({ content: 'Queued', flags: MessageFlags.Ephemeral })
      },
    })
    const opened = await ada.slash('do', {}, GENERAL)
    expect(opened.response).toMatchObject({ kind: 'modal' })
    const [modal] = discord.modals(ADA)
    if (!modal) throw new Error('no form is open')
    expect(modal).toMatchObject({ customId: 'publish_form', title: 'Publish' })
    await expect(ben.submitModal(modal, {})).rejects.toThrow('not open')
    await expect(ada.submitModal(modal, {})).rejects.toThrow('"text" is required')
    await expect(ada.submitModal(modal, { when: 'now' })).rejects.toThrow('no field "when"')
    const submitted = await ada.submitModal(modal, {
      text: 'Hello',
      media: [{ name: 'a.txt', data: 'bytes' }],
    })
    expect(submitted.response).toMatchObject({ kind: 'message', ephemeral: true })
    expect(received).toEqual(['Hello', ['facebook'], 'a.txt', 'bytes'])
    expect(discord.modals(ADA)).toEqual([])
  })

  it('stay open when the app does not answer', async () => {
    const { ada, discord } = await bot(
      { command: (interaction) => interaction.showModal(form) },
      { ackDeadlineMs: 100 },
    )
    await ada.slash('do', {}, GENERAL)
    const [modal] = discord.modals(ADA)
    if (!modal) throw new Error('no form is open')
    expect((await ada.submitModal(modal, { text: 'Hello' })).problem).not.toBeNull()
    expect(discord.modals(ADA)).toHaveLength(1)
  })

  it('have at most five components', async () => {
    const label = (nr: number) => ({
      type: 18 as const,
      label: `${nr}`,
      component: { type: 4 as const, custom_id: `${nr}`, style: 1 as const },
    })
    const { ada, failures } = await bot(
      {
        command: (interaction) =>
          interaction.showModal(
            new ModalBuilder({
              custom_id: 'x',
              title: 'x',
              components: [0, 1, 2, 3, 4, 5].map(label),
            }),
          ),
      },
      { ackDeadlineMs: 500 },
    )
    await ada.slash('do', {}, GENERAL)
    expect(failures).toMatchObject([{ code: 50035 }])
  })
})

it('completes options while they are typed', async () => {
  const { ada } = await bot({
    autocomplete: (interaction) => {
      const typed = interaction.options.getFocused()
      return interaction.respond([{ name: `${typed}!`, value: typed }])
    },
  })
  const input = { options: { text: 'face' }, focused: 'text' }
  expect(await ada.autocomplete('do', input, GENERAL)).toEqual([{ name: 'face!', value: 'face' }])
})

it('hands files given to a command to the app', async () => {
  const { ada } = await bot({
    command: async (interaction) => {
      const file = interaction.options.getAttachment('media', true)
      const text = await (await fetch(file.url)).text()
      await interaction.reply(`${file.name} ${file.contentType} ${text}`)
    },
  })
  const media = { name: 'a.txt', data: 'bytes', contentType: 'text/plain' }
  const { response } = await ada.slash('do', { options: { media } }, GENERAL)
  expect(response).toMatchObject({ message: { content: 'a.txt text/plain bytes' } })
})
