/**
 * The product in a process of its own, for `npm run bench:api`: without limits of rate, with its log in a file as
 * `npm start` has it. Prints what the bench needs to know as one line of JSON, and ends when its input does.
 */
import { join } from 'node:path'
import { fileLogger } from '../../bin/file-logger.ts'
import { startRunningApi } from '../support/running-api.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const WARM_UP = 2000
const MEASURED = 4000

await using folder = await temporaryFolder()
const logger = fileLogger(join(folder.path, 'api.log'))
await using api = await startRunningApi({ logger })

const [mode = 'serve', target = '', body = ''] = process.argv.slice(2)
if (mode === 'in-process') {
  process.stdout.write(`${JSON.stringify(await timeInProcess(target, body))}\n`)
} else {
  process.stdout.write(`${JSON.stringify({ url: api.url, key: api.keys.all })}\n`)
  await new Promise((resolve) => process.stdin.on('end', resolve).resume())
}

/** Milliseconds of one request after the other through the app's own `fetch`, body read, without a socket. */
async function timeInProcess(path: string, text: string): Promise<{ p50: number; p99: number }> {
  const length = String(Buffer.byteLength(text))
  // As every client announces it: without it the body is measured by reading it twice.
  const headers = { 'content-type': 'application/json', 'content-length': length, 'x-api-key': api.keys.all }
  const times: number[] = []
  for (let i = 0; i < WARM_UP + MEASURED; i++) {
    const begin = performance.now()
    const response = await api.fetch(new Request(`${api.url}${path}`, { method: 'POST', headers, body: text }))
    await response.text()
    if (i >= WARM_UP) times.push(performance.now() - begin)
    if (response.status !== 200) throw new Error(`${path} answers ${response.status}`)
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(share * times.length)] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99) }
}
