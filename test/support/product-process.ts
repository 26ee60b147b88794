import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a process left behind. */
export interface Finished {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** A running process of the product. */
export interface ProductProcess extends AsyncDisposable {
  kill(signal: NodeJS.Signals): void
  /** The first line on standard output; fails with all that was printed where the process ends without one. */
  firstLine(): Promise<string>
  /** What it has printed on standard error so far. */
  stderr(): string
  finished: Promise<Finished>
}

/** Starts an entry point of `bin/` with the Node that runs the tests. */
export function runProduct(
  entry: 'dev.ts' | 'closeline.ts',
  args: readonly string[],
  /** What it reads on standard input. */
  input = '',
): ProductProcess {
  // Every process loads the same few hundred modules: compiled once, they are read from there by the next.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'closeline-test-compile-cache') }
  const child = spawn(process.execPath, [`bin/${entry}`, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] })
  // One that reads nothing may be over before it could be written to.
  child.stdin.on('error', () => {}).end(input)
  const output = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text
    })
  }
  const finished = finish(child, output)
  return {
    kill: (signal) => void child.kill(signal),
    firstLine: () => firstLine(child, output, finished),
    stderr: () => output.stderr,
    finished,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await finished
    },
  }
}

/** Runs a command of `bin/closeline.ts` to its end. */
export function closeline(...args: string[]): Promise<Finished> {
  return runProduct('closeline.ts', args).finished
}

/** Runs such a command with something on its standard input. */
export function closelineReading(input: string, ...args: string[]): Promise<Finished> {
  return runProduct('closeline.ts', args, input).finished
}

async function finish(child: ChildProcess, output: { stdout: string; stderr: string }): Promise<Finished> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { code, signal, ...output }
}

async function firstLine(
  child: ChildProcess,
  output: { stdout: string },
  finished: Promise<Finished>,
): Promise<string> {
  while (!output.stdout.includes('\n')) {
    const ended = await Promise.race([once(child.stdout ?? child, 'data').then(() => undefined), finished])
    if (ended !== undefined) throw new Error(`it ended with ${ended.code}: ${ended.stdout}${ended.stderr}`)
  }
  return output.stdout.slice(0, output.stdout.indexOf('\n'))
}
