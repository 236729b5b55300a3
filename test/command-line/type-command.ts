import type { CommandModule } from '../../src/command-line/command.js'
import { runCommandLine } from '../../src/command-line/run.js'
import type { Environment } from '../../src/config.js'

/** Types one command, as a shell hands it over; what it prints and how it ends. */
export async function typeCommand(
  module: CommandModule,
  args: readonly string[],
  environment: Environment,
): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const command = { name: 'it', summary: '', load: async () => module }
  const code = await runCommandLine(['it', ...args], [command], {
    environment,
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
