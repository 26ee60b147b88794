import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { SynthesizedStack } from './cloud-assembly.ts'
import { readCloudAssembly } from './cloud-assembly.ts'

export interface SynthesisOptions {
  /** Context, as `-c name=value` gives it to the CDK. */
  context: Readonly<Record<string, string>>
  /** Stacks whose code is bundled; that of the others stays as it is in the sources. */
  bundled: readonly string[]
}

/** Runs the CDK app of a working copy. */
export interface Synthesizer extends AsyncDisposable {
  /** Writes a new folder in the working copy, as `cdk synth` does, and reads it. */
  synthesize(options: SynthesisOptions): Promise<Map<string, SynthesizedStack>>
}

const WORKER = join(import.meta.dirname, 'synth-worker.ts')

export function createSynthesizer(repository: string): Synthesizer {
  const worker = fork(WORKER, [], { cwd: repository, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const exited = once(worker, 'exit')
  let runs = 0
  return {
    async synthesize({ context, bundled }) {
      const folder = join(repository, `cdk.out.${++runs}`)
      const json = JSON.stringify({
        '@aws-cdk/core:defaultCrossStackReferences': 'weak',
        // Patterns of paths.
        'aws:cdk:bundling-stacks': bundled,
        ...context,
      })
      const answered = Promise.race([once(worker, 'message'), exited.then(() => [undefined])])
      worker.send({ repository, folder, context: json })
      const [answer] = (await answered) as [Answer | undefined]
      if (answer === undefined) throw new Error('the CDK app ended its process')
      if (!answer.ok) throw new Error(`the CDK app failed: ${answer.message}`)
      const stacks = await readCloudAssembly(folder)
      return new Map(stacks.map((stack) => [stack.id, stack]))
    },
    async [Symbol.asyncDispose]() {
      worker.kill()
      await exited
    },
  }
}

type Answer = { ok: true } | { ok: false; message: string }
