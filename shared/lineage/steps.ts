import type { Clock } from '../kernel/ports.ts'
import type { RunStep, StepKind } from './run.ts'

/** What a step is called and what it is given. */
export interface StepOutline {
  name: string
  kind: StepKind
  description: string
  parameters?: RunStep['parameters']
}

/** Keeps account of the steps of one run. */
export interface StepLog {
  steps: RunStep[]
  /** Runs a step; `work` tells how many rows went in and came out beside its result. */
  take<T>(outline: StepOutline, work: () => Promise<Taken<T>>): Promise<T>
}

export interface Taken<T> {
  rowsIn: number
  rowsOut: number
  result: T
}

export function createStepLog(clock: Clock): StepLog {
  const steps: RunStep[] = []
  return {
    steps,
    async take(outline, work) {
      const startedAtMs = clock()
      const { rowsIn, rowsOut, result } = await work()
      const durationMs = Math.max(0, clock() - startedAtMs)
      steps.push({ ...outline, parameters: outline.parameters ?? {}, rowsIn, rowsOut, durationMs })
      return result
    },
  }
}
