import type { Logger } from '../kernel/ports.ts'
import type { Thresholds } from '../quality/thresholds.ts'
import type { BaselineReport } from './baseline-drift.ts'
import { baselineDrift } from './baseline-drift.ts'
import type { CheckDriftDeps } from './check-drift.ts'
import { checkDrift } from './check-drift.ts'
import type { DecideDeps, RetrainingDecision } from './decide-retraining.ts'
import { decideRetraining } from './decide-retraining.ts'
import type { WatchDeps } from './watch-decay.ts'
import { watchDecay } from './watch-decay.ts'

export type DriftRunDeps = CheckDriftDeps & DecideDeps & WatchDeps & { logger: Logger }

export interface DriftRunCommand {
  task: 'check' | 'baseline'
  windowDays: number
  trigger: string
  thresholds: Thresholds
}

/** What a night's check came to; the reports have the rest. */
export type DriftRunReport =
  | {
      task: 'check'
      file: string
      reason: string
      driftedFeatures: readonly string[]
      requiresRetraining: boolean
      decision: Pick<RetrainingDecision, 'decision' | 'rule' | 'reason' | 'requestId'>
    }
  | ({ task: 'baseline' } & BaselineReport)

/**
 * A night's work: what was served is held against its results and the bets against those that the model learned from, and
 * by both it is decided whether to train. Or, on Sundays, the baseline made anew.
 */
export async function runDrift(deps: DriftRunDeps, command: DriftRunCommand): Promise<DriftRunReport> {
  const { task, windowDays, trigger, thresholds } = command
  if (task === 'baseline') {
    const made = await baselineDrift(deps, { task: 'refresh', windowDays })
    const { version, rows, from, to } = made.baseline
    deps.logger.info('drift_baseline_made', { version, rows, from, to, isNew: made.isNew })
    return { task, ...made }
  }
  await watchDecay(deps)
  const { file, report } = await checkDrift(deps, { windowDays, trigger })
  deps.logger.info('drift_checked', { file, status: report.status, reason: report.reason })
  const decided = await decideRetraining(deps, { report, nowMs: deps.clock(), thresholds })
  const { decision, rule, reason, requestId } = decided
  deps.logger.info('retraining_decided', { decision, rule, reason, requestId })
  return {
    ...{ task, file, reason: report.reason, driftedFeatures: report.drifted_features },
    requiresRetraining: report.requires_retraining,
    decision: { decision, rule, reason, requestId },
  }
}
