import type { Thresholds } from '../quality/thresholds.ts'
import type { DriftRunDeps, DriftRunReport } from './drift-run.ts'
import { runDrift } from './drift-run.ts'
import type { RetrainDeps, RetrainingRecord } from './retrain.ts'
import { retrain } from './retrain.ts'
import { readRetrainings } from './retraining-store.ts'

export type DueDeps = DriftRunDeps & RetrainDeps

export interface DueCommand {
  /** Days of the drift check's current window. */
  windowDays: number
  trigger: string
  /** Limits of the quality gate. */
  thresholds: Thresholds
}

/** What a look at decay and drift led to. */
export interface DueReport {
  check: DriftRunReport
  /** Null where nothing was trained. */
  training: RetrainingRecord | null
}

/**
 * Looks at decay and drift, decides by them, and trains where training is asked for: what the drift function and the
 * training function do together on AWS.
 *
 * A request that another process recorded and nobody has begun is carried out, too.
 *
 * @throws what {@link runDrift} and {@link retrain} throw
 */
export async function retrainWhereDue(deps: DueDeps, command: DueCommand): Promise<DueReport> {
  const check = await runDrift(deps, { task: 'check', ...command })
  const { records } = await readRetrainings(deps.objects)
  const waiting = records.find(({ state }) => state === 'requested')
  if (waiting === undefined) return { check, training: null }
  const { requestId, rule, reason } = waiting
  const training = await retrain(deps, { requestId, rule, reason, thresholds: command.thresholds })
  return { check, training }
}
