import { createWriteStream } from 'node:fs'
import { jsonLogger } from '../shared/adapters/json-logger.ts'
import type { Logger } from '../shared/kernel/ports.ts'

/** How long lines wait for others: a write for each would cost as much as a tenth of a request. */
const GATHERED_MS = 20

/** Log lines at the end of a file, those of {@link GATHERED_MS} in one write. */
export function fileLogger(path: string): Logger {
  const stream = createWriteStream(path, { flags: 'a' })
  // A full disk must not end the API: what cannot be logged is said once and then let go.
  stream.once('error', (cause) => process.stderr.write(`closeline: no more lines in ${path}: ${cause.message}\n`))
  stream.on('error', () => {})
  let waiting = ''
  const write = () => {
    stream.write(waiting)
    waiting = ''
  }
  return jsonLogger((line) => {
    if (waiting === '') setTimeout(write, GATHERED_MS)
    waiting += `${line}\n`
  })
}
