import { readSettings } from '../../src/config.js'
import { type Mode, type Overrides, startProgram } from '../../src/program.js'

/**
 * One process of the product, as `node dist/main.js` runs it, with the waits of telling cut to the
 * measure of the storm. Settings come from the environment, the mode from the command line.
 */
const telling: NonNullable<Overrides['telling']> = JSON.parse(process.env.STORM_TELLING ?? '{}')
const mode = process.argv[2] as Mode

// A storm that was killed leaves nothing running behind it.
process.on('disconnect', () => process.exit(1))

const program = startProgram(readSettings(process.env), process.env, mode, {
  unpaced: true,
  telling,
})
process.on('SIGTERM', () => void program.stop().then(() => process.exit(0)))
if (await program.ready) process.send?.('ready')
