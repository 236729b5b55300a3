import { describe, expect, it } from 'vitest'
import { type Command, type CommandModule, UsageError } from '../../src/command-line/command.js'
import { runCommandLine } from '../../src/command-line/run.js'
import { ConfigError } from '../../src/config.js'

const USAGE = 'Usage: pressroom greet <name>\n'

async function type(argv: readonly string[], run: CommandModule['run'] = async () => undefined) {
  let out = ''
  let err = ''
  const greet: Command = {
    name: 'greet',
    summary: 'says hello',
    load: async () => ({ USAGE, run }),
  }
  const code = await runCommandLine(argv, [greet], {
    environment: {},
    print: (text) => {
      out += text
    },
    note: (text) => {
      err += text
    },
    startLocal: () => Promise.reject(new Error('not here')),
  })
  return { code, out, err }
}

describe('the command line', () => {
  it('lists the commands when asked, and as an error when nothing was asked', async () => {
    const asked = await type(['help'])
    expect(asked).toMatchObject({ code: 0, err: '' })
    expect(asked.out).toMatch(/greet +says hello/)
    expect(await type(['--help'])).toEqual(asked)
    expect(await type([])).toEqual({ code: 2, out: '', err: asked.out })
  })

  it('explains a command without carrying it out', async () => {
    const never = () => Promise.reject(new Error('carried out'))
    for (const argv of [
      ['help', 'greet'],
      ['greet', '--help'],
      ['greet', 'Ada', '-h'],
    ]) {
      expect(await type(argv, never)).toEqual({ code: 0, out: USAGE, err: '' })
    }
  })

  it('leaves what stands after -- to the command', async () => {
    const { out } = await type(['greet', '--', '--help'], async (args, { print }) => {
      print(args.join(' '))
      return undefined
    })
    expect(out).toBe('-- --help')
  })

  it('names a command it does not have', async () => {
    const { code, err } = await type(['gret'])
    expect(code).toBe(2)
    expect(err).toMatch(/^There is no command "gret"\./)
  })

  it('ends with the code of the command', async () => {
    expect(await type(['greet'], async () => 3)).toEqual({ code: 3, out: '', err: '' })
  })

  it.each([
    ['what was written wrongly', new UsageError('Who?'), 2, `Who?\n\n${USAGE}`],
    [
      'what is configured wrongly',
      new ConfigError('PORT is not a port.'),
      1,
      'Configuration: PORT is not a port.\n',
    ],
  ])('says %s in one message', async (_what, error, code, err) => {
    expect(await type(['greet'], () => Promise.reject(error))).toEqual({ code, out: '', err })
  })

  it('tells the whole story of a bug, without results', async () => {
    const { code, out, err } = await type(['greet'], () => Promise.reject(new TypeError('oh')))
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/TypeError: oh.*run\.test/)
  })
})
