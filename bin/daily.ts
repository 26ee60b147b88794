import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../shared/kernel/errors.ts'
import { readLastDecision } from '../shared/usecases/decide-retraining.ts'
import type { Workspace } from './workspace/workspace.ts'

const DAY_MS = 86_400_000

const CLI = fileURLToPath(new URL('./closeline.ts', import.meta.url))

/** Looks at drift and decay, and trains where it is due. */
export interface DailyCheck {
  /** Does so where the last look is a day old, or was never taken; failures are logged. */
  runWhereDue(): Promise<void>
  /** Ends a look that is under way. */
  stop(): void
}

/** Runs a command of `closeline` to its end. @throws what it failed of */
export type RunCommand = (args: readonly string[], signal: AbortSignal) => Promise<void>

/**
 * The daily look of the drift and training functions, on one machine: `closeline retraining --check` in a process of its
 * own, since learning takes a processor for seconds and the API must go on answering.
 */
export function createDailyCheck(
  { objects, clock, logger, directory }: Pick<Workspace, 'objects' | 'clock' | 'logger' | 'directory'>,
  run: RunCommand = runCommand,
): DailyCheck {
  const stopped = new AbortController()
  return {
    async runWhereDue() {
      try {
        if (stopped.signal.aborted || !(await isDue(objects, clock()))) return
        await run(['retraining', '--check', '--json', '--data', directory.root], stopped.signal)
      } catch (thrown) {
        if (!stopped.signal.aborted) logger.error('daily_check_failed', { cause: messageOf(thrown) })
      }
    },
    stop: () => stopped.abort(),
  }
}

async function isDue(objects: Workspace['objects'], nowMs: number): Promise<boolean> {
  const last = await readLastDecision(objects)
  return last === undefined || nowMs - Date.parse(last.at) >= DAY_MS
}

async function runCommand(args: readonly string[], signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    // Its report can be as long as there are segments.
    execFile(process.execPath, [CLI, ...args], { signal, maxBuffer: 2 ** 26 }, (error, _, stderr) => {
      if (error === null) resolve()
      else reject(new Error(stderr.trim().split('\n').at(-1) || error.message, { cause: error }))
    })
  })
}
