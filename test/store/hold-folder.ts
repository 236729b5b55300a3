/** A process of its own that takes the folder named on its command line, says so, and keeps it. */
import { lockFolder } from '../../src/store/folder-lock.js'

const [folder = ''] = process.argv.slice(2)
const answer = await lockFolder(folder).then(
  () => 'locked',
  (error: Error) => error.message,
)
process.stdout.write(`${answer}\n`)
setInterval(() => {}, 60_000)
