import { DomainError } from '../kernel/errors.ts'
import type { Clock } from '../kernel/ports.ts'
import { shouldPrune } from './pruner.ts'
import type { TrialParams } from './space.ts'
import type { Study } from './study.ts'
import type { StudyStore } from './study-store.ts'
import { suggest, trialRng } from './tpe.ts'
import type { Trial, TrialStep } from './trial.ts'

/** What an objective is asked. */
export interface Assignment {
  /** Which trial it is, from 0. */
  number: number
  params: TrialParams
  /** Steps that an earlier run of this trial has reported: the objective goes on after the last. */
  done: readonly TrialStep[]
}

/**
 * Stores a step and says whether the trial is to stop there. The `last` step of a trial is never judged: stopping would
 * save nothing.
 */
export type Report = (step: TrialStep, options?: { last: boolean }) => Promise<'go_on' | 'stop'>

/**
 * Works out the value of parameters, lower is better, and reports on the way. Told to stop, it returns at once, and what
 * it returns is not looked at.
 *
 * It throws a {@link DomainError} where the parameters have no value: the trial fails. Anything else that it throws, and
 * `corrupt_object` of what was stored, ends the run and leaves the trial to the next.
 */
export type Objective = (assignment: Assignment, report: Report) => Promise<number>

export interface RunStudyDeps {
  store: StudyStore
  clock: Clock
  /** Told every trial that ended in this run, and all until then. */
  onTrial?: (trial: Trial, trials: readonly Trial[]) => void
}

/**
 * Runs a study's trials one after another until its budget is spent, each stored after every step.
 *
 * Killed and run again it does what it would have done: every trial draws from its own chance and learns from the trials
 * of lower numbers alone, and one that was not done (`running`) is taken up with its parameters at the first step that it
 * lacks. Time is looked at between steps: a trial that it interrupts stays `running` too. Two runs of one study at once do
 * the same work twice and come to the same trials.
 *
 * @returns all trials of the study, those of earlier runs included
 * @throws {DomainError} `corrupt_object` of a stored trial
 */
export async function runStudy(deps: RunStudyDeps, study: Study, objective: Objective): Promise<Trial[]> {
  const { trials: count, seconds } = study.budget
  const endsAtMs = seconds === null ? Number.POSITIVE_INFINITY : deps.clock() + 1000 * seconds
  const byNumber = new Map((await deps.store.trials(study)).map((trial) => [trial.number, trial]))
  const inOrder = () => [...byNumber.values()].sort((a, b) => a.number - b.number)
  for (let number = 0; number < count; number++) {
    const known = byNumber.get(number)
    if (known !== undefined && known.state !== 'running') continue
    if (deps.clock() >= endsAtMs) break
    const before = inOrder().filter((trial) => trial.number < number)
    const begun = known ?? beginTrial(study, number, before, deps.clock())
    const run = await runTrial({ ...deps, study, before, endsAtMs }, begun, objective)
    byNumber.set(number, run)
    // Its time is up.
    if (run.state === 'running') break
    deps.onTrial?.(run, inOrder())
  }
  return inOrder()
}

function beginTrial(study: Study, number: number, before: readonly Trial[], nowMs: number): Trial {
  return {
    number,
    params: study.firstTrials[number] ?? suggest(study.space, before, trialRng(study.seed, number)),
    state: 'running',
    value: null,
    steps: [],
    startedAt: new Date(nowMs).toISOString(),
    seconds: 0,
    error: null,
  }
}

interface TrialContext extends RunStudyDeps {
  study: Study
  before: readonly Trial[]
  endsAtMs: number
}

async function runTrial(context: TrialContext, begun: Trial, objective: Objective): Promise<Trial> {
  const { study, before, clock, endsAtMs } = context
  const record = await openRecord(context, begun)
  let isStopped = false
  async function report(step: TrialStep, { last } = { last: false }): Promise<'go_on' | 'stop'> {
    assertNextStep(record.trial(), step)
    const steps = [...record.trial().steps, step]
    const isPruned = !last && shouldPrune(steps, before, study.pruner)
    await record.become({ steps, state: isPruned ? 'pruned' : 'running' })
    isStopped = isPruned || (!last && clock() >= endsAtMs)
    return isStopped ? 'stop' : 'go_on'
  }
  try {
    const value = await objective({ number: begun.number, params: begun.params, done: begun.steps }, report)
    if (isStopped) return record.trial()
    assertFinite(value, 'value')
    return await record.become({ state: 'complete', value })
  } catch (thrown) {
    if (!(thrown instanceof DomainError) || thrown.code === 'corrupt_object') throw thrown
    return await record.become({ state: 'failed', error: { code: thrown.code, message: thrown.message } })
  }
}

/** A trial as it becomes, stored at every change. */
async function openRecord({ store, clock, study }: TrialContext, begun: Trial) {
  const beganAtMs = clock()
  let trial = begun
  async function become(changes: Partial<Trial>): Promise<Trial> {
    const seconds = begun.seconds + Math.max(0, clock() - beganAtMs) / 1000
    trial = { ...trial, ...changes, seconds }
    await store.saveTrial(study, trial)
    return trial
  }
  await become({})
  return { become, trial: () => trial }
}

/** @throws {DomainError} `value_not_finite`, `step_out_of_order` */
function assertNextStep({ steps, number }: Trial, { step, value }: TrialStep): void {
  assertFinite(value, `value of step ${step}`)
  if (step > (steps.at(-1)?.step ?? -1)) return
  throw new DomainError('step_out_of_order', `trial ${number} reported step ${step} after step ${steps.at(-1)?.step}`)
}

function assertFinite(value: number, what: string): void {
  if (!Number.isFinite(value)) throw new DomainError('value_not_finite', `the ${what} is ${value}`)
}
