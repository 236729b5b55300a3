import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandSubcommandOption,
  ApplicationCommandOptionType,
  InteractionContextType,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js'

/** How many files, and texts of their own, a typed command takes; the form takes ten files. */
export const MOST_FILES = 4
const MOST_OWN_TEXTS = 3

/** The name of an option that may repeat: `media`, `media2`, `media3`, … */
export function numbered(name: string, index: number): string {
  return index === 0 ? name : `${name}${index + 1}`
}

type Option = APIApplicationCommandBasicOption

function text(name: string, description: string, more: { autocomplete?: true } = {}): Option {
  return { type: ApplicationCommandOptionType.String, name, description, ...more } as Option
}

function repeated(count: number, make: (index: number) => Option[]): Option[] {
  return Array.from({ length: count }, (_, index) => make(index)).flat()
}

function file(index: number): Option[] {
  const nth = index === 0 ? 'A' : 'Another'
  return [
    {
      type: ApplicationCommandOptionType.Attachment,
      name: numbered('media', index),
      description: `${nth} picture or video`,
    },
    text(
      numbered('alt', index),
      `What ${numbered('media', index)} shows, for people who cannot see it`,
    ),
  ]
}

const [firstFile = [], ...otherFiles] = Array.from({ length: MOST_FILES }, (_, index) =>
  file(index),
)

const postOptions: Option[] = [
  text('text', 'What to say; without it the form opens, where several lines fit'),
  text('to', "Accounts, with commas between; this channel's if you leave it out", {
    autocomplete: true,
  }),
  ...firstFile,
  text('at', 'When, such as "tomorrow 9:00"; now if you leave it out'),
  text('media_url', 'Addresses of pictures or videos, with spaces between'),
  ...otherFiles.flat(),
  ...repeated(MOST_OWN_TEXTS, (index) => [
    text(numbered('own_text', index), 'Another text for one account, such as "x: A shorter text"'),
  ]),
]

function id(description: string): Option {
  return { ...text('id', description, { autocomplete: true }), required: true } as Option
}

function subcommand(
  name: string,
  description: string,
  options: Option[] = [],
): APIApplicationCommandSubcommandOption {
  return { type: ApplicationCommandOptionType.Subcommand, name, description, options }
}

/**
 * The commands, as Discord registers them. Discord lets no command with subcommands be called alone,
 * so what is `/publish Hello` in Slack is `/publish post text:Hello` here.
 * @see https://docs.discord.com/developers/interactions/application-commands
 */
export const COMMANDS: readonly RESTPostAPIChatInputApplicationCommandsJSONBody[] = [
  {
    name: 'publish',
    description: 'Publish to your accounts, and see where each post stands',
    contexts: [InteractionContextType.Guild],
    options: [
      subcommand('post', 'Publish a post; with nothing filled in, the form opens', postOptions),
      subcommand('form', 'Write a post in a form: several lines, several files'),
      subcommand('status', 'What needs somebody, what is scheduled, what is new; or one post', [
        text('id', 'A post or one of its targets', { autocomplete: true }),
      ]),
      subcommand('retry', 'Send again what has failed, and nothing else', [
        id('The post, or one of its targets'),
      ]),
      subcommand('cancel', 'Stop what has not been sent yet', [
        id('The post, or one of its targets'),
      ]),
      subcommand('duplicate', 'Report a second copy of a post', [
        { ...text('link', 'The address of the copy'), required: true } as Option,
        text('id', 'The post that it is a copy of', { autocomplete: true }),
      ]),
      subcommand('accounts', 'Whether the credentials of each account work'),
      subcommand('help', 'What you can do here'),
    ],
  },
  {
    name: 'scorecard',
    description: 'How reliable publishing was',
    contexts: [InteractionContextType.Guild],
    options: [
      text('period', 'this week, last week, or a week such as 2026-W47', { autocomplete: true }),
    ],
  },
]
