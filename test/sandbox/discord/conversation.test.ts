import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  type Client,
  Events,
  type Interaction,
  MessageFlags,
  type SendableChannels,
} from 'discord.js'
import { expect, it } from 'vitest'
import { ADA, BEN, GENERAL, GUILD, login, startDiscord } from './support.js'

const RETRY = new ActionRowBuilder<ButtonBuilder>().addComponents(
  new ButtonBuilder()
    .setCustomId('retry_failed:7')
    .setLabel('Retry failed')
    .setStyle(ButtonStyle.Primary),
)

async function channelOf(client: Client, id: string): Promise<SendableChannels> {
  const channel = await client.channels.fetch(id)
  if (!channel?.isSendable()) throw new Error('not a channel to write to')
  return channel
}

it('logs in, knows its guild, its channels and itself', async () => {
  const running = await startDiscord()
  const client = await login(running)
  expect(client.user.id).toBe(running.discord.applicationId)
  expect(client.guilds.cache.get(GUILD)?.name).toBe('Acme')
  expect(client.channels.cache.has(GENERAL)).toBe(true)
  expect((await client.application.fetch()).id).toBe(running.discord.applicationId)
  expect((await client.guilds.cache.get(GUILD)?.members.fetch(ADA))?.displayName).toBe('Ada')
  expect(client.guilds.cache.get(GUILD)?.members.me?.id).toBe(client.user.id)
})

it('carries a post from the slash command to the thread and back from a click', async () => {
  const running = await startDiscord()
  const { discord } = running
  const client = await login(running)
  await client.application.commands.set([
    {
      name: 'publish',
      description: 'Publish a post',
      options: [{ type: 3, name: 'text', description: 'What to say', required: true }],
    },
  ])
  expect(discord.commands().map(({ name }) => name)).toEqual(['publish'])

  client.on(Events.InteractionCreate, async (interaction: Interaction) => {
    if (interaction.isChatInputCommand()) {
      await interaction.deferReply({ flags: MessageFlags.Ephemeral })
      const text = interaction.options.getString('text', true)
      const channel = await channelOf(client, interaction.channelId)
      const card = await channel.send({ content: `Queued: ${text}` })
      const thread = await card.startThread({ name: 'Where it stands' })
      await thread.send({ content: 'facebook: failed', components: [RETRY.toJSON()] })
      await interaction.editReply('Queued.')
    } else if (interaction.isButton()) {
      await interaction.update({ content: `facebook: ${interaction.customId}`, components: [] })
      await interaction.followUp({ content: 'Only you see this', flags: MessageFlags.Ephemeral })
    }
  })

  const published = await discord.as(ADA).slash('publish', { options: { text: 'Hello' } }, GENERAL)
  expect(published.response).toEqual({ kind: 'deferred', ephemeral: true })
  expect(published.ackMs).toBeLessThan(3_000)
  const replies = await discord.waitFor(() => {
    const now = discord.interactionReplies(published.interactionId)
    return now.edits.length > 0 && now
  })
  expect(replies.original).toMatchObject({ ephemeral: true, message: { content: 'Queued.' } })

  const [card, ...others] = discord.messages(GENERAL)
  expect(others).toEqual([])
  expect(card).toMatchObject({ content: 'Queued: Hello', author: { id: client.user.id } })
  const [thread] = discord.threads(GENERAL)
  expect(thread).toMatchObject({ id: card?.id, name: 'Where it stands', message_count: 1 })

  const [line] = discord.messages(thread?.id ?? '')
  if (!line) throw new Error('nothing in the thread')
  const clicked = await discord.as(BEN).click(line, 'retry_failed:7')
  expect(clicked.response).toMatchObject({ kind: 'update' })
  expect(discord.messages(line.channel_id)).toMatchObject([
    { content: 'facebook: retry_failed:7', components: [] },
  ])
  await discord.waitFor(() => discord.as(BEN).messages(line.channel_id).length === 3)
  expect(discord.interactionReplies(clicked.interactionId).followUps).toMatchObject([
    { ephemeral: true, message: { content: 'Only you see this' } },
  ])
  expect(discord.as(ADA).messages(line.channel_id)).toHaveLength(2)
})
